"""What is wrong with a rule's levels beyond their single conditions: what can never be reached, what always holds,
a higher level that is easier to reach than a lower one. Each fault carries facts that show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations as pairs
from typing import Final

from rules.cells import Box, Example, Grid, never_below
from rules.document import Document, Place
from rules.errors import Fault
from rules.evaluate import conditions
from rules.schema import AllOf, AnyOf, Condition, Exemption
from rules.tree import LevelTrees, Tree, exemption_trees, level_trees
from rules.vocabulary import LEVEL_TITLES, VOCABULARY, FactType, FactValue, Level
from rules.wording import amount, label, say_condition, say_facts

Placed = tuple[Place, Fault]

_ALWAYS: Final = "总是成立，请提高门槛或删去"


@dataclass(frozen=True)
class Reading:
    """A rule file as it can be reasoned about, with the cells of all its conditions."""

    document: Document
    levels: LevelTrees
    exemptions: tuple[tuple[Exemption, Tree], ...]
    grid: Grid

    @classmethod
    def of(cls, document: Document) -> "Reading":
        """Read what can be read of a file."""
        levels, exemptions = level_trees(document), tuple(exemption_trees(document))
        trees = [*levels.roots.values(), *(tree for _, tree in (*levels.loose, *exemptions))]
        return cls(document, levels, exemptions, Grid(tree.node for tree in trees))

    def headed(self) -> Iterator[tuple[str, Tree]]:
        """Every tree with what it is called; parts that had to be read on their own are called as they are."""
        for level, tree in self.levels.roots.items():
            yield f"“{LEVEL_TITLES[level]}”", tree
        for level, tree in self.levels.loose:
            yield f"“{LEVEL_TITLES[level]}”的这一项", tree
        for exemption, tree in self.exemptions:
            yield f"豁免“{exemption.reason}”", tree

    @cached_property
    def tree_faults(self) -> tuple[Placed, ...]:
        """What can never be reached or always holds, with its place."""
        return tuple(fault for head, tree in self.headed() for fault in _tree_faults(self, head, tree))

    def boxes(self, tree: Tree) -> tuple[Box, ...]:
        """The ways to meet a tree."""
        return self.grid.boxes(tree.node)


def level_faults(reading: Reading) -> list[Fault]:
    """The faults for which a rule is not loaded."""
    return [*(fault for _, fault in reading.tree_faults), *_order_faults(reading)]


def _tree_faults(reading: Reading, head: str, tree: Tree) -> list[Placed]:
    return [*_always(reading, tree), *_unreachable(reading, head, tree)]


def _always(reading: Reading, tree: Tree) -> list[Placed]:
    """The single conditions that always hold, or else the groups in which one of several does in every case."""
    found = [one for child in tree.children for one in _always(reading, child)]
    if found or isinstance(tree.node, AllOf):
        return found
    if not reading.grid.covered([{}], reading.boxes(tree)):
        return []
    example = {condition.fact: _quiet(condition.fact) for condition in conditions(tree.node)}
    if isinstance(tree.node, Condition):
        message = f"“{label(tree.node.fact)}”的这一条{_ALWAYS}；例如{say_facts(example)}时也成立"
    else:
        message = f"这一组{_ALWAYS}：总有一项达到；例如{say_facts(example)}时也成立"
    return [(tree.place, reading.document.fault(tree.place, message, example))]


def _quiet(fact: str) -> FactValue:
    """The value of a fact when nothing happens."""
    spec = VOCABULARY[fact]
    return None if spec.nullable else spec.quantise(spec.minimum)


def _unreachable(reading: Reading, head: str, root: Tree) -> Iterator[Placed]:
    """The whole tree, or the single items of a group of which one is enough."""
    if not reading.boxes(root):
        yield root.place, _impossible(reading, root.place, head, root, root)
        return
    yield from _unreachable_items(reading, f"{head}中的这一项", root, root)


def _unreachable_items(reading: Reading, head: str, root: Tree, group: Tree) -> Iterator[Placed]:
    for child in group.children:
        only = root.replaced(group.place, (child,))
        if isinstance(group.node, AnyOf) and len(group.children) > 1 and not reading.boxes(only):
            yield child.place, _impossible(reading, child.place, head, only, child)
        else:
            yield from _unreachable_items(reading, head, root, child)


def _impossible(reading: Reading, place: Place, head: str, root: Tree, part: Tree) -> Fault:
    """`root` cannot be met because of `part`: shown by one condition, or by two that exclude each other."""
    document, grid = reading.document, reading.grid
    for leaf in _leaves(part):
        if not reading.boxes(leaf):
            return document.fault(place, f"{head}永远达不到：{_out_of_range(leaf)}")
    for first, second in pairs(_leaves(root), 2):
        if _together(first, second) and not grid.boxes(AllOf(all=(first.node, second.node))):
            example = grid.example(reading.boxes(first)[0]) or {}
            return document.fault(place, f"{head}永远达不到：{_exclude(document, first, second, example)}", example)
    return document.fault(place, f"{head}永远达不到：这些条件不可能同时达到，请改动或删去其中几条")


def _out_of_range(leaf: Tree) -> str:
    assert isinstance(leaf.node, Condition)  # noqa: S101 - leaves are conditions
    spec = VOCABULARY[leaf.node.fact]
    limits = f"{amount(spec.name, spec.minimum)} 到 {amount(spec.name, spec.maximum)}"
    return f"“{say_condition(leaf.node)}”超出了取值范围（{limits}），请改动门槛"


def _exclude(document: Document, first: Tree, second: Tree, example: Example) -> str:
    one, two = first.node, second.node
    assert isinstance(one, Condition)  # noqa: S101 - leaves are conditions
    assert isinstance(two, Condition)  # noqa: S101
    return (
        f"{_why(one.fact, two.fact)}，“{say_condition(one)}”（第 {document.line(first.place)} 行）和"
        f"“{say_condition(two)}”（第 {document.line(second.place)} 行）不能同时达到，请改动其中一条；"
        f"例如{say_facts(example)}时，前一条达到，后一条没有达到"
    )


def _why(first: str, second: str) -> str:
    if first == second:
        return f"对“{label(first)}”的要求互相矛盾"
    less, more = (first, second) if second in never_below(first) else (second, first)
    return f"“{label(less)}”不会多于“{label(more)}”"


def _leaves(tree: Tree) -> Iterator[Tree]:
    return (one for one in tree.walk() if isinstance(one.node, Condition))


def _together(first: Tree, second: Tree) -> bool:
    """Whether both are asked for at once: the smallest group around both wants all of its parts."""
    common: Place = ()
    for one, other in zip(first.place, second.place, strict=False):
        if one != other:
            break
        common = (*common, one)
    return bool(common) and common[-1] == "all"


def _order_faults(reading: Reading) -> Iterator[Fault]:
    whole = {level: tree for level, tree in reading.levels.roots.items() if tree.complete and reading.boxes(tree)}
    for lower, higher in pairs(whole, 2):
        yield from _pair_faults(reading, lower, whole[lower], higher, whole[higher])


def _pair_faults(reading: Reading, lower: Level, mild: Tree, higher: Level, severe: Tree) -> Iterator[Fault]:
    low, high = reading.boxes(mild), reading.boxes(severe)
    grid, document = reading.grid, reading.document
    easy = list(_easier(reading, lower, low, higher, high))
    if easy:
        yield from (document.fault(severe.place, message, example) for message, example in easy)
    elif grid.covered(low, high):
        example = grid.example(low[0]) or {}
        same = "的条件完全一样" if grid.covered(high, low) else "：凡是达到前者的，也都达到后者"
        yield document.fault(
            severe.place,
            f"“{LEVEL_TITLES[lower]}”永远不会单独出现，它和“{LEVEL_TITLES[higher]}”{same}，"
            f"请提高“{LEVEL_TITLES[higher]}”的门槛或删去其中一个；"
            f"例如{say_facts(example)}时两个都达到",
            example,
        )


def _easier(
    reading: Reading, lower: Level, low: tuple[Box, ...], higher: Level, high: tuple[Box, ...]
) -> Iterator[tuple[str, Example]]:
    """A higher level must not be easier: of every number that all ways of both name, it asks for at least as much."""
    grid = reading.grid
    for fact in high[0]:
        if VOCABULARY[fact].type is FactType.text or not all(fact in box for box in (*low, *high)):
            continue
        below, wanted = grid.around(grid.values(low, fact), fact), grid.values(high, fact)
        beyond = wanted & ~below
        shown = (grid.example({**box, fact: box[fact] & beyond}) for box in high)
        example = next((one for one in shown if one), None)
        if example:
            yield _easier_words(grid, fact, lower, below, higher, wanted, example), example


def _easier_words(grid: Grid, fact: str, lower: Level, below: int, higher: Level, wanted: int, example: Example) -> str:
    lines = _lines(grid, fact, wanted, below)
    told = (
        f"一个以 {amount(fact, lines[0])} 为线，一个以 {amount(fact, lines[1])} 为线，请改动其中一处"
        if lines
        else "没有值时，一个算达到，一个不算，请改成一样"
    )
    return (
        f"“{LEVEL_TITLES[higher]}”比“{LEVEL_TITLES[lower]}”更容易达到：“{label(fact)}”{told}；"
        f"例如{say_facts(example)}时达到“{LEVEL_TITLES[higher]}”，却达不到“{LEVEL_TITLES[lower]}”"
    )


def _lines(grid: Grid, fact: str, wanted: int, below: int) -> tuple[float, float] | None:
    """Where the easier level starts (or ends) and where the other one does; None when only missing values differ."""
    (first, last), (other_first, other_last) = grid.ends(wanted, fact), grid.ends(below, fact)
    if first < other_first:
        return first, other_first
    return (last, other_last) if last > other_last else None
