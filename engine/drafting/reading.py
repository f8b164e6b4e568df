"""Reads a draft as a copy editor would, without a model: punctuation, headings over nothing, what is said twice.

What it finds are faults of wording, not of truth: verification does not look here. The carried templates are held to
it by the tests.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from engine.model import Span, SpanOrigin

RUN: Final = 8
"""How many letters or ideographs in a row count as said again, outside facts."""
_NEAR: Final = 5
"""The same within one sentence."""
_PAIRS: Final = {"”": "“", "’": "‘", "）": "（", "》": "《", "】": "【", "」": "「"}
_SENTENCE: Final = re.compile(r"[^。！？；\n]+")
_SENTENCE_MARK: Final = re.compile(r"[。！？；]")
_SLIPS: Final = (
    (re.compile(r"[，、。；：！？][，、。；：！？]"), "标点重叠"),
    (re.compile(r"[ \t\u3000](?=[，、。；：！？”）》】])"), "标点前有空格"),
    (re.compile(r"[，、：；（“《](?=[）”》】])|[（“《【](?=[，、。；：])"), "标点挤在一起"),
    (re.compile(r"(?m)^[，、。；：！？）”》]|[，、](?=\n|\Z)"), "标点在行首，或句子没有写完"),
    (re.compile(r"\n{3,}"), "多余的空行"),
    (re.compile(r"、和|和[、。]|的的|了了|已已|将将|于于"), "字词重叠或句子不通"),
)
_OPENER: Final = re.compile(r"对(?!照)|据|按(?!期)")
_ONCE: Final = ("反映", "以上", "目前", "截至", "初步")
_HEADING: Final = re.compile(r"[一二三四五六七八九十]、[^。！？；，]{1,30}|关于[^。！？；]{1,20}：|[问答]：")
_GAP: Final = "\x00"
_QUOTED: Final = re.compile(r"“[^“”\n]{0,200}”|《[^《》\n]{0,200}》|【[^【】\n]{0,200}】")


def misreadings(spans: Sequence[Span], values: Sequence[str] = ()) -> tuple[str, ...]:
    """What a careful reader would stumble over, in Chinese, each once, in the order of the checks.

    `values` are those of the facts: what they say may stand twice.
    """
    text = "".join(span.text for span in spans)
    own = _without("".join(_hollow(span) for span in spans), values)
    found = [*_slips(text), *_unbalanced(text), *_empty(text), *_clauses(own), *_repeated(own)]
    return tuple(dict.fromkeys(found))


def _hollow(span: Span) -> str:
    return _GAP if span.origin in (SpanOrigin.fact, SpanOrigin.unresolved) else span.text


def _without(text: str, values: Sequence[str]) -> str:
    """The text with the facts that prose cites taken out too."""
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, _GAP) if value else text
    return text


def _around(text: str, at: int) -> str:
    return text[max(0, at - 8) : at + 8].replace("\n", " ")


def _slips(text: str) -> Iterator[str]:
    for pattern, message in _SLIPS:
        yield from (f"{message}：“{_around(text, found.start())}”" for found in pattern.finditer(text))


def _unbalanced(text: str) -> Iterator[str]:
    """Brackets and quotation marks that open and do not close in the same line, or close and were not opened."""
    for line in text.splitlines():
        open_: list[str] = []
        for at, char in enumerate(line):
            if char in _PAIRS.values():
                open_.append(char)
            elif char in _PAIRS and (not open_ or open_.pop() != _PAIRS[char]):
                yield f"括号或引号不成对：“{_around(line, at)}”"
        if open_:
            yield f"括号或引号没有闭合：“{_around(line, line.rfind(open_[-1]))}”"


def _empty(text: str) -> Iterator[str]:
    """Headings and labels that nothing follows."""
    lines = [line.strip() for line in text.strip().split("\n")]
    for line, after in pairwise([*lines, ""]):
        if line and not after and _HEADING.fullmatch(line):
            yield f"标题下面没有内容：“{line}”"


def _clauses(own: str) -> Iterator[str]:
    """Within one sentence: two clauses in a row with the same preposition, the same word or the same run twice."""
    for sentence in _SENTENCE.findall(_QUOTED.sub(_GAP, own)):
        starts = [found.group() if (found := _OPENER.match(clause)) else "" for clause in sentence.split("，")]
        if any(one == two for one, two in pairwise(starts) if one):
            yield f"连着两个分句都用同一个介词起头：“{sentence.strip()[:40]}”"
        yield from (f"一句里说了两遍“{word}”：“{sentence.strip()[:40]}”" for word in _ONCE if sentence.count(word) > 1)
        runs = Counter(_runs(sentence, _NEAR))
        yield from (f"一句里说了两遍“{run}”" for run, times in runs.items() if times > 1)


def _repeated(own: str) -> Iterator[str]:
    """What two sentences below the title both say, word for word; of overlapping runs the first is told."""
    seen: dict[str, int] = {}
    last = (-1, -1)
    for number, sentence in enumerate(_SENTENCE.findall(_untitled(own))):
        for run in dict.fromkeys(_runs(sentence, RUN)):
            before = seen.setdefault(run, number)
            if before != number and last != (before, number):
                last = (before, number)
                yield f"两句都说了“{run}”"


def _runs(text: str, size: int) -> Iterator[str]:
    runs = (text[at : at + size] for at in range(len(text) - size + 1))
    return (run for run in runs if run.isalnum())


def _untitled(text: str) -> str:
    title, _, rest = text.partition("\n\n")
    return rest if rest and "\n" not in title and not _SENTENCE_MARK.search(title) else text
