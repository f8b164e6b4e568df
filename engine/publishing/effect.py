"""How the talk went around a publication: counts by the hour before and after it. Counts only, no words, no names."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from pydantic import AwareDatetime

from engine.model import Frozen
from engine.store.talk import Minute

BEFORE: Final = timedelta(hours=24)
AFTER: Final = timedelta(hours=48)
_COMPARED_HOURS: Final = 6
_CAUTION: Final = "这只是时间先后，不说明是声明带来的。"


class Hour(Frozen):
    """The hour from `after_hours` on, counted from the publication (negative: before it). `mentions` count for the
    incident; `negative` is the negative share of all that was said of the brand, None when nothing was.
    """

    after_hours: int
    mentions: int
    negative: float | None


class Side(Frozen):
    """The hours before or after, together."""

    hours: int
    mentions_an_hour: float
    negative: float | None


class Effect(Frozen):
    """The hours around a publication, the last one perhaps not over; `other_hours` are when other statements of the
    incident went out. `before` and `after` are equally long; None while less than an hour has passed.
    """

    at: AwareDatetime
    until: AwareDatetime
    hours: tuple[Hour, ...]
    other_hours: tuple[float, ...] = ()
    before: Side | None = None
    after: Side | None = None

    @property
    def words(self) -> str:
        """What changed, in a sentence."""
        if self.before is None or self.after is None:
            return "发布还不到1小时，看不出变化。"
        told = f"发布前{_side(self.before)}；发布后{_side(self.after)}。"
        return told + _CAUTION


def effect_of(at: datetime, talk: Sequence[Minute], now: datetime, others: Sequence[datetime] = ()) -> Effect:
    """What was said from a day before the publication to two days after it, or to now."""
    until = max(at, min(now, at + AFTER))
    hours = tuple(_hours(at, until, talk))
    passed = min(_COMPARED_HOURS, int((until - at) / timedelta(hours=1)))
    near = [(one - at) / timedelta(hours=1) for one in others]
    return Effect(
        at=at,
        until=until,
        hours=hours,
        other_hours=tuple(round(one, 2) for one in near if hours[0].after_hours <= one <= hours[-1].after_hours + 1),
        before=_together(at, talk, -passed, 0) if passed else None,
        after=_together(at, talk, 0, passed) if passed else None,
    )


def _hours(at: datetime, until: datetime, talk: Sequence[Minute]) -> Iterator[Hour]:
    last = max(1, ceil((until - at) / timedelta(hours=1)))
    for hour in range(-int(BEFORE / timedelta(hours=1)), last):
        counted, negative, said = _counts(at, talk, hour, hour + 1)
        yield Hour(after_hours=hour, mentions=counted, negative=_share(negative, said))


def _together(at: datetime, talk: Sequence[Minute], first: int, last: int) -> Side:
    counted, negative, said = _counts(at, talk, first, last)
    hours = last - first
    return Side(hours=hours, mentions_an_hour=round(counted / hours, 1), negative=_share(negative, said))


def _counts(at: datetime, talk: Sequence[Minute], first: int, last: int) -> tuple[int, int, int]:
    """Counted, negative and said from hour `first` up to hour `last` after the publication."""
    begin, end = at + timedelta(hours=first), at + timedelta(hours=last)
    within = [one for one in talk if begin <= one.at < end]
    return sum(one.counted for one in within), sum(one.negative for one in within), sum(one.said for one in within)


def _share(negative: int, said: int) -> float | None:
    return min(1.0, negative / said) if said else None


def _side(side: Side) -> str:
    share = "没有提及" if side.negative is None else f"负面占{side.negative:.0%}"
    return f"{side.hours}小时平均每小时{side.mentions_an_hour:g}条、{share}"
