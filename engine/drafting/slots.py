"""All the ways in which a part of a template may be worded, given a register: the closed world of a draft.

Drafting picks one way for each part; verification accepts nothing else. Both come here, so they cannot drift apart.
A prose slot is a finite set of whole clauses, so nothing can move inside one: 未收取 never comes out of 被收取.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from engine.drafting.facts import Stated, attributed, items, stated, unresolved_mark
from engine.drafting.template_program import (
    ItemPart,
    LiteralPart,
    Part,
    SlotPart,
    Step,
    first_sentence,
    last_sentence,
    split_pattern,
)
from engine.model import Fact, Span, SpanOrigin
from knowledge.schema import ChoiceSlot, FactKey, FactSlot, ProseSlot, Strategy

MAX_WAYS: Final = 512
_ONCE: Final = ("反映", "投诉", "目前", "我们", "公司")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to word a part, with the fact keys that it states."""

    span: Span
    keys: frozenset[FactKey] = frozenset()


def ways(part: Part, register: Sequence[Fact], strategy: Strategy | None = None) -> tuple[Way, ...]:
    """Every allowed wording of a part, never empty; the first is the wording without a model.

    Under a strategy, wordings that are made for others are not allowed (see `ChoiceSlot.allowed`).
    """
    if isinstance(part, LiteralPart):
        return (Way(Span(text=part.text, origin=SpanOrigin.literal, ref=part.ref)),)
    if isinstance(part, ItemPart):
        return (_item_way(part, register),)
    if isinstance(part.slot, FactSlot):
        return (_fact_way(part, part.slot.fact, register),)
    if isinstance(part.slot, ChoiceSlot):
        return _choice_ways(part.name, part.slot, strategy)
    return _prose_ways(part, part.slot, register)


def offered(part: Part, register: Sequence[Fact], strategy: Strategy | None = None) -> tuple[Way, ...]:
    """The ways a model may choose among: those that state at least what the wording without a model states."""
    every = ways(part, register, strategy)
    return tuple(way for way in every if way.keys >= every[0].keys)


def _choice_ways(name: str, slot: ChoiceSlot, strategy: Strategy | None) -> tuple[Way, ...]:
    texts = slot.texts
    among = slot.allowed(strategy) or slot.allowed(None)
    return tuple(Way(Span(text=texts[one], origin=SpanOrigin.choice, ref=f"{name}:{one}")) for one in among)


def _item_way(part: ItemPart, register: Sequence[Fact]) -> Way:
    value = items(register, part.fact)[part.number]
    return Way(Span(text=value.text, origin=SpanOrigin.fact, ref=value.ref), frozenset({part.fact}))


def _fact_way(part: SlotPart, key: FactKey, register: Sequence[Fact]) -> Way:
    found = stated(register, key, as_reported=attributed(key, part.before, part.after))
    if found is None:
        return _unresolved(part.name, (key,))
    return Way(Span(text=found.text, origin=SpanOrigin.fact, ref=found.ref), frozenset({key}))


def _unresolved(name: str, keys: Sequence[FactKey]) -> Way:
    return Way(Span(text=unresolved_mark(keys), origin=SpanOrigin.unresolved, ref=f"{name}:{','.join(keys)}"))


def _prose_ways(part: SlotPart, slot: ProseSlot, register: Sequence[Fact]) -> tuple[Way, ...]:
    found: dict[str, Way] = {}
    missing: list[tuple[FactKey, ...]] = []
    for pattern in slot.patterns:
        steps = split_pattern(pattern)
        told = _told(part, steps, register)
        lacking = tuple(key for key, value in told.items() if value is None)
        if lacking:
            missing.append(lacking)
            continue
        for way in _clauses(part.name, steps, {key: value for key, value in told.items() if value}, slot.phrases):
            found.setdefault(way.span.text, way)
    return tuple(found.values()) or (_unresolved(part.name, missing[0]),)


def _told(part: SlotPart, steps: Sequence[Step], register: Sequence[Fact]) -> dict[FactKey, Stated | None]:
    """What may be stated for each fact of a pattern: None where it is not confirmed, nor reported and attributed."""
    told: dict[FactKey, Stated | None] = {}
    for index, step in enumerate(steps):
        if step.fact is not None:
            before = last_sentence(part.before + "".join(other.text for other in steps[:index]))
            after = first_sentence("".join(other.text for other in steps[index + 1 :]) + part.after)
            told[step.fact] = stated(register, step.fact, as_reported=attributed(step.fact, before, after))
    return told


def _reads_well(steps: Sequence[Step], chosen: Sequence[str]) -> bool:
    """Whether the phrases repeat nothing of the pattern that readers trip over: “据用户反映，有用户反映……”."""
    words = [step.text for step in steps if step.text] + list(chosen)
    return all(sum(word in text for text in words) <= 1 for word in _ONCE)


def _clauses(name: str, steps: Sequence[Step], told: dict[FactKey, Stated], phrases: Sequence[str]) -> Iterator[Way]:
    """The clauses of one pattern: facts verbatim, in each hole for a phrase another approved phrase."""
    ref = f"{name}:{','.join(value.ref for value in told.values())}"
    holes = sum(step.phrase for step in steps)
    fillings = list(permutations(phrases, holes))
    for chosen in [filling for filling in fillings if _reads_well(steps, filling)] or fillings:
        rest = iter(chosen)
        words = (next(rest) if step.phrase else told[step.fact].text if step.fact else step.text for step in steps)
        yield Way(Span(text="".join(words), origin=SpanOrigin.prose, ref=ref), frozenset(told))
