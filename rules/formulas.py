"""Formulas over variables with a few cells each, and whether one can hold without the other, decided exactly.

Two formulas are compared by trying the cells of one variable after the other, each pair of what is left only once (a
multi-valued decision diagram: Srinivasan, Kam, Malik, Brayton, "Algorithms for discrete function manipulation", 1990).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MAX_STEPS: Final = 5_000
OLD_ALONE: Final = 1
NEW_ALONE: Final = 2

Bounds = tuple[tuple[int, int], ...]
"""For each variable its first and last cell that are still possible."""
Narrowing = Mapping[tuple[int, int], tuple[tuple[int, int, int], ...]]
"""What a cell of a variable leaves of others: variable, first cell, last cell."""


@dataclass(frozen=True, slots=True)
class Among:
    """The value of a variable is among these of its cells (bits)."""

    variable: int
    cells: int

    @property
    def variables(self) -> int:
        """The variables that it looks at (bits)."""
        return 1 << self.variable


@dataclass(frozen=True, slots=True)
class Group:
    """All (or one) of these, or their opposite."""

    every: bool
    parts: tuple["Among | Group", ...]
    negated: bool = False
    variables: int = field(init=False, repr=False, compare=False)
    _key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Formulas are looked up far more often than made."""
        seen = 0
        for part in self.parts:
            seen |= part.variables
        object.__setattr__(self, "variables", seen)
        object.__setattr__(self, "_key", hash((self.every, self.parts, self.negated)))

    def __hash__(self) -> int:
        return self._key


Formula = bool | Among | Group


class TooEntangled(Exception):
    """More combinations than `MAX_STEPS`; whoever asks takes the formulas for different."""


def among(variable: int, met: int, size: int) -> Formula:
    """The variable, which has `size` cells, is in one of these."""
    if met == 0:
        return False
    return True if met == (1 << size) - 1 else Among(variable, met)


def every_of(parts: tuple[Formula, ...]) -> Formula:
    """All of these."""
    return _group(True, parts)


def one_of(parts: tuple[Formula, ...]) -> Formula:
    """At least one of these."""
    return _group(False, parts)


def opposite(formula: Formula) -> Formula:
    """Not this."""
    if isinstance(formula, bool):
        return not formula
    if isinstance(formula, Group):
        return Group(formula.every, formula.parts, not formula.negated)
    return Group(True, (formula,), True)


@dataclass(slots=True)
class Comparison:
    """One comparison of two formulas; remembers what it looked at. With `narrowing`, only cells count that are
    possible beside the others.
    """

    narrowing: Narrowing
    seen: dict[tuple[Formula, Formula, Bounds], int] = field(default_factory=dict)

    def outcomes(self, old: Formula, new: Formula, bounds: Bounds) -> int:
        """Which one can hold without the other (bits). Raises TooEntangled."""
        if old is new or old == new:
            return 0
        if isinstance(old, bool) and isinstance(new, bool):
            return OLD_ALONE if old else NEW_ALONE
        left = _variables(old) | _variables(new)
        key = (old, new, tuple(one for at, one in enumerate(bounds) if left >> at & 1))
        if key not in self.seen:
            if len(self.seen) >= MAX_STEPS:
                raise TooEntangled
            self.seen[key] = self._try(old, new, bounds, (left & -left).bit_length() - 1)
        return self.seen[key]

    def _try(self, old: Formula, new: Formula, bounds: Bounds, variable: int) -> int:
        found = 0
        first, last = bounds[variable]
        for cell in range(first, last + 1):
            narrowed = self._beside(bounds, variable, cell)
            if narrowed is not None:
                found |= self.outcomes(_given(old, variable, cell), _given(new, variable, cell), narrowed)
            if found == OLD_ALONE | NEW_ALONE:
                break
        return found

    def _beside(self, bounds: Bounds, variable: int, cell: int) -> Bounds | None:
        """What is left of the other variables; None when nothing is left of one."""
        changes = self.narrowing.get((variable, cell))
        if not changes:
            return bounds
        found = list(bounds)
        for other, first, last in changes:
            low, high = found[other]
            found[other] = (max(low, first), min(high, last))
            if found[other][0] > found[other][1]:
                return None
        return tuple(found)


def _variables(formula: Formula) -> int:
    return 0 if isinstance(formula, bool) else formula.variables


def _group(every: bool, parts: tuple[Formula, ...]) -> Formula:
    left: dict[Among | Group, None] = {}
    for part in parts:
        if isinstance(part, bool):
            if part is not every:
                return part
        else:
            left[part] = None
    if not left:
        return every
    return next(iter(left)) if len(left) == 1 else Group(every, tuple(left))


def _given(formula: Formula, variable: int, cell: int) -> Formula:
    """What is left of a formula once a variable is known."""
    if isinstance(formula, bool) or not formula.variables >> variable & 1:
        return formula
    if isinstance(formula, Among):
        return bool(formula.cells >> cell & 1)
    left = _group(formula.every, tuple(_given(part, variable, cell) for part in formula.parts))
    return opposite(left) if formula.negated else left
