"""Levels of one rule against each other: a higher one must not be easier to reach than a lower one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations as pairs

from rules.cells import Box, Example, Grid
from rules.errors import Fault
from rules.levels import Reading
from rules.tree import Tree
from rules.vocabulary import LEVEL_TITLES, VOCABULARY, FactType, Level
from rules.wording import amount, label, say_facts


@dataclass(frozen=True, slots=True)
class _Side:
    """A level with the ways to meet it."""

    level: Level
    tree: Tree
    boxes: tuple[Box, ...]

    @property
    def title(self) -> str:
        return f"“{LEVEL_TITLES[self.level]}”"


def order_faults(reading: Reading) -> Iterator[Fault]:
    """A higher level that is easier on some number, or that holds whenever the lower one does. Levels with other
    faults are not compared.
    """
    sides = [_Side(level, tree, reading.boxes(tree)) for level, tree in reading.levels.roots.items() if tree.complete]
    for lower, higher in pairs([side for side in sides if side.boxes], 2):
        easier = list(_easier(reading.grid, lower, higher))
        for message, example in easier or _never_alone(reading.grid, lower, higher):
            yield reading.document.fault(higher.tree.place, message, example)


def _easier(grid: Grid, lower: _Side, higher: _Side) -> Iterator[tuple[str, Example]]:
    """Of every number that all ways of both levels name, the higher one must ask for at least as much."""
    for fact in higher.boxes[0]:
        named = all(fact in box for box in (*lower.boxes, *higher.boxes))
        if not named or VOCABULARY[fact].type is FactType.text:
            continue
        below, wanted = grid.around(grid.values(lower.boxes, fact), fact), grid.values(higher.boxes, fact)
        shown = (grid.example({**box, fact: box[fact] & wanted & ~below}) for box in higher.boxes)
        example = next((one for one in shown if one), None)
        if example:
            asked = _say_lines(fact, grid.ends(wanted, fact), grid.ends(below, fact))
            yield (
                (
                    f"{higher.title}比{lower.title}更容易达到：“{label(fact)}”{asked}；"
                    f"例如{_said(example, lower, higher)}时达到{higher.title}，却达不到{lower.title}"
                ),
                example,
            )


def _say_lines(fact: str, wanted: tuple[float, float] | None, below: tuple[float, float] | None) -> str:
    """Where the easier level starts (or ends) and where the other one does."""
    (first, last), (other_first, other_last) = wanted or below or (0, 0), below or wanted or (0, 0)
    if first >= other_first and last <= other_last:
        return "没有值时，一个算达到，一个不算，请改成一样"
    line, other = (first, other_first) if first < other_first else (last, other_last)
    return f"一个以 {amount(fact, line)} 为线，一个以 {amount(fact, other)} 为线，请改动其中一处"


def _never_alone(grid: Grid, lower: _Side, higher: _Side) -> Iterator[tuple[str, Example]]:
    if grid.covered(lower.boxes, higher.boxes):
        example = grid.example(lower.boxes[0]) or {}
        same = grid.covered(higher.boxes, lower.boxes)
        yield (
            (
                f"{lower.title}永远不会单独出现，它和{higher.title}"
                f"{'的条件完全一样' if same else '：凡是达到前者的，也都达到后者'}，"
                f"请提高{higher.title}的门槛或删去其中一个；例如{_said(example, lower, higher)}时两个都达到"
            ),
            example,
        )


def _said(example: Example, lower: _Side, higher: _Side) -> str:
    return say_facts(example, lower.tree.node, higher.tree.node)
