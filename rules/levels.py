"""A rule file as it can be reasoned about, and what in it can never be reached or always holds, with facts that show
it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations as pairs
from typing import Final

from rules.cells import Box, Example, Grid, as_far_as_decided, never_below
from rules.document import Document, Place
from rules.errors import Fault
from rules.evaluate import conditions
from rules.schema import AllOf, AnyOf, Condition, Exemption
from rules.tree import LevelTrees, Tree, exemption_trees, level_trees
from rules.vocabulary import LEVEL_TITLES, VOCABULARY, FactValue
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
        found = (fault for head, tree in self.headed() for fault in _tree_faults(self, head, tree))
        return tuple(as_far_as_decided(found))

    def boxes(self, tree: Tree) -> tuple[Box, ...]:
        """The ways to meet a tree."""
        return self.grid.boxes(tree.node)


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
        message = f"“{label(tree.node.fact)}”的这一条{_ALWAYS}；例如{say_facts(example, tree.node)}时也成立"
    else:
        message = f"这一组{_ALWAYS}：总有一项达到；例如{say_facts(example, tree.node)}时也成立"
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
            message, example = _out_of_range(leaf)
            return document.fault(place, f"{head}永远达不到：{message}", example)
    for first, second in pairs(_leaves(root), 2):
        grid.spend(1)
        if _together(first, second) and not grid.boxes(AllOf(all=(first.node, second.node))):
            example = grid.example(reading.boxes(first)[0]) or {}
            return document.fault(place, f"{head}永远达不到：{_exclude(document, first, second, example)}", example)
    message, example = _too_much(reading, root)
    return document.fault(place, f"{head}永远达不到：{message}", example)


def _out_of_range(leaf: Tree) -> tuple[str, Example]:
    """Shown by the value that comes nearest."""
    assert isinstance(leaf.node, Condition)  # noqa: S101 - leaves are conditions
    spec = VOCABULARY[leaf.node.fact]
    example = {spec.name: spec.quantise(spec.maximum if leaf.node.op == ">" else spec.minimum)}
    limits = f"{amount(spec.name, spec.minimum)} 到 {amount(spec.name, spec.maximum)}"
    return (
        f"“{say_condition(leaf.node)}”超出了取值范围（{limits}），请改动门槛；"
        f"例如{say_facts(example, leaf.node)}时仍没有达到"
    ), example


def _too_much(reading: Reading, root: Tree) -> tuple[str, Example]:
    """Several conditions that only together exclude each other: shown by facts that meet all but one."""
    kept: list[Condition] = []
    example: Example = {}
    for leaf in _one_way(root):
        assert isinstance(leaf.node, Condition)  # noqa: S101 - leaves are conditions
        boxes = reading.grid.boxes(AllOf(all=(*kept, leaf.node)))
        if not boxes:
            line = reading.document.line(leaf.place)
            return (
                f"“{say_condition(leaf.node)}”（第 {line} 行）和前面几条不能同时达到，请改动或删去其中一条；"
                f"例如{say_facts(example, *kept)}时，前面几条达到，这一条没有达到"
            ), example
        kept.append(leaf.node)
        example = reading.grid.example(boxes[0]) or {}
    raise AssertionError("a tree that cannot be met has a way that cannot be met")


def _one_way(tree: Tree) -> Iterator[Tree]:
    """The conditions of one way to meet a tree."""
    if isinstance(tree.node, AnyOf):
        yield from _one_way(tree.children[0])
    elif tree.children:
        for child in tree.children:
            yield from _one_way(child)
    else:
        yield tree


def _exclude(document: Document, first: Tree, second: Tree, example: Example) -> str:
    one, two = first.node, second.node
    assert isinstance(one, Condition)  # noqa: S101 - leaves are conditions
    assert isinstance(two, Condition)  # noqa: S101
    return (
        f"{_why(one.fact, two.fact)}，“{say_condition(one)}”（第 {document.line(first.place)} 行）和"
        f"“{say_condition(two)}”（第 {document.line(second.place)} 行）不能同时达到，请改动其中一条；"
        f"例如{say_facts(example, one, two)}时，前一条达到，后一条没有达到"
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
