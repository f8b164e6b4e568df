"""Counts what a statement claims that nothing carries: the same way for every writer, and without any model.

What carries a claim: the values of the register's confirmed facts, the company's own registry, and the wordings that
the template has approved. Counted are

- numbers and dates: each that `engine.drafting.numbers` reads and no carrier states with the same meaning;
- names: quoted ones, organisations and persons with a title, whose words no carrier has;
- causes, promises, actions: clauses that say one by their wording (由于…、将…、已…), each once, of whose pairs of
  neighbouring characters less than six in ten stand in a carrier. Labels and openings of less than six characters
  (已采取措施：, 我们承诺，) say nothing yet.

What a text says twice counts once, the numbers of a list not at all.
Crude, and the same for all: a paraphrase of what is approved passes, a new cause or a new promise does not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from engine.drafting.numbers import is_stated, numbers_in
from engine.model import Fact, FactStatus
from knowledge.schema import ChoiceSlot, ProseSlot, Template

Kind = Literal["number", "date", "name", "cause", "promise", "action"]
CARRIED: Final = 0.6
_LEAST_CHARS: Final = 6

_CLAUSE_END: Final = re.compile(r"[，。；！？：,;!?:\n]")
_HOLE: Final = re.compile(r"\{\{?[^{}]*\}?\}")
_OPEN: Final = re.compile(r"【[^】]*】")
_LIST_NUMBER: Final = re.compile(r"^\s*\d{1,2}[.、)）]|声明日期", re.MULTILINE)
_SAYS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("cause", re.compile(r"由于|因为|原因|归因|源于|起因|系因|所致|导致|造成|引发|出于")),
    (
        "promise",
        re.compile(
            r"承诺|保证|确保|一定|绝不|必将|务必|赔偿|补偿|退还|退款|免除|将|会(?!员|议|计|同|务|费|话)|全力|尽快|尽最大"
        ),
    ),
    ("action", re.compile(r"已|正在|立即|第一时间|迅速|及时|马上|着手|启动|成立|采取|开展")),
)
_QUOTED: Final = re.compile(r"[《“「『\"]([^》”」』\"\n]{2,30})[》”」』\"]")
_ORGANISATION: Final = re.compile(
    r"\w{2}(?:有限公司|银行|监管局|监管总局|管理局|公安局|人民银行|法院|消保委|协会|委员会|事务所|律所)"
)
_PERSON: Final = re.compile(r"[一-鿿某]{1,2}(?:先生|女士|总经理|总裁|董事长|总监|律师|主任)")
_ANYONES: Final = re.compile(
    r"^[一-鿿]?[我本贵该各此其家的与向和由在对]|^(?:金融|消费|有关|相关|主管|监管|业务|涉事|合作)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a text says and nothing carries."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Carriers:
    """The texts that may carry a claim."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, template: Template, register: Sequence[Fact]) -> "Carriers":
        """What a statement made from this template and register may say."""
        facts = (
            fact.value for fact in register if fact.status is FactStatus.confirmed or fact.source.kind == "registry"
        )
        said = (fact.value for fact in register if fact.status is FactStatus.reported)
        return cls((*facts, *said, *(_HOLE.sub("\n", text) for text in _approved(template))))

    @property
    def together(self) -> str:
        """All of them, a line each."""
        return "\n".join(self.texts)


def _approved(template: Template) -> Iterator[str]:
    yield template.title
    yield template.body
    for slot in template.slots.values():
        if isinstance(slot, ChoiceSlot):
            yield from slot.texts
        if isinstance(slot, ProseSlot):
            yield from (*slot.patterns, *slot.phrases)


def unsupported(text: str, carriers: Carriers) -> tuple[Claim, ...]:
    """The claims of a text that none of the carriers makes. 【待核实】 marks claim nothing."""
    plain = _LIST_NUMBER.sub("", _OPEN.sub("", text))
    found = (*_numbers(plain, carriers), *_names(plain, carriers), *_clauses(plain, carriers))
    return tuple(dict.fromkeys(found))


def _numbers(text: str, carriers: Carriers) -> Iterator[Claim]:
    known = [number for carrier in carriers.texts for number in numbers_in(carrier)]
    for number in numbers_in(text):
        if number.text not in carriers.together and not is_stated(number, known):
            yield Claim("date" if number.kind.startswith("日期") else "number", number.text)


def _names(text: str, carriers: Carriers) -> Iterator[Claim]:
    known = carriers.together
    yield from (Claim("name", one) for one in _QUOTED.findall(text) if one not in known)
    for pattern in (_ORGANISATION, _PERSON):
        for found in pattern.finditer(text):
            name = found.group()
            if name[1:] not in known and not _ANYONES.search(name):
                yield Claim("name", name)


def _clauses(text: str, carriers: Carriers) -> Iterator[Claim]:
    known = _pairs(carriers.together)
    for clause in _CLAUSE_END.split(text):
        kind = next((kind for kind, pattern in _SAYS if pattern.search(clause)), None)
        pairs = _pairs(clause)
        if kind is not None and len(pairs) >= _LEAST_CHARS - 1 and len(pairs & known) < CARRIED * len(pairs):
            yield Claim(kind, clause.strip())


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1) if text[at : at + 2].isalnum()}
