"""What was edited between two trees of conditions, as few edits as describe it.

Both trees are first rid of what says nothing (a condition that another one implies, a group of one), so that every
edit names something that counts. Trees only ever get easier by easier parts, so each edit has an effect of its own.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from rules.diff_simplify import Tree, joined, parts, simplified
from rules.evaluate import conditions
from rules.meaning import Effect, Meaning
from rules.schema import AllOf, AnyOf, Condition


class Spot(StrEnum):
    """Where a part stands: demanded always, one of several, or demanded within one of several ways."""

    requirement = "requirement"
    option = "option"
    joint = "joint"

    def inside(self, group: Tree) -> "Spot":
        """Where the parts of a group at this spot stand."""
        return Spot.option if isinstance(group, AnyOf) else Spot.joint


class EditKind(StrEnum):
    """`line`: another threshold; `missing`: what a missing value means; `regrouped`: all became one of them, or the
    other way; `replaced`: one part by another.
    """

    line = "line"
    missing = "missing"
    added = "added"
    removed = "removed"
    moved = "moved"
    regrouped = "regrouped"
    replaced = "replaced"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit; `old` and `new` stand at `spot` and `new_spot`. `beside` is what else is in the group of an option or
    a joint demand, where the tree has several such groups; what tells it from other groups comes first.
    """

    kind: EditKind
    effect: Effect
    old: Tree | None
    new: Tree | None
    spot: Spot
    new_spot: Spot
    beside: tuple[Tree, ...] = ()


def tree_edits(meaning: Meaning, old: Tree, new: Tree) -> tuple[Edit, ...]:
    """What was edited; nothing when both mean the same."""
    if meaning.trees(old, new) is Effect.same:
        return ()
    work = _Work(meaning)
    before, after = simplified(meaning, old), simplified(meaning, new)
    work.compare(_requirements(before), _requirements(after), Spot.requirement)
    several = {spot for tree in (before, after) for spot, count in Counter(_groups(tree)).items() if count > 1}
    common = Counter(conditions(after))
    return tuple(
        replace(edit, beside=tuple(sorted(edit.beside, key=lambda part: common[next(conditions(part))] > 1)))
        if edit.new_spot in several
        else replace(edit, beside=())
        for edit in work.finished()
    )


def _groups(tree: Tree, spot: Spot = Spot.requirement) -> Iterator[Spot]:
    """Where the parts of each group below the top stand."""
    for part in _requirements(tree) if spot is Spot.requirement else parts(tree):
        if not isinstance(part, Condition):
            yield spot.inside(part)
            yield from _groups(part, spot.inside(part))


def _requirements(tree: Tree) -> list[Tree]:
    return list(tree.all) if isinstance(tree, AllOf) else [tree]


