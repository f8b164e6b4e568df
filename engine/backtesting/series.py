"""What a chart of a backtest shows: how busy it was, and the moment of each alarm, old rules against new."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime

from engine.backtesting.backtest import Backtest
from engine.backtesting.episodes import Decision
from engine.incident_book import CHINA
from engine.model import Category, Frozen, Level

_HOUR: Final = timedelta(hours=1)
_STEPS: Final = ((timedelta(days=4), 1), (timedelta(days=31), 6))
_LONGEST_STEP: Final = 24


class Alarm(Frozen):
    """A level that a decision came to, the first time."""

    at: AwareDatetime
    rule: str
    brand: str
    category: Category
    level: Level


class BacktestSeries(Frozen):
    """`negatives` counts negative mentions from each of `times` on for `step_hours`; `old` and `new` are the alarms of
    both rule sets by time (`old` is None without a comparison), `new_counts` and `old_counts` those of each step.
    """

    step_hours: int
    times: tuple[AwareDatetime, ...]
    negatives: tuple[int, ...]
    new: tuple[Alarm, ...]
    new_counts: tuple[int, ...]
    old: tuple[Alarm, ...] | None = None
    old_counts: tuple[int, ...] | None = None


def backtest_series(
    new: Backtest, old: Backtest | None = None, category: Category | None = None, rule: str | None = None
) -> BacktestSeries:
    """The series of a backtest, of one category or one rule if told; draft and shadow rules are shown as well."""
    busy = [(one.hour, one.count) for one in new.activity if category in (None, one.category)]
    ours, theirs = _alarms(new, category, rule), _alarms(old, category, rule) if old else None
    moments = [hour for hour, _ in busy] + [one.at for one in (*ours, *(theirs or ()))]
    first, last = _range(new, moments)
    step = next((hours for longest, hours in _STEPS if last - first <= longest), _LONGEST_STEP)
    times = tuple(_times(first, last, step))
    return BacktestSeries(
        step_hours=step,
        times=times,
        negatives=_binned(busy, times, step),
        new=ours,
        new_counts=_binned([(one.at, 1) for one in ours], times, step),
        old=theirs,
        old_counts=_binned([(one.at, 1) for one in theirs], times, step) if theirs is not None else None,
    )


def _alarms(result: Backtest, category: Category | None, rule: str | None) -> tuple[Alarm, ...]:
    chosen = [
        one
        for one in (*result.decisions, *result.shadow)
        if category in (None, one.category) and rule in (None, one.rule)
    ]
    found = [alarm for one in chosen for alarm in _rises(one)]
    return tuple(sorted(found, key=lambda one: (one.at, one.rule, one.brand, one.level.rank)))


def _rises(decision: Decision) -> Iterator[Alarm]:
    """Each level when it was first said, but for one that came after a higher one."""
    for level, at in decision.first_at.items():
        if all(at <= other for higher, other in decision.first_at.items() if higher.rank > level.rank):
            yield Alarm(at=at, rule=decision.rule, brand=decision.brand, category=decision.category, level=level)


def _range(result: Backtest, moments: list[datetime]) -> tuple[datetime, datetime]:
    """What the chart spans: the range that was asked for, else what happened in it."""
    note = result.history
    first = note.since or min(moments, default=None)
    last = note.until or max(moments, default=None)
    if first is None or last is None:
        return _EMPTY, _EMPTY
    return min([first, *moments]).astimezone(CHINA), max([last, *moments]).astimezone(CHINA)


_EMPTY: Final = datetime(2000, 1, 1, tzinfo=CHINA)


def _times(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    at = first.replace(hour=first.hour - first.hour % step, minute=0, second=0, microsecond=0)
    while at <= last:
        yield at
        at += step * _HOUR


def _binned(counts: Iterable[tuple[datetime, int]], times: tuple[datetime, ...], step: int) -> tuple[int, ...]:
    found: Counter[int] = Counter()
    for at, count in counts:
        found[(at - times[0]) // (step * _HOUR)] += count
    return tuple(found[place] for place in range(len(times)))
