"""Whether two sets of conditions mean the same, decided exactly over all possible facts.

Between two neighbouring thresholds nothing can change, so each fact has only a few values worth telling apart: those
on and beside the thresholds, and "missing" where it can be missing. Two formulas are compared by trying these values
one fact after the other, each pair of what is left only once (a multi-valued decision diagram, Srinivasan et al.
1990, "Algorithms for discrete function manipulation"). Facts are taken as independent of each other: that one hour
never holds more mentions than a day is not known here, so that equal is always equal, and different nearly always.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from rules.evaluate import condition_holds, conditions, rule_conditions
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.vocabulary import VOCABULARY, FactSpec, FactType, FactValue, Level

MAX_STEPS: Final = 5_000
_DAY: Final = "day"
_OLD_ALONE: Final = 1
_NEW_ALONE: Final = 2


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


@dataclass(frozen=True, slots=True)
class _Among:
    """The value of a variable is among these of its cells (bits)."""

    variable: int
    cells: int


@dataclass(frozen=True, slots=True)
class _Group:
    """All (or one) of these, or their opposite."""

    every: bool
    parts: tuple["_Formula", ...]
    negated: bool = False
    _key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Formulas are looked up far more often than made."""
        object.__setattr__(self, "_key", hash((self.every, self.parts, self.negated)))

    def __hash__(self) -> int:
        return self._key


_Formula = bool | _Among | _Group


class TooEntangled(Exception):
    """More combinations than `MAX_STEPS`; whoever asks takes the formulas for different."""


@dataclass(slots=True)
class _Comparison:
    """One comparison of two formulas; remembers the pairs that were looked at."""

    sizes: tuple[int, ...]
    seen: dict[tuple[_Formula, _Formula], int] = field(default_factory=dict)

    def outcomes(self, old: _Formula, new: _Formula) -> int:
        """Which one can hold without the other (bits). Raises TooEntangled."""
        if old is new or old == new:
            return 0
        if isinstance(old, bool) and isinstance(new, bool):
            return _OLD_ALONE if old else _NEW_ALONE
        if (old, new) not in self.seen:
            if len(self.seen) >= MAX_STEPS:
                raise TooEntangled
            variable = min(_first(old), _first(new))
            found = 0
            for cell in range(self.sizes[variable]):
                found |= self.outcomes(_given(old, variable, cell), _given(new, variable, cell))
                if found == _OLD_ALONE | _NEW_ALONE:
                    break
            self.seen[old, new] = found
        return self.seen[old, new]


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
        self._sizes = (len(self._days), *map(len, self._cells.values()))

    @classmethod
    def of_rules(cls, *rules: Rule, since: date | None = None) -> "Meaning":
        """For comparisons of these rules and their parts."""
        about = (one for rule in rules for one in rule_conditions(rule))
        return cls(about, (exemption.until for rule in rules for exemption in rule.unless), since)

    @classmethod
    def of_nodes(cls, *nodes: Condition | AllOf | AnyOf) -> "Meaning":
        """For comparisons of these trees and their parts."""
        return cls(one for node in nodes for one in conditions(node))

    def nodes(self, old: Condition | AllOf | AnyOf, new: Condition | AllOf | AnyOf) -> Effect:
        """What replacing a tree by another does to how easily it holds."""
        return self._effect(self._formula(old), self._formula(new))

    def levels(self, old: Rule, new: Rule, level: Level) -> Effect:
        """What replacing a rule does to how easily it says this level or a higher one; its status does not count."""
        return self._effect(self._reaching(old, level), self._reaching(new, level))

    def exempting(self, old: Rule, new: Rule, level: Level) -> Effect:
        """What replacing a rule does to how easily its exemptions hold this level back."""
        return self._effect(_any(self._exempt(old, level)), _any(self._exempt(new, level)))

    def possible(self, rule: Rule) -> bool:
        """Whether the rule can say anything at all."""
        return self._effect(False, self._reaching(rule, next(iter(rule.levels)))) is not Effect.same

    def _effect(self, old: _Formula, new: _Formula) -> Effect:
        try:
            found = _Comparison(self._sizes).outcomes(old, new)
        except TooEntangled:
            return Effect.both
        return (Effect.same, Effect.harder, Effect.easier, Effect.both)[found]

    def _formula(self, node: Condition | AllOf | AnyOf) -> _Formula:
        if isinstance(node, Condition):
            cells = self._cells[node.fact]
            met = sum(1 << number for number, value in enumerate(cells) if condition_holds(node, value))
            return _among(self._number[node.fact], met, len(cells))
        if isinstance(node, AllOf):
            return _all(tuple(self._formula(child) for child in node.all))
        return _any(tuple(self._formula(child) for child in node.any))

    def _reaching(self, rule: Rule, level: Level) -> _Formula:
        ways = []
        for one, node in rule.levels.items():
            if one.rank >= level.rank:
                allowed = _group(True, tuple(_not(each) for each in self._exempt(rule, one)))
                ways.append(_all((allowed, self._formula(node))))
        return _any(tuple(ways))

    def _exempt(self, rule: Rule, level: Level) -> tuple[_Formula, ...]:
        return tuple(
            _all((self._until(one.until), self._formula(one.when)))
            for one in rule.unless
            if not one.levels or level in one.levels
        )

    def _until(self, last: date) -> _Formula:
        met = sum(1 << number for number, day in enumerate(self._days) if day <= last)
        return _among(self._number[_DAY], met, len(self._days))


