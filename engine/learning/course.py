"""How the talk about an incident went, at times that people speak of; and times in the words of the knowledge base."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from engine.store.talk import Minute
from knowledge.schema import CoursePoint, Duration

HOUR: Final = 60.0
DAY: Final = 24 * HOUR
_TIMES: Final = (
    *(10.0, 30.0, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR),
    *(DAY * days for days in (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90)),
)
_LONGEST_DAYS: Final = 9999


def duration(minutes: float) -> Duration:
    """Minutes after the start as the knowledge base writes them, rounded down: 40分钟, 6小时, 3天."""
    whole = max(0, int(minutes))
    if whole < 2 * HOUR:
        return f"{whole}分钟"
    if whole < 3 * DAY:
        return f"{int(whole // HOUR)}小时"
    return f"{min(_LONGEST_DAYS, int(whole // DAY))}天"


def course_of(start: datetime, talk: Sequence[Minute], elapsed_minutes: float) -> tuple[CoursePoint, ...]:
    """Cumulative mentions of the incident's category, and the negative share of all that was said of the brand since
    the point before. A time by which nothing more was said is left out; what was said between a mark and an end that
    is told by the same time counts with the mark.
    """
    placed = [((one.at - start).total_seconds() / 60, one) for one in talk if one.at >= start]
    points: list[CoursePoint] = []
    total, before, stretch = 0, -1.0, (0, 0)
    for edge in _edges(elapsed_minutes):
        within = [one for at, one in placed if before < at <= edge]
        said, negative = sum(one.said for one in within), sum(one.negative for one in within)
        if not said:
            continue
        total += sum(one.counted for one in within)
        if points and points[-1].after == duration(edge):
            points.pop()
            said, negative = said + stretch[0], negative + stretch[1]
        stretch, share = (said, negative), round(min(1.0, negative / said), 2)
        points.append(CoursePoint(after=duration(edge), mentions=total, negative=share))
        before = edge
    return tuple(points)


def _edges(elapsed_minutes: float) -> Iterator[float]:
    """The times up to the end, and the end; a time shortly before the end is left to it."""
    last = max(1.0, float(int(elapsed_minutes)))
    yield from (time for time in _TIMES if time < last * 0.9)
    yield last if last >= elapsed_minutes else last + 1
