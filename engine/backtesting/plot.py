"""A backtest as a picture: bars of negative mentions, alarms of the new rules above them and of the old ones below.

Plain SVG that any browser or word processor opens; a level is a colour and a shape, never a colour alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from engine.backtesting.series import Alarm, BacktestSeries
from engine.incident_book import CHINA
from engine.model import LEVEL_TITLES, Level

WIDTH: Final = 960
_LEFT, _RIGHT, _TOP = 56, 16, 64
_BARS = 200
_LANE = 46
_COLOURS: Final = {Level.low: "#c9ab3a", Level.medium: "#c2703d", Level.high: "#a11d17"}
_INK, _FAINT, _BAR = "#1f2933", "#5b6673", "#b9c6d3"
_SIZE = 6
_LABELS: Final = 8
_LABEL_WIDTH: Final = 64


def plot_svg(series: BacktestSeries, title: str) -> str:
    """The picture as an SVG document."""
    lanes = [("新规则", series.new), *([("旧规则", series.old)] if series.old is not None else [])]
    height = _TOP + _BARS + 40 + _LANE * len(lanes) + 24
    body = [
        _text(_LEFT, 24, title, 16, _INK, weight=600),
        *_legend(),
        *_bars(series),
        *_time_axis(series),
        *(part for place, (name, alarms) in enumerate(lanes) for part in _lane(series, place, name, alarms)),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif" role="img">'
    )
    summary = f"<title>{escape(title)}</title>"
    return "\n".join([head, summary, f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>', *body, "</svg>\n"])


def _bars(series: BacktestSeries) -> Iterator[str]:
    top = max((*series.negatives, 1))
    top += top % 2  # so that the middle line is a whole number
    wide = _plot_width() / max(1, len(series.times))
    yield _text(_LEFT, _TOP - 8, f"负面提及（条/{_step(series)}）", 11, _FAINT)
    for share in (0, 0.5, 1):
        y = _TOP + _BARS * (1 - share)
        yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#eef1f4"/>'
        yield _text(_LEFT - 6, y + 4, f"{top * share:g}", 11, _FAINT, anchor="end")
    for place, count in enumerate(series.negatives):
        if count:
            tall = _BARS * count / top
            x, y = _LEFT + place * wide, _TOP + _BARS - tall
            yield (
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(1.0, wide * 0.8):.1f}" height="{tall:.1f}" fill="{_BAR}">'
                f"<title>{_moment(series, place)} {count} 条</title></rect>"
            )


def _time_axis(series: BacktestSeries) -> Iterator[str]:
    every = max(1, -(-len(series.times) // _LABELS))
    for place in range(0, len(series.times), every):
        x = _LEFT + _plot_width() * place / len(series.times)
        if x > WIDTH - _RIGHT - _LABEL_WIDTH:
            return
        yield _text(x, _TOP + _BARS + 18, _moment(series, place), 11, _FAINT)


def _lane(series: BacktestSeries, place: int, name: str, alarms: Sequence[Alarm]) -> Iterator[str]:
    y = _TOP + _BARS + 40 + _LANE * place + _LANE / 2
    yield _text(_LEFT - 6, y + 4, name, 12, _INK, anchor="end")
    yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#c9d0d8"/>'
    if not alarms:
        yield _text(_LEFT + 8, y - 6, "没有告警", 11, _FAINT)
    for alarm in alarms:
        told = f"{alarm.at.astimezone(CHINA):%m-%d %H:%M} {alarm.brand} {alarm.rule} {LEVEL_TITLES[alarm.level]}"
        yield _mark(_place(series, alarm), y, alarm.level, told)


def _legend() -> Iterator[str]:
    x = WIDTH - _RIGHT - 3 * 70
    for place, level in enumerate(Level):
        yield _mark(x + 70 * place, 20, level, LEVEL_TITLES[level])
        yield _text(x + 70 * place + 12, 24, LEVEL_TITLES[level], 12, _INK)


def _mark(x: float, y: float, level: Level, told: str) -> str:
    """A dot for the mildest level, a diamond for the middle one, a triangle for the gravest."""
    fill = f'fill="{_COLOURS[level]}" stroke="#ffffff"'
    inside = f"<title>{escape(told)}</title>"
    if level is Level.low:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_SIZE - 1}" {fill}>{inside}</circle>'
    points: tuple[tuple[float, float], ...]
    if level is Level.medium:
        points = ((x, y - _SIZE), (x + _SIZE, y), (x, y + _SIZE), (x - _SIZE, y))
    else:
        points = ((x, y - _SIZE - 1), (x + _SIZE + 1, y + _SIZE), (x - _SIZE - 1, y + _SIZE))
    return f'<polygon points="{_joined(points)}" {fill}>{inside}</polygon>'


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _place(series: BacktestSeries, alarm: Alarm) -> float:
    seconds = (alarm.at - series.times[0]).total_seconds()
    return _LEFT + _plot_width() * seconds / (len(series.times) * series.step_hours * 3600)


def _plot_width() -> float:
    return WIDTH - _LEFT - _RIGHT


def _step(series: BacktestSeries) -> str:
    return {1: "小时", 24: "天"}.get(series.step_hours, f"{series.step_hours}小时")


def _moment(series: BacktestSeries, place: int) -> str:
    form = "%m-%d" if series.step_hours == 24 else "%m-%d %H:%M"
    return series.times[place].astimezone(CHINA).strftime(form)


def _text(x: float, y: float, words: str, size: int, fill: str, *, anchor: str = "start", weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
