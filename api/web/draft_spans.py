"""What a reader is told about each stretch of a draft."""

from dataclasses import dataclass
from typing import Final

from api.web.texts import ORIGIN_TITLES, SOURCE_TITLES
from engine.drafting.document import Draft
from engine.drafting.exports.length import body_fault
from engine.drafting.exports.sources import facts_of
from engine.model import Fact, HumanFlag, Span, SpanOrigin
from knowledge.schema import FACT_TITLES, FactKey

_ORDER: Final = (SpanOrigin.fact, SpanOrigin.choice, SpanOrigin.prose, SpanOrigin.human, SpanOrigin.unresolved)


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """A span with the sentence that appears when it is pointed at."""

    text: str
    origin: SpanOrigin
    tip: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """A fact that must be found out before the draft can be released."""

    key: FactKey
    title: str
    marks: int


def spans_with_tips(draft: Draft) -> tuple[ShownSpan, ...]:
    """All spans in order; facts say value, source and who confirmed."""
    facts = {fact.id: fact for fact in draft.register_}
    return tuple(ShownSpan(span.text, span.origin, _tip(span, facts)) for span in draft.spans)


def origins_used(draft: Draft) -> tuple[SpanOrigin, ...]:
    """Which colours the legend must explain."""
    present = {span.origin for span in draft.spans}
    return tuple(origin for origin in _ORDER if origin in present)


def to_do(draft: Draft) -> tuple[ToDo, ...]:
    """The facts that the draft waits for, in the order of the text, with how often it marks each."""
    counts: dict[FactKey, int] = {}
    for span in draft.spans:
        if span.origin is SpanOrigin.unresolved:
            for name in span.ref.partition(":")[2].split(","):
                if name in FactKey.__members__:
                    counts[FactKey(name)] = counts.get(FactKey(name), 0) + 1
    return tuple(ToDo(key, FACT_TITLES[key], count) for key, count in counts.items())


def flags_of(draft: Draft) -> tuple[HumanFlag, ...]:
    """What in people's own words nothing confirmed carries."""
    return tuple(flag for verdict in draft.proof.spans for flag in verdict.flags)


def why_not_submittable(draft: Draft) -> str:
    """Why a draft cannot be submitted, in a sentence; empty when it can."""
    proof = draft.proof
    if not proof.ok:
        return "核验未通过，请看“逐句核验”中标“不通过”的句子"
    if waiting := to_do(draft):
        return f"尚有待核实：{'、'.join(one.title for one in waiting)}"
    if missing := [one.title for one in proof.elements if not one.present]:
        return f"缺少必备内容：{'、'.join(missing)}"
    return body_fault(draft) if proof.releasable else "尚有待核实的内容"


def _tip(span: Span, facts: dict[str, Fact]) -> str:
    """The first line names the origin, the lines below the facts that it cites."""
    return "\n".join([ORIGIN_TITLES[span.origin], *map(_fact_line, facts_of(span, facts))])


def _fact_line(fact: Fact) -> str:
    titles = {key.value: title for key, title in FACT_TITLES.items()}
    source = f"{SOURCE_TITLES[fact.source.kind]} {fact.source.ref}"
    confirmed = f"，{fact.confirmed_by}确认" if fact.confirmed_by else ""
    return f"{titles.get(fact.key, fact.key)}：{fact.value}（{source}{confirmed}）"
