"""What is wrong with a rule's levels beyond their single conditions: contradictions, conditions that say nothing,
a higher level that is easier to reach than a lower one.
"""

from collections.abc import Iterator
from itertools import combinations as pairs
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rules.document import Document, Place
from rules.errors import Fault
from rules.intervals import Interval, demands, interval_of
from rules.schema import AllOf, AnyOf, Condition, Node
from rules.vocabulary import LEVEL_TITLES, VOCABULARY, FactType, Level
from rules.wording import amount, label

_NODE: TypeAdapter[Condition | AllOf | AnyOf] = TypeAdapter(Node)


def rule_faults(document: Document) -> list[Fault]:
    """The faults of a rule's levels, each level that can be read on its own, so that one fault hides no other."""
    levels = _sound_levels(document.data)
    faults = [fault for level, node in levels.items() for fault in _level_faults(document, level, node)]
    for lower, higher in pairs(levels, 2):
        faults += _order_faults(document, lower, levels[lower], higher, levels[higher])
    return faults


def _sound_levels(data: Any) -> dict[Level, Condition | AllOf | AnyOf]:
    levels = data.get("levels") if isinstance(data, dict) else None
    found: dict[Level, Condition | AllOf | AnyOf] = {}
    if not isinstance(levels, dict):
        return found
    for level in Level:
        try:
            if level in levels:
                found[level] = _NODE.validate_python(levels[level])
        except ValidationError:
            continue  # The schema reports it at its place.
    return found


def _level_faults(document: Document, level: Level, node: Condition | AllOf | AnyOf) -> Iterator[Fault]:
    place = ("levels", str(level))
    for fact, interval in demands(node).items():
        if interval.empty:
            yield document.fault(place, f"“{LEVEL_TITLES[level]}”永远达不到：对“{label(fact)}”的要求互相矛盾")
    for inner, condition in _placed(node, place):
        if _always_holds(condition):
            yield document.fault(inner, f"“{label(condition.fact)}”的这一条总是成立，请提高门槛或删去")


def _placed(node: Condition | AllOf | AnyOf, place: Place) -> Iterator[tuple[Place, Condition]]:
    """The conditions of a tree with their places in the file."""
    if isinstance(node, Condition):
        yield place, node
        return
    key, children = ("all", node.all) if isinstance(node, AllOf) else ("any", node.any)
    for number, child in enumerate(children):
        yield from _placed(child, (*place, key, number))


def _always_holds(condition: Condition) -> bool:
    spec = VOCABULARY[condition.fact]
    if spec.nullable or spec.type is FactType.text or condition.op == "!=":
        return False
    return interval_of(condition).covers(Interval(spec.minimum, spec.maximum))


def _order_faults(
    document: Document, lower: Level, mild: Condition | AllOf | AnyOf, higher: Level, severe: Condition | AllOf | AnyOf
) -> Iterator[Fault]:
    """A higher level must not be easier: on every fact that both demand, its interval lies within the lower one's."""
    place = ("levels", str(higher))
    if mild == severe:
        yield document.fault(place, f"“{LEVEL_TITLES[higher]}”与“{LEVEL_TITLES[lower]}”的条件完全一样")
        return
    low_demands = demands(mild)
    for fact, wanted in demands(severe).items():
        below = low_demands.get(fact)
        if below and VOCABULARY[fact].type is not FactType.text and not (wanted.empty or below.covers(wanted)):
            yield document.fault(place, _easier(fact, lower, below, higher, wanted))


def _easier(fact: str, lower: Level, below: Interval, higher: Level, wanted: Interval) -> str:
    low_side = wanted.low < below.low
    line, other = (wanted.low, below.low) if low_side else (wanted.high, below.high)
    return (
        f"“{LEVEL_TITLES[higher]}”比“{LEVEL_TITLES[lower]}”更容易达到："
        f"“{label(fact)}”一个以 {amount(fact, line)} 为线，一个以 {amount(fact, other)} 为线"
    )
