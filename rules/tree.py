"""The trees of a rule file with the place of each part, read one part at a time so that one fault hides no other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from rules.document import Document, Place
from rules.schema import (
    MAX_COMBINATIONS,
    MAX_EXEMPTIONS,
    AllOf,
    AnyOf,
    Condition,
    Exemption,
    Node,
    combinations,
)
from rules.tree_size import size_fault
from rules.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Tree:
    """A node with its place and those of its parts. It is not `complete` when a part below it is at fault and was
    left out; then it asks for less than the file does, never for more.
    """

    place: Place
    node: Node
    children: tuple["Tree", ...]
    complete: bool

    def walk(self) -> Iterator["Tree"]:
        """The tree and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()

    def replaced(self, place: Place, children: tuple["Tree", ...]) -> "Tree":
        """The tree with other children at one place below (or at) it; a group that is left empty goes too."""
        if self.place == place:
            return _group(self, children)
        if place[: len(self.place)] != self.place:
            return self
        return _group(self, tuple(child.replaced(place, children) for child in self.children))


@dataclass(frozen=True, slots=True)
class LevelTrees:
    """A rule's levels from mild to severe as far as they can be read; `loose` are sound parts of what cannot be."""

    roots: dict[Level, Tree]
    loose: tuple[tuple[Level, Tree], ...]


def level_trees(document: Document) -> LevelTrees:
    """The levels of a rule file."""
    levels = document.data.get("levels") if isinstance(document.data, dict) else None
    roots: dict[Level, Tree] = {}
    loose: list[tuple[Level, Tree]] = []
    for level in Level:
        if isinstance(levels, dict) and level in levels and not size_fault(levels[level]):
            parts: list[Tree] = []
            tree = _read(levels[level], ("levels", str(level)), parts)
            if tree and combinations(tree.node) <= MAX_COMBINATIONS:
                roots[level] = tree
            loose += [(level, part) for part in parts if combinations(part.node) <= MAX_COMBINATIONS]
    return LevelTrees(roots, tuple(loose))


def exemption_trees(document: Document) -> list[tuple[Exemption, Tree]]:
    """The exemptions without fault, each with the tree of its conditions."""
    raw = document.data.get("unless") if isinstance(document.data, dict) else None
    found: list[tuple[Exemption, Tree]] = []
    for number, one in enumerate(raw[:MAX_EXEMPTIONS] if isinstance(raw, list) else ()):
        try:
            exemption = Exemption.model_validate(one)
        except ValidationError:
            continue  # The schema reports it at its place.
        tree = _read(one["when"], ("unless", number, "when"), [])
        if tree and tree.complete:
            found.append((exemption, tree))
    return found


def _read(raw: Any, place: Place, loose: list[Tree]) -> Tree | None:
    """None when it cannot be used as a whole; its sound parts are then added to `loose`."""
    if not isinstance(raw, Mapping):
        return None
    keys = [key for key in ("all", "any") if key in raw]
    if not keys:
        return _read_condition(raw, place)
    items = raw[keys[0]]
    if not isinstance(items, list) or not items:
        return None
    children = [_read(item, (*place, keys[0], number), loose) for number, item in enumerate(items)]
    kept = tuple(child for child in children if child)
    complete = len(kept) == len(items) and all(child.complete for child in kept)
    if not kept or len(raw) > 1 or (keys[0] == "any" and not complete):
        loose += kept  # Where one of several is enough, what is at fault may be the one that is met.
        return None
    node = _all(kept) if keys[0] == "all" else _any(kept)
    return Tree(place, node, kept, complete)


def _read_condition(raw: Any, place: Place) -> Tree | None:
    try:
        return Tree(place, Condition.model_validate(raw), (), complete=True)
    except ValidationError:
        return None


def _group(tree: Tree, children: tuple[Tree, ...]) -> Tree:
    if not tree.children:
        return tree
    node = _all(children) if isinstance(tree.node, AllOf) else _any(children)
    return Tree(tree.place, node, children, tree.complete)


def _all(children: tuple[Tree, ...]) -> AllOf:
    return AllOf.model_construct(all=tuple(child.node for child in children))


def _any(children: tuple[Tree, ...]) -> AnyOf:
    return AnyOf.model_construct(any=tuple(child.node for child in children))
