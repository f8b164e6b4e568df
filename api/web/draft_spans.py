"""What a reader is told about each stretch of a draft."""

from dataclasses import dataclass
from typing import Final

from api.web.texts import ORIGIN_TITLES, SOURCE_TITLES
from engine.draft_document import Draft
from engine.model import Fact, Span, SpanOrigin
from knowledge.schema import FACT_TITLES

_ORDER: Final = (SpanOrigin.fact, SpanOrigin.choice, SpanOrigin.prose, SpanOrigin.human, SpanOrigin.unresolved)


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """A span with the sentence that appears when it is pointed at."""

    text: str
    origin: SpanOrigin
    tip: str


def spans_with_tips(draft: Draft) -> tuple[ShownSpan, ...]:
    """All spans in order; facts say value, source and who confirmed."""
    facts = {fact.id: fact for fact in draft.register_}
    return tuple(ShownSpan(span.text, span.origin, _tip(span, facts)) for span in draft.spans)


def origins_used(draft: Draft) -> tuple[SpanOrigin, ...]:
    """Which colours the legend must explain."""
    present = {span.origin for span in draft.spans}
    return tuple(origin for origin in _ORDER if origin in present)


def to_do(draft: Draft) -> tuple[str, ...]:
    """What must be found out before the draft can be released."""
    unresolved = [verdict for verdict in draft.proof.spans if verdict.origin is SpanOrigin.unresolved]
    return tuple(dict.fromkeys(f"{verdict.text}：{verdict.reason}" for verdict in unresolved))


def _tip(span: Span, facts: dict[str, Fact]) -> str:
    """The first line names the origin, the lines below the facts that it cites."""
    cited = [facts[name] for name in _names(span) if name in facts]
    return "\n".join([ORIGIN_TITLES[span.origin], *map(_fact_line, cited)])


def _names(span: Span) -> list[str]:
    """Fact ids in a reference: the reference itself, or the list after `slot:`."""
    _, _, tail = span.ref.partition(":")
    return [span.ref, *tail.split(",")]


def _fact_line(fact: Fact) -> str:
    titles = {key.value: title for key, title in FACT_TITLES.items()}
    source = f"{SOURCE_TITLES[fact.source.kind]} {fact.source.ref}"
    confirmed = f"，{fact.confirmed_by}确认" if fact.confirmed_by else ""
    return f"{titles.get(fact.key, fact.key)}：{fact.value}（{source}{confirmed}）"
