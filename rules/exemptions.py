"""What is wrong with a rule's exemptions: past their day, for levels that the rule does not have, without effect, or
so wide that a level is never said.
"""

from collections.abc import Iterator
from datetime import date
from itertools import combinations as pairs

from rules.cells import Example, as_far_as_decided
from rules.document import Place
from rules.errors import Fault
from rules.levels import Reading
from rules.schema import AllOf, Exemption
from rules.tree import Tree
from rules.vocabulary import LEVEL_TITLES, Level
from rules.wording import say_facts


def exemption_faults(reading: Reading, on: date | None) -> Iterator[Fault]:
    """The faults of the exemptions that can be read, on this day (None: any day)."""
    for exemption, tree in reading.exemptions:
        if on and exemption.until < on:
            place = (*tree.place[:2], "until")
            yield reading.document.fault(
                place, f"豁免“{exemption.reason}”已于 {exemption.until} 到期，请删去；仍然需要的，请延长 until"
            )
    yield from _unknown_levels(reading)
    yield from as_far_as_decided(_reasoned(reading, on))


def _reasoned(reading: Reading, on: date | None) -> Iterator[Fault]:
    for exemption, tree in reading.exemptions:
        if not (on and exemption.until < on) and reading.boxes(tree):
            yield from _effect_faults(reading, exemption, tree)
    yield from _repeated(reading)


def _unknown_levels(reading: Reading) -> Iterator[Fault]:
    """Levels that an exemption names and the rule does not have."""
    known = _levels(reading)
    for exemption, tree in reading.exemptions:
        for number, level in enumerate(exemption.levels):
            if known and level not in known:
                place: Place = (*tree.place[:2], "levels", number)
                yield reading.document.fault(
                    place, f"这条规则没有“{LEVEL_TITLES[level]}”，请从豁免“{exemption.reason}”的 levels 中删去"
                )


def _levels(reading: Reading) -> list[Level]:
    """The levels that the file names, readable or not."""
    raw = reading.document.data.get("levels") if isinstance(reading.document.data, dict) else None
    return [level for level in Level if isinstance(raw, dict) and level in raw]


def _effect_faults(reading: Reading, exemption: Exemption, tree: Tree) -> Iterator[Fault]:
    named = [level for level in _levels(reading) if not exemption.levels or level in exemption.levels]
    covered = {level: one for level, one in reading.levels.roots.items() if level in named}
    if named and len(covered) == len(named) and not any(_meet(reading, tree, covered)):
        example = reading.grid.example(reading.boxes(tree)[0]) or {}
        message = f"豁免“{exemption.reason}”不起作用：它的条件达到时，规则本来就达不到，请改动或删去"
        yield _fault(reading, tree, message, example, "豁免的条件达到，规则却达不到")
    for level, one in covered.items():
        if one.complete and reading.boxes(one) and reading.grid.covered(reading.boxes(one), reading.boxes(tree)):
            example = reading.grid.example(reading.boxes(one)[0]) or {}
            message = (
                f"到 {exemption.until} 为止“{LEVEL_TITLES[level]}”永远判不出来："
                f"豁免“{exemption.reason}”挡住了它的每一种情形，请收窄豁免的条件"
            )
            yield _fault(reading, tree, message, example, "它本来达到，却被挡住")


def _meet(reading: Reading, tree: Tree, levels: dict[Level, Tree]) -> Iterator[bool]:
    for level in levels.values():
        both = AllOf.model_construct(all=(tree.node, level.node))
        yield bool(reading.grid.boxes(both))


def _fault(reading: Reading, tree: Tree, message: str, example: Example, shown: str) -> Fault:
    said = say_facts(example, tree.node, *(one.node for one in reading.levels.roots.values()))
    return reading.document.fault(tree.place[:2], f"{message}；例如{said}时，{shown}", example)


def _repeated(reading: Reading) -> Iterator[Fault]:
    """An exemption that an earlier one makes needless: at least as wide, as long, and for the same levels."""
    for (first, first_tree), (second, second_tree) in pairs(reading.exemptions, 2):
        wide = not first.levels or (second.levels and set(second.levels) <= set(first.levels))
        if wide and second.until <= first.until:
            boxes = reading.boxes(second_tree)
            if boxes and reading.grid.covered(boxes, reading.boxes(first_tree)):
                message = f"豁免“{second.reason}”多余：“{first.reason}”已经包含它，请删去"
                yield _fault(reading, second_tree, message, reading.grid.example(boxes[0]) or {}, "两条豁免都达到")
