"""Which facts meet which conditions, reasoned about without trying values one by one.

Every line that some conditions draw through a fact (a threshold, a word, whether it is missing) cuts the fact's values
into cells; no condition can tell two values of one cell apart. A way to meet a tree is then a set of cells for each
fact, and whether one tree covers another is decided exactly, with concrete facts where it does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from rules.axis import axis_of, number
from rules.evaluate import conditions
from rules.schema import AnyOf, Condition, Node
from rules.vocabulary import AT_MOST, VOCABULARY, FactValue

MAX_PIECES: Final = 2000
MAX_WORK: Final = 250_000
"""How many values of facts one grid looks at: some twenty times what a rule of today takes."""

Kind = TypeVar("Kind")
Box = Mapping[str, int]
"""For each fact that a way names, the cells that meet it, as a bit mask."""
Example = dict[str, FactValue]


class Undecided(Exception):
    """Too many pieces to look at: neither claim can be made."""


def as_far_as_decided(found: Iterable[Kind]) -> Iterator[Kind]:
    """What is found until there are too many combinations to look at."""
    with suppress(Undecided):
        yield from found


class Grid:
    """The cells of every fact that some trees name. Facts that go with one another (`AT_MOST`: an hour's mentions
    are among the day's) are only ever looked at together.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        named: dict[str, set[Condition]] = {}
        for node in nodes:
            for condition in conditions(node):
                named.setdefault(condition.fact, set()).add(condition)
        self._axes = {fact: axis_of(VOCABULARY[fact], named[fact]) for fact in _ORDER if fact in named}
        self._below = {fact: tuple(one for one in _BELOW[fact] if one in named) for fact in self._axes}
        self._work = 0
        self._boxes: dict[int, tuple[Node, tuple[Box, ...]]] = {}  # the node is kept, so that its id stays its own

    @property
    def exhausted(self) -> bool:
        """Whether there were too many combinations: what was not decided until then is not decided any more."""
        return self._work > MAX_WORK

    def boxes(self, node: Node) -> tuple[Box, ...]:
        """The ways to meet a tree, those left out that no facts can meet. Raises Undecided when exhausted."""
        if id(node) not in self._boxes:
            found = tuple(box for box in self._ways(node) if self._solve(box) is not None)
            self._boxes[id(node)] = node, found
        return self._boxes[id(node)][1]

    def example(self, box: Box) -> Example | None:
        """Facts in this box, as small as possible; facts that are not named have their smallest value or none. None
        when there are no such facts.
        """
        point = self._solve(box)
        return None if point is None else self._shown(point, box)

    def escape(self, boxes: Sequence[Box], others: Sequence[Box]) -> Example | None:
        """Facts in one of `boxes` and in none of `others`; None when the others cover all of them. Raises Undecided
        after `MAX_PIECES` pieces.
        """
        self.spend(len(boxes) + len(others))
        pieces = [box for box in reversed(boxes) if box not in others]
        for _ in range(MAX_PIECES):
            if not pieces:
                return None
            piece = pieces.pop()
            point = self._solve(piece)
            if point is None:
                continue
            other = next((one for one in others if self._within(point, one)), None)
            if other is None:
                return self._shown(point, piece)
            pieces += self._cut(piece, other)
        raise Undecided

    def covered(self, boxes: Sequence[Box], others: Sequence[Box]) -> bool:
        """Whether the others surely cover these. Raises Undecided when exhausted."""
        try:
            return self.escape(boxes, others) is None
        except Undecided:
            if self.exhausted:
                raise
            return False

    def values(self, boxes: Sequence[Box], fact: str) -> int:
        """The cells of a fact that these boxes use."""
        mask = 0
        for box in boxes:
            mask |= box.get(fact, self._axes[fact].everything)
        return mask

    def around(self, mask: int, fact: str) -> int:
        """The cells from the lowest to the highest of these; the missing one as it is."""
        missing = mask & self._axes[fact].missing
        present = mask & ~missing
        return ((1 << present.bit_length()) - (present & -present)) | missing if present else mask

    def ends(self, mask: int, fact: str) -> tuple[float, float] | None:
        """The smallest and the greatest value of a number in these cells; None when only the missing one is."""
        axis = self._axes[fact]
        present = mask & ~axis.missing
        if not present:
            return None
        return number(axis.least(present, None)), axis.last(present.bit_length() - 1)

    def _ways(self, node: Node) -> list[Box]:
        if isinstance(node, Condition):
            mask = self._axes[node.fact].mask(node)
            return [{node.fact: mask}] if mask else []
        if isinstance(node, AnyOf):
            return [box for child in node.any for box in self.boxes(child)]
        found: list[Box] = [{}]
        for child in node.all:
            both = (_meet(box, other) for box in found for other in self.boxes(child))
            self.spend(len(found))
            found = [box for box in both if box is not None]
        return found

    def _solve(self, box: Box) -> Example | None:
        """The smallest values in the box. Going up the order of `AT_MOST`, the smallest fitting value of each fact
        leaves the most room to those above it, so that this finds facts whenever there are some.
        """
        self.spend(len(self._axes))
        point: Example = {}
        for fact, axis in self._axes.items():
            mask = box.get(fact)
            if mask is None and axis.missing:
                point[fact] = None
                continue
            below = self._below[fact]
            floor = max(number(point[one]) for one in below) if below else None
            value = axis.least(axis.everything if mask is None else mask, floor)
            if value is None and not (mask and mask & axis.missing):
                return None
            point[fact] = value
        return point

    def spend(self, work: int) -> None:
        """Count work done. Raises Undecided when it is too much."""
        self._work += work
        if self.exhausted:
            raise Undecided

    def _within(self, point: Example, box: Box) -> bool:
        self.spend(len(box))
        return all(self._axes[fact].cell(point[fact]) & mask for fact, mask in box.items())

    def _cut(self, piece: Box, other: Box) -> Iterator[Box]:
        """What is left of a piece outside another box, in parts that do not overlap."""
        rest = dict(piece)
        for fact, mask in other.items():
            whole = rest.get(fact, self._axes[fact].everything)
            if outside := whole & ~mask:
                yield {**rest, fact: outside}
            rest[fact] = whole & mask

    def _shown(self, point: Example, box: Box) -> Example:
        """The facts of the box, and what others must be so that these can be."""
        return {
            fact: value
            for fact, value in point.items()
            if fact in box or (value is not None and value != VOCABULARY[fact].minimum)
        }


def _meet(one: Box, other: Box) -> Box | None:
    """What is in both; None when a fact has no cell left."""
    both = dict(one)
    for fact, mask in other.items():
        both[fact] = both[fact] & mask if fact in both else mask
        if not both[fact]:
            return None
    return both


def never_below(fact: str) -> tuple[str, ...]:
    """The facts that are never below this one."""
    return tuple(other for other, lower in _BELOW.items() if fact in lower)


def _all_below(fact: str) -> tuple[str, ...]:
    """Every fact that is at most this one, through others too."""
    direct = [low for low, high in AT_MOST if high == fact]
    return tuple(dict.fromkeys([*direct, *(lower for one in direct for lower in _all_below(one))]))


_BELOW: Final = {fact: _all_below(fact) for fact in VOCABULARY}
_ORDER: Final = tuple(sorted(VOCABULARY, key=lambda fact: len(_BELOW[fact])))
