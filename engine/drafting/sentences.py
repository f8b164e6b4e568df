"""The proof of a draft read sentence by sentence: what each sentence rests on, in plain Chinese."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.model import Fact, FactStatus, SentenceVerdict, SpanOrigin, SpanVerdict
from knowledge.schema import FACT_TITLES, FactKey

_SENTENCE: Final = re.compile(r"[^。！？；\n]*[。！？；]+[”》」）]*|[^。！？；\n]+")
_MEANS_NOTHING: Final = re.compile(r"[\W_]*")
_SOURCES: Final = {"mention": "网上提及", "department": "部门", "document": "文件", "registry": "公司登记信息"}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A span's verdict with its place in the text."""

    start: int
    end: int
    verdict: SpanVerdict


def sentences_of(spans: Sequence[SpanVerdict], register: Sequence[Fact]) -> tuple[SentenceVerdict, ...]:
    """One verdict a sentence, in order: it holds when all of its spans do."""
    text = "".join(span.text for span in spans)
    placed = list(_placed(spans))
    facts = {fact.id: fact for fact in register}
    found = []
    first = 0
    for hit in sentence_places(text):
        if _MEANS_NOTHING.fullmatch(hit.group()):
            continue
        while first < len(placed) and placed[first].end <= hit.start():
            first += 1
        inside = [one.verdict for one in _until(placed, first, hit.end()) if _says_something(one, hit, text)]
        found.append(_sentence(hit.group().strip(), inside, facts))
    return tuple(found)


def sentence_places(text: str) -> Iterator[re.Match[str]]:
    """Every sentence of a text, its closing quotation marks with it; the proof and the exports read it alike."""
    return _SENTENCE.finditer(text)


def _placed(spans: Sequence[SpanVerdict]) -> Iterator[_Placed]:
    at = 0
    for span in spans:
        yield _Placed(at, at + len(span.text), span)
        at += len(span.text)


def _until(placed: Sequence[_Placed], first: int, end: int) -> Iterator[_Placed]:
    for one in placed[first:]:
        if one.start >= end:
            return
        yield one


def _says_something(one: _Placed, sentence: re.Match[str], text: str) -> bool:
    """Whether the span brings more into the sentence than a bracket or a full stop; a fault always counts."""
    said = text[max(one.start, sentence.start()) : min(one.end, sentence.end())]
    return not one.verdict.ok or _MEANS_NOTHING.fullmatch(said) is None


def _sentence(text: str, spans: Sequence[SpanVerdict], facts: dict[str, Fact]) -> SentenceVerdict:
    reasons = dict.fromkeys(reason for span in spans for reason in _reasons(span, facts))
    return SentenceVerdict(
        text=text,
        ok=all(span.ok for span in spans),
        origins=tuple(span.origin for span in spans),
        refs=tuple(span.ref for span in spans),
        reason="；".join(reasons),
    )


def _reasons(span: SpanVerdict, facts: dict[str, Fact]) -> Iterator[str]:
    if not span.ok:
        yield f"“{span.text}”{span.reason}"
    elif span.origin is SpanOrigin.literal:
        yield "模板原文"
    elif span.origin is SpanOrigin.choice:
        yield "获准措辞"
    elif span.origin is SpanOrigin.human:
        yield f"{span.ref.removeprefix('human:')} 改写，其中没有登记之外的说法"
    elif span.origin is SpanOrigin.unresolved:
        yield f"{span.text}，没有已确认的事实"
    else:
        cited = [facts[one] for one in _fact_ids(span) if one in facts]
        shape = "获准句式" if span.origin is SpanOrigin.prose else ""
        yield "，".join([*([shape] if shape else []), *(_told(fact) for fact in cited)])


def _fact_ids(span: SpanVerdict) -> list[str]:
    refs = span.ref.partition(":")[2] if span.origin is SpanOrigin.prose else span.ref
    return [one for one in refs.split(",") if one]


def _told(fact: Fact) -> str:
    """“涉及金额：36.8万元”（李芳确认，部门：客服）"""
    title = FACT_TITLES[FactKey(fact.key)]
    source = _SOURCES[fact.source.kind]
    if fact.source.kind == "registry":
        return f"“{title}：{fact.value}”（{source}）"
    named = f"{source}：{fact.source.ref}" if fact.source.kind != "mention" else source
    status = f"{fact.confirmed_by}确认" if fact.status is FactStatus.confirmed else "未确认，仅作为他人说法转述"
    return f"“{title}：{fact.value}”（{status}，{named}）"
