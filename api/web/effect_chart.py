"""The plot of a publication's effect as places in a drawing: bars of mentions, dots of the negative share, lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.publishing.effect import Effect, Hour

WIDTH, HEIGHT = 420, 214
_LEFT, _RIGHT = 34, 8
_BARS_TOP, _BARS_HEIGHT = 22, 92
_SHARE_TOP, _SHARE_HEIGHT = 142, 46
_LEAST_AFTER: Final = 6
_TICK_HOURS: Final = (-24, -12, 0, 12, 24, 36, 48)


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour's mentions; `title` says it in words."""

    x: float
    y: float
    width: float
    height: float
    title: str
    is_after: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn. `share` is the line of the negative share in pieces: an hour without mentions breaks
    it. `published` is where this statement went out, `others` where others did.
    """

    bars: tuple[Bar, ...]
    share: tuple[str, ...]
    dots: tuple[Bar, ...]
    published: float
    others: tuple[float, ...]
    hours: tuple[Tick, ...]
    most: int
    bars_top: int = _BARS_TOP
    bars_foot: int = _BARS_TOP + _BARS_HEIGHT
    share_top: int = _SHARE_TOP
    share_foot: int = _SHARE_TOP + _SHARE_HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(effect: Effect) -> Chart:
    """Where to draw what."""
    first = effect.hours[0].after_hours
    last = max(_LEAST_AFTER, effect.hours[-1].after_hours + 1)
    step = (WIDTH - _LEFT - _RIGHT) / (last - first)

    def place(hour: float) -> float:
        return round(_LEFT + (hour - first) * step, 1)

    most = max(1, *(hour.mentions for hour in effect.hours))
    dots = tuple(_dot(hour, place(hour.after_hours), step) for hour in effect.hours if hour.negative is not None)
    return Chart(
        bars=tuple(_bar(hour, place(hour.after_hours), step, most) for hour in effect.hours),
        share=tuple(_pieces(effect.hours, place, step)),
        dots=dots,
        published=place(0),
        others=tuple(place(hour) for hour in effect.other_hours),
        hours=tuple(Tick(place(hour), _hour_words(hour)) for hour in _ticks(first, last)),
        most=most,
    )


def hour_range(hour: int) -> str:
    """An hour in words: 发布前2至1小时, 发布后0至1小时."""
    return f"发布前{-hour}至{-hour - 1}小时" if hour < 0 else f"发布后{hour}至{hour + 1}小时"


def _hour_words(hour: int) -> str:
    return "发布" if hour == 0 else f"{hour:+d}时"


def _ticks(first: int, last: int) -> list[int]:
    """Every twelve hours; the end too while nothing else stands after the publication."""
    ticks = [hour for hour in _TICK_HOURS if first <= hour <= last]
    return [*ticks, last] if ticks[-1] == 0 else ticks


def _told(hour: Hour) -> str:
    share = "" if hour.negative is None else f"，负面{hour.negative:.0%}"
    return f"{hour_range(hour.after_hours)}：{hour.mentions}条{share}"


def _bar(hour: Hour, x: float, step: float, most: int) -> Bar:
    height = round(hour.mentions / most * _BARS_HEIGHT, 1)
    y = round(_BARS_TOP + _BARS_HEIGHT - height, 1)
    return Bar(x, y, round(max(1.0, step * 0.8), 1), height, _told(hour), hour.after_hours >= 0)


def _share_place(negative: float) -> float:
    return round(_SHARE_TOP + _SHARE_HEIGHT * (1 - negative), 1)


def _dot(hour: Hour, x: float, step: float) -> Bar:
    return Bar(round(x + step / 2, 1), _share_place(hour.negative or 0.0), 0, 0, _told(hour), hour.after_hours >= 0)


def _pieces(hours: tuple[Hour, ...], place: Callable[[float], float], step: float) -> Iterator[str]:
    """Points of each unbroken stretch, for polylines."""
    points: list[str] = []
    for hour in hours:
        if hour.negative is None:
            if len(points) > 1:
                yield " ".join(points)
            points = []
            continue
        points.append(f"{place(hour.after_hours) + step / 2:.1f},{_share_place(hour.negative)}")
    if len(points) > 1:
        yield " ".join(points)
