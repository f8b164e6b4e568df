"""What a person wrote into a draft by hand: numbers, dates, names, promises, admissions, denials, causes and actions in
it must be carried by a confirmed fact or stand in the template.

Crude on purpose: it flags too much rather than too little, all of it at once and each with its place, and a flagged
edit can always be worded with a fact instead.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.drafting.facts import contacts_in, refuse_reason
from engine.drafting.human_names import named, rare_characters
from engine.drafting.human_words import ASSERTIONS, Assertion
from engine.drafting.numbers import Number, is_stated, numbers_in
from engine.drafting.rewording import rewordings
from engine.drafting.slots import ways
from engine.drafting.template_program import LiteralPart, Part, SlotPart
from engine.drafting.undoing import changed_facts, multiplied
from engine.model import Fact, FactStatus, HumanFlag
from knowledge.schema import ChoiceSlot, ProseSlot

MAX_CHARS: Final = 5_000
MAX_FLAGS: Final = 50
_SENTENCE_END: Final = re.compile(r"[。！？；\n]")
_SHORTEST_APPROVED: Final = 6
_NEGATION: Final = re.compile(r"(?:不|没|未|无|非|勿|否|拒绝|停止|取消|并非|不是|没有|尚未|未曾)[\w]{0,3}$")
_Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Approved:
    """What a person may write without being asked: confirmed facts and the wordings that the template approves."""

    facts: tuple[Fact, ...]
    texts: tuple[str, ...]
    numbers: tuple[Number, ...]

    @classmethod
    def of(cls, parts: Sequence[Part], register: Sequence[Fact]) -> "Approved":
        """For the parts of a template with a register."""
        facts = [fact for fact in register if fact.status is FactStatus.confirmed and refuse_reason(fact) is None]
        texts = sorted({text for part in parts for text in _texts(part, register)}, key=len, reverse=True)
        said = "。".join([*(fact.value for fact in facts), *texts])
        return cls(tuple(facts), tuple(texts), numbers_in(said))


def _texts(part: Part, register: Sequence[Fact]) -> Iterator[str]:
    """Whole sentences of literals and options, whole clauses of prose: half of one may say something else."""
    if isinstance(part, SlotPart) and isinstance(part.slot, ProseSlot):
        yield from (way.span.text for way in ways(part, register))
        return
    whole: tuple[str, ...] = ()
    if isinstance(part, LiteralPart):
        whole = (part.text,)
    elif isinstance(part, SlotPart) and isinstance(part.slot, ChoiceSlot):
        whole = part.slot.texts
    pieces = (piece.strip() for text in whole for piece in _SENTENCE_END.split(text))
    yield from (piece for piece in pieces if len(piece) >= _SHORTEST_APPROVED)


@dataclass(frozen=True, slots=True)
class _Cover:
    """Which characters of a text are an approved wording or a confirmed fact, and where which fact stands."""

    known: bytearray
    facts: tuple[tuple[int, int, Fact], ...]

    @classmethod
    def of(cls, text: str, approved: Approved) -> "_Cover":
        known = bytearray(len(text))
        found = []
        for fact in approved.facts:
            for start in _places(text, fact.value):
                found.append((start, start + len(fact.value), fact))
                known[start : start + len(fact.value)] = b"\1" * len(fact.value)
        for words in approved.texts:
            for start in _places(text, words):
                known[start : start + len(words)] = b"\1" * len(words)
        return cls(known, tuple(found))

    def has(self, start: int, end: int) -> bool:
        """Whether all of a stretch is known."""
        return all(self.known[start:end])


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def human_flags(text: str, approved: Approved, *, before: str = "", after: str = "") -> tuple[HumanFlag, ...]:
    """Every place of an edited span that nothing confirmed carries, in the order of the text.

    `before` and `after` are the rest of the sentence around it: what they make of a fact that it quotes counts too.
    """
    if len(text) > MAX_CHARS:
        return (_flag(text, "字符", MAX_CHARS, len(text), f"超过 {MAX_CHARS} 字"),)
    cover = _Cover.of(text, approved)
    found = [
        *_characters(text, cover),
        *(_flag(text, "联系方式", start, end, reason) for start, end, reason in _contacts(text, cover)),
        *_numbers(text, approved, cover),
        *_assertions(text, cover),
        *_contradictions(text, cover),
        *(_flag(text, "数字", *place) for place in multiplied(text, cover.has)),
        *(_flag(text, "改变事实", *place) for place in changed_facts(text, cover.facts, cover.has, before, after)),
        *_rewordings(text, approved, cover),
        *(_flag(text, "名称", start, end, reason) for start, end, reason in _names(text, approved, cover)),
    ]
    ordered = sorted(dict.fromkeys(found), key=lambda flag: (flag.start, -flag.end, flag.kind))
    return tuple(_without_repeats(ordered))[:MAX_FLAGS]


def _without_repeats(flags: Sequence[HumanFlag]) -> Iterator[HumanFlag]:
    """A flag that lies within one of the same kind says nothing more."""
    reach: dict[str, int] = {}
    for flag in flags:
        if flag.end > reach.get(flag.kind, -1):
            reach[flag.kind] = flag.end
            yield flag


def _flag(text: str, kind: str, start: int, end: int, reason: str) -> HumanFlag:
    return HumanFlag(kind=kind, text=text[start:end][:80], start=start, end=end, reason=reason)


def _characters(text: str, cover: _Cover) -> Iterator[HumanFlag]:
    """Controls, combining marks, letters of other scripts, rare characters, markup, our mark for what is unresolved."""
    for place in rare_characters(text):
        if not cover.has(place, place + 1):
            yield _flag(text, "字符", place, place + 1, "是生僻字或繁体字，请改用通行的简体字，或照抄已确认的事实")
    for place, char in enumerate(text):
        kind = unicodedata.category(char)
        if (kind[0] in "CM" and char != "\n") or kind in ("Zl", "Zp"):
            yield _flag(text, "字符", place, place + 1, "含有控制字符、不可见字符或组合符号")
        elif kind[0] == "L" and not char.isascii() and not "一" <= char <= "鿿":
            yield _flag(text, "字符", place, place + 1, "含有生僻字或外文字母，可能与常用字混淆")
        elif char in "<>{}":
            yield _flag(text, "字符", place, place + 1, "含有标记符号")
    for start in _places(text, "【待核实"):
        yield _flag(text, "字符", start, start + 4, "不能手写【待核实】，请恢复原来的填空")


def _contacts(text: str, cover: _Cover) -> Iterator[_Place]:
    return (place for place in contacts_in(text) if not cover.has(place[0], place[1]))


def _numbers(text: str, approved: Approved, cover: _Cover) -> Iterator[HumanFlag]:
    for number in numbers_in(text):
        if not cover.has(number.start, number.end) and not is_stated(number, approved.numbers):
            reason = f"未登记的{number.kind}"
            yield _flag(text, number.kind, number.start, number.end, reason)


def _assertions(text: str, cover: _Cover) -> Iterator[HumanFlag]:
    for assertion in ASSERTIONS:
        for hit in assertion.pattern.finditer(text):
            start, end = hit.span()
            if not cover.has(start, end) and not _carried(assertion, start, end, text, cover):
                yield _flag(text, assertion.kind, start, end, f"未登记的{assertion.kind}")


def _carried(assertion: Assertion, start: int, end: int, text: str, cover: _Cover) -> bool:
    """Whether a fact that may carry it stands right after it (是, 为, 了 between), or right before it."""
    after = end + len(re.match(r"(?:是|为|系|了|：)?", text[end:]).group())  # type: ignore[union-attr] # matches always
    return any(
        (fact.key in assertion.followed_by and begin in (end, after))
        or (fact.key in assertion.preceded_by and stop == start)
        for begin, stop, fact in cover.facts
    )


def _contradictions(text: str, cover: _Cover) -> Iterator[HumanFlag]:
    """A negation right before a confirmed fact turns it round: 未 + 暂停该项收费."""
    for start, end, _ in cover.facts:
        before = _NEGATION.search(text[max(0, start - 8) : start])
        if before is not None and not cover.has(start - len(before.group()), end):
            yield _flag(text, "否认", start - len(before.group()), end, "与已确认的事实相反")


def _rewordings(text: str, approved: Approved, cover: _Cover) -> Iterator[HumanFlag]:
    for start, end, fact in rewordings(text, approved.facts):
        if not cover.has(start, end):
            reason = f"与已确认的“{fact.value}”用词相近而不一致，请照抄原文；不是同一件事时请换一种说法"
            yield _flag(text, "改写", start, end, reason)


def _names(text: str, approved: Approved, cover: _Cover) -> Iterator[_Place]:
    known = "\n".join([*(fact.value for fact in approved.facts), *approved.texts])
    for start, end in named(text):
        words = text[start:end]
        if words not in known and not cover.has(start, end):
            yield start, end, "未登记的名称"
