"""What a tree of conditions demands of each single fact: the interval or words outside which it cannot hold."""

from dataclasses import dataclass

from rules.schema import AllOf, AnyOf, Condition
from rules.vocabulary import VOCABULARY, FactSpec, FactType


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from `low` to `high`, both included; nothing when `low` is above `high`."""

    low: float
    high: float

    @property
    def empty(self) -> bool:
        """No value is left."""
        return self.low > self.high

    def meet(self, other: "Interval") -> "Interval":
        """What is in both."""
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def hull(self, other: "Interval") -> "Interval":
        """The smallest interval around both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def covers(self, other: "Interval") -> bool:
        """Whether all of the other lies within."""
        return self.low <= other.low and other.high <= self.high


Demands = dict[str, Interval]


def demands(node: Condition | AllOf | AnyOf) -> Demands:
    """Each fact's necessary interval; a fact that a way leaves free is not in it. Words count as their position
    among the fact's choices, which is enough to see a contradiction between two single words.
    """
    if isinstance(node, Condition):
        return {node.fact: interval_of(node)}
    if isinstance(node, AllOf):
        merged: Demands = {}
        for child in node.all:
            for fact, interval in demands(child).items():
                merged[fact] = merged[fact].meet(interval) if fact in merged else interval
        return merged
    return _common([demands(child) for child in node.any])


def _common(ways: list[Demands]) -> Demands:
    """What every possible way demands: the hull, over the facts that all of them name."""
    possible = [way for way in ways if not any(interval.empty for interval in way.values())] or ways
    merged = dict(possible[0])
    for way in possible[1:]:
        merged = {fact: interval.hull(way[fact]) for fact, interval in merged.items() if fact in way}
    return merged


def interval_of(condition: Condition) -> Interval:
    """The values that meet one condition (for `!=` and several words, the hull of them)."""
    spec = VOCABULARY[condition.fact]
    if spec.type is FactType.text:
        return _words(spec, condition)
    value = condition.value
    assert isinstance(value, int | float)  # noqa: S101 - the schema has checked it
    return {
        ">=": Interval(value, spec.maximum),
        ">": Interval(value + spec.step, spec.maximum),
        "<=": Interval(spec.minimum, value),
        "<": Interval(spec.minimum, value - spec.step),
        "==": Interval(value, value),
        "!=": Interval(spec.minimum, spec.maximum),
    }[condition.op]


def _words(spec: FactSpec, condition: Condition) -> Interval:
    if condition.op == "!=":
        return Interval(0, len(spec.choices))
    words = condition.value if isinstance(condition.value, tuple) else (str(condition.value),)
    positions = [spec.choices.index(word) for word in words]
    return Interval(min(positions), max(positions))