@dataclass(slots=True)
class _Work:
    """Edits found so far; what was added or removed may yet turn out to have moved."""

    meaning: Meaning
    found: list[Edit] = field(default_factory=list)

    def compare(self, old: list[Tree], new: list[Tree], spot: Spot) -> None:
        """Edits between the parts of two groups; the lists are used up."""
        all_new = tuple(new)
        self._pair(old, new, self._equal)
        self._regrouped(old, new, spot)
        for one, other in self._pair(old, new, _same_line) + self._pair(old, new, _same_fact):
            self._line(one, other, spot, tuple(part for part in all_new if part is not other))
        for one, other in self._nearest(old, new):
            if _is_leaf(one) or _is_leaf(other):
                self._note(EditKind.replaced, one, other, spot)
            else:
                self.compare(list(parts(one)), list(parts(other)), spot.inside(other))
        for part in old:
            beside = tuple(one for one in all_new if one not in new)
            self._note(EditKind.removed, part, None, spot, beside)
        for part in new:
            beside = tuple(one for one in all_new if one not in new)
            self._note(EditKind.added, None, part, spot, beside)

    def finished(self) -> Iterator[Edit]:
        """All edits; a condition removed here and added there has moved."""
        removed = [edit for edit in self.found if edit.kind is EditKind.removed]
        moved: dict[int, Edit] = {}
        gone: set[int] = set()
        for fits in (self._equal, _same_line):
            for edit in self.found:
                match = self._moved_from(edit, [one for one in removed if id(one) not in gone], fits)
                if edit.kind is EditKind.added and id(edit) not in moved and match:
                    moved[id(edit)] = self._move(match, edit)
                    gone.add(id(match))
        for edit in self.found:
            if id(edit) not in gone:
                yield moved.get(id(edit), edit)

    def _moved_from(self, added: Edit, removed: list[Edit], fits: Callable[[Tree, Tree], bool]) -> Edit | None:
        return next((one for one in removed if one.old and added.new and fits(one.old, added.new)), None)

    def _move(self, removed: Edit, added: Edit) -> Edit:
        line = self.meaning.parts(removed.old, added.new) if removed.old and added.new else Effect.same
        effect = Effect.of((_MOVES[removed.spot, added.spot], line))
        return Edit(EditKind.moved, effect, removed.old, added.new, removed.spot, added.spot, added.beside)

    def _pair(self, old: list[Tree], new: list[Tree], fits: Callable[[Tree, Tree], bool]) -> list[tuple[Tree, Tree]]:
        """Take pairs that fit out of both lists."""
        pairs = []
        for one in list(old):
            other = next((candidate for candidate in new if fits(one, candidate)), None)
            if other is not None:
                _take(old, one)
                _take(new, other)
                pairs.append((one, other))
        return pairs

    def _nearest(self, old: list[Tree], new: list[Tree]) -> list[tuple[Tree, Tree]]:
        """Take pairs of which one at least is a group out of both lists: most conditions in common first."""
        likeness = [
            (self._likeness(one, other), -at, -to, one, other)
            for at, one in enumerate(old)
            for to, other in enumerate(new)
        ]
        pairs: list[tuple[Tree, Tree]] = []
        for score, _, _, one, other in sorted(likeness, key=lambda found: found[:3], reverse=True):
            if score > (0, 0) and any(part is one for part in old) and any(part is other for part in new):
                _take(old, one)
                _take(new, other)
                pairs.append((one, other))
        return pairs

    def _likeness(self, one: Tree, other: Tree) -> tuple[int, int]:
        """How many conditions and how many facts two parts share; nothing for groups of different kinds."""
        if not _is_leaf(one) and not _is_leaf(other) and type(one) is not type(other):
            return (0, 0)
        mine, theirs = list(conditions(one)), list(conditions(other))
        equal = sum(any(self._equal(leaf, candidate) for candidate in theirs) for leaf in mine)
        return equal, len({leaf.fact for leaf in mine} & {leaf.fact for leaf in theirs})

    def _equal(self, one: Tree, other: Tree) -> bool:
        return self.meaning.parts(one, other) is Effect.same

    def _regrouped(self, old: list[Tree], new: list[Tree], spot: Spot) -> None:
        """Several parts of one side that are exactly one group of the other side."""
        for group in [one for one in new if not isinstance(one, Condition)]:
            self._regroup(old, parts(group), group, new, is_new=True, spot=spot)
        for group in [one for one in old if not isinstance(one, Condition)]:
            self._regroup(new, parts(group), group, old, is_new=False, spot=spot)

    def _regroup(
        self, loose: list[Tree], wanted: tuple[Tree, ...], group: Tree, home: list[Tree], *, is_new: bool, spot: Spot
    ) -> None:
        members = [next((one for one in loose if self._equal(one, part)), None) for part in wanted]
        found = [one for one in members if one is not None]
        if len(found) < len(wanted):
            return
        for one in found:
            _take(loose, one)
        _take(home, group)
        together = joined(spot is not Spot.option, found)
        self._note(EditKind.regrouped, *((together, group) if is_new else (group, together)), spot)

    def _line(self, one: Tree, other: Tree, spot: Spot, beside: tuple[Tree, ...]) -> None:
        """Another threshold, another meaning of a missing value, or both, each an edit."""
        assert isinstance(one, Condition)  # noqa: S101 - only conditions are paired by their fact
        assert isinstance(other, Condition)  # noqa: S101
        between = other.model_copy(update={"on_missing": one.on_missing})
        if not self._equal(one, between):
            self._note(EditKind.line, one, between, spot, beside)
        if one.on_missing != other.on_missing:
            self._note(EditKind.missing, between, other, spot, beside)

    def _note(
        self, kind: EditKind, old: Tree | None, new: Tree | None, spot: Spot, beside: tuple[Tree, ...] = ()
    ) -> None:
        if old is not None and new is not None:
            effect = self.meaning.parts(old, new)
        else:
            effect = Effect.easier if (old is None) == (spot is Spot.option) else Effect.harder
        self.found.append(Edit(kind, effect, old, new, spot, spot, beside))


_MOVES: Final = {
    (Spot.requirement, Spot.requirement): Effect.same,
    (Spot.requirement, Spot.option): Effect.easier,
    (Spot.requirement, Spot.joint): Effect.easier,
    (Spot.option, Spot.requirement): Effect.harder,
    (Spot.option, Spot.joint): Effect.harder,
    (Spot.joint, Spot.option): Effect.easier,
    (Spot.joint, Spot.requirement): Effect.harder,
    # From one group to another of the same kind: the one gets harder, the other easier.
    (Spot.option, Spot.option): Effect.both,
    (Spot.joint, Spot.joint): Effect.both,
}


def _take(parts_left: list[Tree], part: Tree) -> None:
    """Remove this very part (an equal one may stand elsewhere in the list)."""
    del parts_left[next(number for number, one in enumerate(parts_left) if one is part)]


def _same_line(one: Tree, other: Tree) -> bool:
    return _same_fact(one, other) and _side(one) == _side(other)


def _same_fact(one: Tree, other: Tree) -> bool:
    return isinstance(one, Condition) and isinstance(other, Condition) and one.fact == other.fact


def _side(tree: Tree) -> str:
    return tree.op[0] if isinstance(tree, Condition) else ""


def _is_leaf(tree: Tree) -> bool:
    return isinstance(tree, Condition)
