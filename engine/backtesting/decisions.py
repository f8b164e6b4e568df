"""Two rule sets over one history: which decisions were gained, lost, earlier, later, raised or lowered.

A decision of the old rules and one of the new rules are the same happening when they are of one brand, category and
rule and overlap in time, or lie no further apart than what a rule says is taken for one decision anyway (`gap_of`).
Each is matched once, the nearest first. What is left over was only split or joined, and is no change, where the other
side was saying it at that time anyway: within its decision, or not longer after than the shorter cooldown.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from engine.backtesting.episodes import SHORTEST_GAP, Decision, gap_of
from engine.backtesting.wording import Words
from engine.model import Category, Frozen, Level
from engine.store.log import TICK
from rules.schema import Rule

_Key = tuple[str, Category, str]


class DecisionChangeKind(StrEnum):
    """`earlier` and `later`: when it was first said, or when it was first said that loudly; `raised` and `lowered`:
    the highest level.
    """

    gained = "gained"
    lost = "lost"
    earlier = "earlier"
    later = "later"
    raised = "raised"
    lowered = "lowered"


class DecisionChange(Frozen):
    """One difference, `text` says it in Chinese. A decision can differ in more than one way: later and lower, or
    earlier at first and later at “严重”.
    """

    kind: DecisionChangeKind
    brand: str
    category: Category
    rule: str
    old: Decision | None
    new: Decision | None
    text: str

    @property
    def start(self) -> datetime:
        """When it began, by whichever side spoke first."""
        return min(one.start for one in (self.old, self.new) if one is not None)

    @property
    def mentions(self) -> tuple[str, ...]:
        """Ids of mentions behind it, newest last."""
        shown = self.new or self.old
        return shown.mentions if shown else ()


def compare(
    old: Sequence[Decision],
    new: Sequence[Decision],
    old_rules: Iterable[Rule] = (),
    new_rules: Iterable[Rule] = (),
) -> tuple[DecisionChange, ...]:
    """All differences by time, brand, category, rule and kind. The rules give titles and cooldowns; without them a
    rule is named by its id and taken to have a short cooldown.

    Other rules' decisions of the same time are named in the text of a gained or lost one, so that a renamed rule shows
    and so that it can be seen whether a crisis would have been missed altogether.
    """
    known = (*old_rules, *new_rules)
    known = (*old_rules, *new_rules)
    words = Words({rule.id: rule for rule in known})
    cooldowns: dict[str, list[int]] = {}
    for rule in known:
        cooldowns.setdefault(rule.id, []).append(rule.cooldown_minutes)
    found: list[DecisionChange] = []
    before, after = _by_key(old), _by_key(new)
    for key in sorted(before.keys() | after.keys()):
        pauses = cooldowns.get(key[2], [0])
        gap = gap_of(max(pauses))
        pairs, lost, gained = _matched(
            before.get(key, []), after.get(key, []), gap, timedelta(minutes=min(pauses)) + TICK
        )
        found += [_lost(one, new, words, gap) for one in lost]
        found += [_gained(one, old, words, gap) for one in gained]
        found += [change for pair in pairs for change in _moved(*pair, words)]
    order = list(DecisionChangeKind)
    return tuple(
        sorted(found, key=lambda one: (one.start, one.brand, one.category, one.rule, order.index(one.kind), one.text))
    )


def counts(changes: Sequence[DecisionChange]) -> dict[str, int]:
    """How many there are of each kind, all six named."""
    found = dict.fromkeys(map(str, DecisionChangeKind), 0)
    for change in changes:
        found[change.kind] += 1
    return found


def _by_key(decisions: Sequence[Decision]) -> dict[_Key, list[Decision]]:
    key = attrgetter("brand", "category", "rule")
    ordered = sorted(decisions, key=lambda one: (key(one), one.start))
    return {name: list(group) for name, group in groupby(ordered, key=key)}


def _matched(
    old: list[Decision], new: list[Decision], gap: timedelta, still: timedelta
) -> tuple[list[tuple[Decision, Decision]], list[Decision], list[Decision]]:
    """Pairs, and what has no partner on either side."""
    near = sorted(
        (_distance(one, other), abs(one.start - other.start), min(one.start, other.start), at, to)
        for at, one in enumerate(old)
        for to, other in enumerate(new)
        if _distance(one, other) <= gap
    )
    taken: dict[int, int] = {}
    for _, _, _, at, to in near:
        if at not in taken and to not in taken.values():
            taken[at] = to
    pairs = [(old[at], new[to]) for at, to in sorted(taken.items())]
    lost = [one for at, one in enumerate(old) if at not in taken and not _said_by(new, one, still)]
    gained = [one for to, one in enumerate(new) if to not in taken.values() and not _said_by(old, one, still)]
    return pairs, lost, gained


def _distance(one: Decision, other: Decision) -> timedelta:
    return max(one.start - other.end, other.start - one.end, timedelta(0))


def _said_by(others: Sequence[Decision], one: Decision, still: timedelta) -> bool:
    return any(other.start <= one.end and one.start - other.end <= still for other in others)


def _lost(one: Decision, new: Sequence[Decision], words: Words, gap: timedelta) -> DecisionChange:
    text = words.lost(one, _joined_with(one, new, gap), _beside(one, new))
    return _change(DecisionChangeKind.lost, one, None, text)


def _gained(one: Decision, old: Sequence[Decision], words: Words, gap: timedelta) -> DecisionChange:
    text = words.gained(one, _joined_with(one, old, gap), _beside(one, old))
    return _change(DecisionChangeKind.gained, None, one, text)


def _joined_with(one: Decision, others: Sequence[Decision], gap: timedelta) -> Decision | None:
    """The other side's decision of the same rule that is so near that both would be one."""
    same = [other for other in _alike(one, others) if other.rule == one.rule and _distance(one, other) <= gap]
    return min(same, key=lambda other: (_distance(one, other), other.start), default=None)


