"""The curve of an incident of our own: minutes of talk → where it began, and how far it had come by when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.precedents.views import CurvePoint
from engine.store.talk import Minute

QUIET_GAP: Final = timedelta(hours=3)
"""A longer silence than this separates an incident's first mentions from ordinary ones before it."""

_FIRST_EDGES: Final = (10.0, 20.0, 30.0, 45.0, 60.0)
_GROWTH: Final = 1.25


def start_of(opened_at: datetime, talk: Sequence[Minute]) -> datetime:
    """When the talk that led to the incident began: walking back from its opening over its mentions until there is a
    silence of `QUIET_GAP`; the opening itself when nothing was said before.
    """
    start = opened_at
    for minute in reversed([one for one in talk if one.counted and one.at <= opened_at]):
        if start - minute.at > QUIET_GAP:
            break
        start = minute.at
    return start


def curve_of(start: datetime, talk: Sequence[Minute], elapsed_minutes: float) -> tuple[CurvePoint, ...]:
    """Cumulative mentions at times that lie closer at the beginning, up to now."""
    points: list[CurvePoint] = []
    total, before = 0, -1.0
    placed = [((one.at - start).total_seconds() / 60, one) for one in talk if one.at >= start]
    for edge in _edges(elapsed_minutes):
        within = [one for at, one in placed if before < at <= edge]
        total += sum(one.counted for one in within)
        said = sum(one.said for one in within)
        negative = sum(one.negative for one in within) / said if said else None
        points.append(CurvePoint(after_minutes=edge, mentions=total, negative=negative))
        before = edge
    return tuple(points)


def _edges(elapsed_minutes: float) -> list[float]:
    edges = [0.0, *_FIRST_EDGES]
    while edges[-1] < elapsed_minutes:
        edges.append(round(edges[-1] * _GROWTH))
    last = max(0.0, round(elapsed_minutes, 1))
    return [*(edge for edge in edges if edge < last), last]