def _worth_telling(spec: FactSpec, about: list[Condition]) -> tuple[FactValue, ...]:
    """One value of each stretch in which no condition changes, thresholds included."""
    missing: tuple[FactValue, ...] = (None,) if spec.nullable else ()
    if spec.type is FactType.text:
        return (*spec.choices, *missing)
    lines = [one.value for one in about if isinstance(one.value, int | float)]
    numbers = {spec.minimum, *lines, *(line + spec.step for line in lines)}
    kept = {value for number in numbers if isinstance(value := spec.quantise(number), int | float)}
    return (*sorted(kept), *missing)


def _days(untils: set[date], since: date | None) -> tuple[date, ...]:
    edges = {*untils, *(one + timedelta(days=1) for one in untils if one < date.max)}
    kept = {one for one in edges if since is None or one >= since}
    return tuple(sorted(kept | {since or date.min}))


def _among(variable: int, met: int, size: int) -> _Formula:
    if met == 0:
        return False
    return True if met == (1 << size) - 1 else _Among(variable, met)


def _all(parts: tuple[_Formula, ...]) -> _Formula:
    return _group(True, parts)


def _any(parts: tuple[_Formula, ...]) -> _Formula:
    return _group(False, parts)


def _group(every: bool, parts: tuple[_Formula, ...]) -> _Formula:
    if (not every) in parts:
        return not every
    left = tuple(dict.fromkeys(part for part in parts if not isinstance(part, bool)))
    if not left:
        return every
    return left[0] if len(left) == 1 else _Group(every, left)


def _not(formula: _Formula) -> _Formula:
    if isinstance(formula, bool):
        return not formula
    if isinstance(formula, _Group):
        return _Group(formula.every, formula.parts, not formula.negated)
    return _Group(True, (formula,), True)


def _first(formula: _Formula) -> int:
    """The first variable that a formula looks at."""
    if isinstance(formula, bool):
        return 1 << 30
    return formula.variable if isinstance(formula, _Among) else min(map(_first, formula.parts))


def _given(formula: _Formula, variable: int, cell: int) -> _Formula:
    """What is left of a formula once a variable is known."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, _Among):
        return bool(formula.cells >> cell & 1) if formula.variable == variable else formula
    left = _group(formula.every, tuple(_given(part, variable, cell) for part in formula.parts))
    return _not(left) if formula.negated else left