def _beside(one: Decision, others: Sequence[Decision]) -> list[Decision]:
    """What other rules said of the same brand and category around that time."""
    near = (other for other in _alike(one, others) if _distance(one, other) <= SHORTEST_GAP)
    return [other for other in near if other.rule != one.rule]


def _alike(one: Decision, others: Sequence[Decision]) -> Iterator[Decision]:
    return (other for other in others if (other.brand, other.category) == (one.brand, one.category))


def _moved(old: Decision, new: Decision, words: Words) -> Iterator[DecisionChange]:
    shifts = _shifts(old, new)
    earlier = [shift for shift in shifts if shift[2] < shift[1]]
    later = [shift for shift in shifts if shift[2] > shift[1]]
    if earlier:
        yield _change(DecisionChangeKind.earlier, old, new, words.moved(old, new, earlier))
    if later:
        yield _change(DecisionChangeKind.later, old, new, words.moved(old, new, later))
    if old.level is not new.level:
        raised = new.level.rank > old.level.rank
        kind = DecisionChangeKind.raised if raised else DecisionChangeKind.lowered
        yield _change(kind, old, new, words.levelled(old, new))


def _shifts(old: Decision, new: Decision) -> list[tuple[Level | None, datetime, datetime]]:
    """When it was first said at least this loudly, for every level that both reached; None is its first alarm. Levels
    that were said together are told once, by the highest.
    """
    found: list[tuple[Level | None, datetime, datetime]] = []
    for level in Level:
        if level.rank <= min(old.level.rank, new.level.rank):
            moments = _said(old, level), _said(new, level)
            if not found:
                found.append((None, *moments))
            elif found[-1][1:] != moments:
                found.append((level, *moments))
            elif found[-1][0]:
                found[-1] = (level, *moments)
    return [shift for shift in found if shift[1] != shift[2]]


def _said(decision: Decision, level: Level) -> datetime:
    return min(at for one, at in decision.first_at.items() if one.rank >= level.rank)


def _change(kind: DecisionChangeKind, old: Decision | None, new: Decision | None, text: str) -> DecisionChange:
    shown = old or new
    assert shown is not None  # noqa: S101 - a change is of something
    return DecisionChange(
        kind=kind, brand=shown.brand, category=shown.category, rule=shown.rule, old=old, new=new, text=text
    )
