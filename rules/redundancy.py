"""Conditions that change nothing, because others of the same level already ask for them."""

from collections.abc import Collection, Iterator

from rules.document import Place
from rules.errors import Fault
from rules.levels import Reading
from rules.schema import AllOf, AnyOf, Condition
from rules.tree import Tree
from rules.wording import say_condition, say_facts


def redundancy_faults(reading: Reading, spoiled: Collection[Place]) -> Iterator[Fault]:
    """Parts of a group that can go without changing when the level is reached. `spoiled` are places that have a
    fault already; nothing around them is looked at.
    """
    for _, root in reading.headed():
        if reading.boxes(root):
            yield from _in_group(reading, spoiled, root, root, root.place)[1]


def _in_group(
    reading: Reading, spoiled: Collection[Place], whole: Tree, root: Tree, place: Place
) -> tuple[Tree, list[Fault]]:
    """The tree without what is not needed in the group at `place` and below, and the faults of that. What comes later
    in the file goes first. `whole` is the tree as it is written.
    """
    faults: list[Fault] = []
    for number in reversed(range(len(_at(root, place).children))):
        group = _at(root, place)
        child = group.children[number]
        rest = (*group.children[:number], *group.children[number + 1 :])
        if rest and not _near(child.place, spoiled) and _changes_nothing(reading, whole, root, child.place):
            faults.append(_fault(reading, whole, root, group, child))
            root = root.replaced(place, rest)
        else:
            root, below = _in_group(reading, spoiled, whole, root, child.place)
            faults += below
    return root, faults


def _at(root: Tree, place: Place) -> Tree:
    return next(tree for tree in root.walk() if tree.place == place)


def _near(place: Place, spoiled: Collection[Place]) -> bool:
    return any(one[: len(place)] == place or place[: len(one)] == one for one in spoiled)


def _changes_nothing(reading: Reading, whole: Tree, root: Tree, place: Place) -> bool:
    """Whether a part can go, both alone and together with what has gone before."""
    return _same_without(reading, root, place) and (root is whole or _same_without(reading, whole, place))


def _same_without(reading: Reading, tree: Tree, place: Place) -> bool:
    """One side is enough: without a part an `all` can only ask for less, an `any` only for more."""
    group = _at(tree, place[:-2])
    shorter = tree.replaced(group.place, tuple(child for child in group.children if child.place != place))
    wider, narrower = (shorter, tree) if isinstance(group.node, AllOf) else (tree, shorter)
    return reading.grid.covered(reading.boxes(wider), reading.boxes(narrower))


def _fault(reading: Reading, whole: Tree, root: Tree, group: Tree, child: Tree) -> Fault:
    """Said with the part that makes this one needless, where a single one does."""
    needed = isinstance(group.node, AllOf)
    cause = _cause(reading, root, group, child)
    if cause and cause.node == child.node:
        message = f"这一条和第 {reading.document.line(cause.place)} 行重复，请删去其中一条"
    elif needed:
        reason = f"达到{_named(reading, cause)}" if cause else "其余各条都达到时"
        message = f"这一条多余：{reason}就一定达到它，请删去，或改动门槛"
    else:
        reason = f"达到{_named(reading, cause)}" if cause else "达到其余各项之一"
        message = f"这一项多余：达到它就一定{reason}，请删去，或改动门槛"
    only = whole if needed else whole.replaced(group.place, (child,))
    example = reading.grid.example(reading.boxes(only)[0]) or {}
    outcome = "去掉它结论也不变"
    return reading.document.fault(child.place, f"{message}；例如{say_facts(example, whole.node)}时，{outcome}", example)


def _cause(reading: Reading, root: Tree, group: Tree, child: Tree) -> Tree | None:
    """A single part that asks for at least as much (in an `any`: for at most as much)."""
    boxes, covered = reading.boxes(child), reading.grid.covered
    siblings = [one for one in group.children if one is not child]
    if isinstance(group.node, AnyOf):
        return next((one for one in siblings if covered(boxes, reading.boxes(one))), None)
    above = [one for one in root.walk() if isinstance(one.node, AllOf) and child.place[: len(one.place)] == one.place]
    others = [one for tree in above for one in tree.children if one.place != child.place[: len(one.place)]]
    return next((one for one in (*siblings, *others) if covered(reading.boxes(one), boxes)), None)


def _named(reading: Reading, part: Tree) -> str:
    line = reading.document.line(part.place)
    return (
        f"“{say_condition(part.node)}”（第 {line} 行）" if isinstance(part.node, Condition) else f"第 {line} 行的一组"
    )
