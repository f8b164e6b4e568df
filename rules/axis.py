"""The values of one fact as conditions cut them: into cells, of which no condition can tell two values apart."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from rules.evaluate import condition_holds
from rules.schema import Condition
from rules.vocabulary import FactSpec, FactType, FactValue


@dataclass(frozen=True, slots=True)
class Axis:
    """The cells of one fact, in order; `firsts` holds the first value of each. A number's cell reaches to the next
    one, a word is a cell of its own. `missing` is the cell of the missing value (0: there always is one), `everything`
    are all cells.
    """

    spec: FactSpec
    firsts: tuple[int | float | str, ...]
    missing: int
    everything: int

    def mask(self, condition: Condition) -> int:
        """The cells that meet a condition."""
        met = sum(1 << at for at, first in enumerate(self.firsts) if condition_holds(condition, first))
        return met | self.missing if condition.on_missing == "met" else met

    def least(self, mask: int, floor: float | None) -> FactValue:
        """The smallest value in these cells that is not below `floor` (for words: the first one); None: there is
        none, or only the missing one.
        """
        present = mask & ~self.missing
        while present:
            at = (present & -present).bit_length() - 1
            first = self.firsts[at]
            if floor is None or isinstance(first, str) or first >= floor:
                return first
            if floor <= self.last(at):
                return self.spec.quantise(floor)
            present &= present - 1
        return None

    def last(self, at: int) -> float:
        """The greatest value of a number's cell."""
        if at + 1 == len(self.firsts):
            return self.spec.maximum
        return round(number(self.firsts[at + 1]) - self.spec.step, 6)

    def cell(self, value: FactValue) -> int:
        """The cell of a value."""
        if value is None:
            return self.missing
        if isinstance(value, str):
            return 1 << self.firsts.index(value)
        return 1 << (bisect_right(self.firsts, value) - 1)


def axis_of(spec: FactSpec, named: Iterable[Condition]) -> Axis:
    """The cells into which these conditions cut a fact."""
    firsts = spec.choices if spec.type is FactType.text else _firsts(spec, named)
    missing = 1 << len(firsts) if spec.nullable else 0
    return Axis(spec, firsts, missing, ((1 << len(firsts)) - 1) | missing)


def _firsts(spec: FactSpec, named: Iterable[Condition]) -> tuple[int | float, ...]:
    """A cell starts at each threshold and one step after it."""
    firsts = {number(spec.quantise(spec.minimum))}
    for condition in named:
        assert isinstance(condition.value, int | float)  # noqa: S101 - the schema has checked it
        threshold = condition.value
        firsts |= {threshold, number(spec.quantise(min(threshold + spec.step, spec.maximum)))}
    return tuple(sorted(firsts))


def number(value: FactValue) -> int | float:
    """A value that is surely a number."""
    assert isinstance(value, int | float)  # noqa: S101 - `AT_MOST` names numbers that are always there
    return value
