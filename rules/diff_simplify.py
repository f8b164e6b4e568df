"""A tree of conditions without what says nothing."""

from rules.meaning import Effect, Meaning
from rules.schema import AllOf, AnyOf, Condition

Tree = Condition | AllOf | AnyOf


def simplified(meaning: Meaning, tree: Tree) -> Tree:
    """The same demand without groups of one, groups in groups of their kind, and parts that change nothing."""
    if isinstance(tree, Condition):
        return tree
    every = isinstance(tree, AllOf)
    kept = [part for child in parts(tree) for part in _level_with(simplified(meaning, child), every)]
    for index in reversed(range(len(kept))):
        rest = kept[:index] + kept[index + 1 :]
        if rest and meaning.parts(joined(every, kept), joined(every, rest)) is Effect.same:
            kept = rest
    return joined(every, kept)


def parts(tree: Tree) -> tuple[Tree, ...]:
    """The parts of a group; a condition is its own only part."""
    if isinstance(tree, Condition):
        return (tree,)
    return tree.all if isinstance(tree, AllOf) else tree.any


def joined(every: bool, kept: list[Tree]) -> Tree:
    """A group of these; one alone needs none."""
    if len(kept) == 1:
        return kept[0]
    return AllOf(all=tuple(kept)) if every else AnyOf(any=tuple(kept))


def _level_with(tree: Tree, every: bool) -> tuple[Tree, ...]:
    return parts(tree) if isinstance(tree, AllOf if every else AnyOf) else (tree,)
