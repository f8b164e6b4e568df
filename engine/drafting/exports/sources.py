"""Each sentence of a draft with where its words come from, in words for the appendix of an export.

People's names stay out: a fact is told with its source and whether it is confirmed, a rewording without its author.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from engine.drafting.document import Draft
from engine.drafting.exports.layout import visible_only
from engine.drafting.sentences import sentence_places
from engine.model import Fact, FactStatus, Span, SpanOrigin
from knowledge.schema import FACT_TITLES, FactKey

ORIGIN_TITLES: Final = {
    SpanOrigin.literal: "模板原文",
    SpanOrigin.fact: "事实",
    SpanOrigin.choice: "获准措辞",
    SpanOrigin.prose: "获准句式",
    SpanOrigin.human: "人工改写",
    SpanOrigin.unresolved: "待核实",
}
_SOURCES: Final = {"mention": "网上提及", "department": "部门", "document": "文件", "registry": "公司登记信息"}
_STATUS: Final = {FactStatus.confirmed: "已确认", FactStatus.reported: "据反映", FactStatus.disputed: "有争议"}


class SourcedSentence(NamedTuple):
    """A sentence, the origins of its words in their order, and the facts that it states."""

    text: str
    origins: str
    sources: str


def sourced_sentences(draft: Draft) -> tuple[SourcedSentence, ...]:
    """Every sentence of the draft, in order."""
    facts = {fact.id: fact for fact in draft.register_}
    return tuple(_told(text, spans, facts) for text, spans in _sentences(draft))


def _sentences(draft: Draft) -> Iterator[tuple[str, list[Span]]]:
    """Sentences with the spans that they touch."""
    text, at, spans = "".join(span.text for span in draft.spans), 0, _placed(draft)
    for match in sentence_places(text):
        at, end = match.span()
        if match.group().strip():
            yield match.group().strip(), [span for begin, stop, span in spans if begin < end and stop > at]


def _placed(draft: Draft) -> list[tuple[int, int, Span]]:
    placed, at = [], 0
    for span in draft.spans:
        placed.append((at, at + len(span.text), span))
        at += len(span.text)
    return placed


def _told(text: str, spans: list[Span], facts: Mapping[str, Fact]) -> SourcedSentence:
    origins = dict.fromkeys(ORIGIN_TITLES[span.origin] for span in spans)
    cited = dict.fromkeys(fact.id for span in spans for fact in facts_of(span, facts))
    return SourcedSentence(
        visible_only(text), "、".join(origins), "；".join(fact_words(facts[one]) for one in cited) or "—"
    )


def facts_of(span: Span, facts: Mapping[str, Fact]) -> list[Fact]:
    """The facts that a span's reference names: `id,id` or `slot:id,id`."""
    names = dict.fromkeys((span.ref, *re.split(r"[:,]", span.ref)))
    return [facts[name] for name in names if name in facts]


def fact_words(fact: Fact) -> str:
    """A fact with its source, without people's names: 涉及金额：36.8万元（部门 客服，已确认）."""
    title = FACT_TITLES[FactKey(fact.key)] if fact.key in FactKey.__members__ else fact.key
    source = _SOURCES[fact.source.kind]
    ref = "" if fact.source.kind == "registry" else f" {visible_only(fact.source.ref)}"
    return f"{title}：{visible_only(fact.value)}（{source}{ref}，{_STATUS[fact.status]}）"
