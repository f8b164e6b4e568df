"""Whether two sets of conditions mean the same, decided exactly over all possible facts.

Between two neighbouring thresholds nothing can change, so each fact has only a few values worth telling apart: those
on and beside the thresholds, and "missing" where it can be missing. `rules.formulas` tries them all without trying
each combination. Counts that are never above others (`AT_MOST`: an hour's mentions are among the day's) are only looked
at together as they can be. `rules.cells` reasons with the same cells for lint, where examples are wanted; here it takes
what holds back as well: exemptions, and the days up to which they count.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from rules.cells import never_below
from rules.evaluate import condition_holds, conditions, rule_conditions
from rules.formulas import (
    NEW_ALONE,
    OLD_ALONE,
    Comparison,
    Formula,
    Narrowing,
    TooEntangled,
    among,
    every_of,
    one_of,
    opposite,
)
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.vocabulary import VOCABULARY, FactSpec, FactType, FactValue, Level

_DAY: Final = "day"


class Effect(StrEnum):
    """What a change does to how easily something is reached."""

    same = "same"
    easier = "easier"
    harder = "harder"
    both = "both"

    @classmethod
    def of(cls, effects: Iterable["Effect"]) -> "Effect":
        """What several changes do together."""
        found = set(effects) - {cls.same}
        return cls.same if not found else cls.both if len(found) > 1 else next(iter(found))

    @property
    def reverse(self) -> "Effect":
        """The effect of the change back."""
        return {Effect.easier: Effect.harder, Effect.harder: Effect.easier}.get(self, self)


class Meaning:
    """The values worth telling apart for some conditions and days, and comparisons over them.

    `since` is the first day that counts for exemptions; without it every day counts.
    """

    def __init__(self, about: Iterable[Condition], untils: Iterable[date] = (), since: date | None = None) -> None:
        values: dict[str, list[Condition]] = {}
        for one in about:
            values.setdefault(one.fact, []).append(one)
        self._cells: Mapping[str, tuple[FactValue, ...]] = {
            fact: _worth_telling(VOCABULARY[fact], many) for fact, many in values.items()
        }
        self._days = _days(set(untils), since)
        self._number = {name: number for number, name in enumerate((_DAY, *self._cells))}
        self._bounds = tuple((0, len(cells) - 1) for cells in (self._days, *self._cells.values()))
        self._beside = dict(self._narrowing())

    @classmethod
    def of_rules(cls, *rules: Rule, since: date | None = None) -> "Meaning":
        """For comparisons of these rules and their parts."""
        about = (one for rule in rules for one in rule_conditions(rule))
        return cls(about, (exemption.until for rule in rules for exemption in rule.unless), since)

    @classmethod
    def of_nodes(cls, *nodes: Condition | AllOf | AnyOf) -> "Meaning":
        """For comparisons of these trees and their parts."""
        return cls(one for node in nodes for one in conditions(node))

    def parts(self, old: Condition | AllOf | AnyOf, new: Condition | AllOf | AnyOf) -> Effect:
        """What replacing a part of a tree by another does to how easily it holds, each fact taken by itself."""
        return self._effect(self._formula(old), self._formula(new), {})

    def trees(self, old: Condition | AllOf | AnyOf, new: Condition | AllOf | AnyOf) -> Effect:
        """What replacing a tree by another does to how easily it holds, over facts that can be true together."""
        return self._possible_effect(self._formula(old), self._formula(new))

    def levels(self, old: Rule, new: Rule, level: Level) -> Effect:
        """What replacing a rule does to how easily it says this level or a higher one; its status does not count."""
        return self._possible_effect(self._reaching(old, level), self._reaching(new, level))

    def _possible_effect(self, old: Formula, new: Formula) -> Effect:
        """What makes no difference with each fact by itself makes none over fewer combinations."""
        effect = self._effect(old, new, {})
        return self._effect(old, new, self._beside) if effect is not Effect.same and self._beside else effect

    def _effect(self, old: Formula, new: Formula, narrowing: Narrowing) -> Effect:
        try:
            found = Comparison(narrowing).outcomes(old, new, self._bounds)
        except TooEntangled:
            return Effect.both
        return {0: Effect.same, OLD_ALONE: Effect.harder, NEW_ALONE: Effect.easier}.get(found, Effect.both)

    def _narrowing(self) -> Iterator[tuple[tuple[int, int], tuple[tuple[int, int, int], ...]]]:
        """What each cell of a count leaves of counts that are never below it, and never above it."""
        pairs = [(low, high) for low in self._cells for high in never_below(low) if high in self._cells]
        for fact, cells in self._cells.items():
            for cell in range(len(cells)):
                above = [(high, *self._up_from(high, cells[cell])) for low, high in pairs if low == fact]
                below = [(low, *self._down_to(low, cells, cell)) for low, high in pairs if high == fact]
                if above or below:
                    found = tuple((self._number[other], first, last) for other, first, last in (*above, *below))
                    yield (self._number[fact], cell), found

    def _up_from(self, fact: str, value: FactValue) -> tuple[int, int]:
        """The cells of a count that hold this value or a greater one."""
        cells = self._cells[fact]
        return bisect_right(cells, _number(value), key=_number) - 1, len(cells) - 1

    def _down_to(self, fact: str, cells: tuple[FactValue, ...], cell: int) -> tuple[int, int]:
        """The cells of a count that hold something not above this cell's greatest value."""
        if cell + 1 == len(cells):
            return 0, len(self._cells[fact]) - 1
        return 0, bisect_left(self._cells[fact], _number(cells[cell + 1]), key=_number) - 1

    def _formula(self, node: Condition | AllOf | AnyOf) -> Formula:
        if isinstance(node, Condition):
            cells = self._cells[node.fact]
            met = sum(1 << number for number, value in enumerate(cells) if condition_holds(node, value))
            return among(self._number[node.fact], met, len(cells))
        if isinstance(node, AllOf):
            return every_of(tuple(self._formula(child) for child in node.all))
        return one_of(tuple(self._formula(child) for child in node.any))

    def _reaching(self, rule: Rule, level: Level) -> Formula:
        ways = []
        for one, node in rule.levels.items():
            if one.rank >= level.rank:
                allowed = every_of(tuple(opposite(each) for each in self._exempt(rule, one)))
                ways.append(every_of((allowed, self._formula(node))))
        return one_of(tuple(ways))

    def _exempt(self, rule: Rule, level: Level) -> tuple[Formula, ...]:
        return tuple(
            every_of((self._until(one.until), self._formula(one.when)))
            for one in rule.unless
            if not one.levels or level in one.levels
        )

    def _until(self, last: date) -> Formula:
        met = sum(1 << number for number, day in enumerate(self._days) if day <= last)
        return among(self._number[_DAY], met, len(self._days))


def _worth_telling(spec: FactSpec, about: list[Condition]) -> tuple[FactValue, ...]:
    """One value of each stretch in which no condition changes, thresholds included."""
    missing: tuple[FactValue, ...] = (None,) if spec.nullable else ()
    if spec.type is FactType.text:
        return (*spec.choices, *missing)
    lines = [one.value for one in about if isinstance(one.value, int | float)]
    numbers = {spec.minimum, *lines, *(line + spec.step for line in lines)}
    kept = {value for number in numbers if isinstance(value := spec.quantise(number), int | float)}
    return (*sorted(kept), *missing)


def _number(value: FactValue) -> float:
    assert isinstance(value, int | float)  # noqa: S101 - `AT_MOST` names counts that are always there
    return value


def _days(untils: set[date], since: date | None) -> tuple[date, ...]:
    edges = {*untils, *(one + timedelta(days=1) for one in untils if one < date.max)}
    kept = {one for one in edges if since is None or one >= since}
    return tuple(sorted(kept | {since or date.min}))
