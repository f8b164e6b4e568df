"""The plot of a comparison: what was done when, how far the talk had come, how much of it was negative."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from api.web.precedent_axis import TimeAxis
from api.web.precedent_lanes import LATE, Lane, Line, lane_series, lanes_of
from api.web.rule_chart import AXIS
from engine.precedents.views import CurvePoint
from engine.precedents.wording import after, share

OURS, THEIRS = "#17567e", "#b4632f"
_GRID_LEFT, _GRID_RIGHT = 62, 20
_ROW, _CURVE, _SHARE, _SPACE, _TOP, _BOTTOM = 22, 170, 84, 34, 40, 34


def chart_height(lines: Sequence[Line], *, log_time: bool = True) -> int:
    """Pixels that the plot needs."""
    rows = sum(lane.height for lane in lanes_of(lines, _axis(lines, log_time)))
    curves = _CURVE + _SHARE + 2 * _SPACE if any(line.side.curve for line in lines) else 0
    return _TOP + max(rows, 1) * _ROW + curves + _BOTTOM


def chart_options(lines: Sequence[Line], *, log_time: bool = True, log_count: bool = False) -> dict[str, Any]:
    """ECharts options; every point says in words what it is. Nothing in them runs that was written by people."""
    axis = _axis(lines, log_time)
    lanes = lanes_of(lines, axis)
    rows = max(sum(lane.height for lane in lanes), 1)
    has_curves = any(line.side.curve for line in lines)
    grids = [{"top": _TOP, "height": rows * _ROW}]
    if has_curves:
        top = _TOP + rows * _ROW + _SPACE
        grids += [{"top": top, "height": _CURVE}, {"top": top + _CURVE + _SPACE, "height": _SHARE}]
    last = len(grids) - 1
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "aria": {"enabled": True, "label": {"description": "同一时间轴上的步骤、累计提及与负面占比，数据见下方列表"}},
        "grid": [{"left": _GRID_LEFT, "right": _GRID_RIGHT, **grid} for grid in grids],
        "legend": {
            "show": len(lines) > 1,
            "top": 4,
            "left": 12,
            "itemWidth": 12,
            "itemHeight": 8,
            "data": [line.title for line in lines],
        },
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "formatter": "{b}",
            "extraCssText": "max-width:320px;white-space:normal",
        },
        "xAxis": [_x_axis(axis, number, is_last=number == last) for number in range(len(grids))],
        "yAxis": [_lane_axis(lanes, rows), *(_curve_axes(log_count=log_count) if has_curves else ())],
        "series": [
            *(lane_series(lane, axis) for lane in lanes),
            *(_curve_series(lines, axis, log_count=log_count) if has_curves else ()),
            _now(lines, axis),
        ],
    }


def wants_log(lines: Sequence[Line]) -> bool:
    """Whether the sizes lie so far apart that only a logarithmic axis shows both."""
    sizes = [line.side.curve[-1].mentions for line in lines if line.side.curve and line.side.curve[-1].mentions]
    return len(sizes) > 1 and max(sizes) > 20 * min(sizes)


def _axis(lines: Sequence[Line], log_time: bool) -> TimeAxis:
    times = [mark.after_minutes for line in lines for mark in line.side.marks]
    times += [point.after_minutes for line in lines for point in line.side.curve]
    return TimeAxis(max([60.0, *times, *(line.side.elapsed_minutes or 0.0 for line in lines)]), log_time)


def _curve_series(lines: Sequence[Line], axis: TimeAxis, *, log_count: bool) -> Iterator[dict[str, Any]]:
    for grid, pick in ((1, _mentions), (2, _negative)):
        for line in lines:
            points = [(axis.place(point.after_minutes), pick(point), point) for point in line.side.curve]
            low = 1 if log_count and grid == 1 else 0
            yield {
                "name": line.title,
                "type": "line",
                "xAxisIndex": grid,
                "yAxisIndex": grid,
                "symbolSize": 5,
                "lineStyle": {"color": line.colour, "width": 2},
                "itemStyle": {"color": line.colour},
                "data": [
                    {"name": _told_point(line, point), "value": [place, max(value, low)]}
                    for place, value, point in points
                    if value is not None
                ],
            }


def _mentions(point: CurvePoint) -> float | None:
    return point.mentions


def _negative(point: CurvePoint) -> float | None:
    return None if point.negative is None else round(point.negative * 100, 1)


def _told_point(line: Line, point: CurvePoint) -> str:
    negative = f"，其间负面{share(point.negative)}" if point.negative is not None else ""
    return f"{line.title} · {after(point.after_minutes)}后累计{point.mentions:,}条{negative}"


def _now(lines: Sequence[Line], axis: TimeAxis) -> dict[str, Any]:
    """A line at the age of an incident that is not over."""
    ages = [line.side.elapsed_minutes for line in lines if line.side.elapsed_minutes and not line.side.is_over]
    return {
        "name": "此刻",
        "type": "scatter",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": LATE, "type": "dashed"},
            "label": {"formatter": "此刻", "color": LATE, "fontSize": 11},
            "data": [{"xAxis": axis.place(age)} for age in ages],
        },
    }


def _x_axis(axis: TimeAxis, grid: int, *, is_last: bool) -> dict[str, Any]:
    ticks = axis.ticks()
    places = [place for place, _ in ticks]
    words = json.dumps({f"{place:.4f}": word for place, word in ticks}, ensure_ascii=False)
    return {
        "type": "value",
        "gridIndex": grid,
        "min": 0,
        "max": axis.end,
        "axisTick": {"show": is_last, "customValues": places},
        "axisLine": {"lineStyle": {"color": "#c9d0d8"}},
        "splitLine": {"show": False},
        "axisLabel": {
            "show": is_last,
            "color": AXIS,
            "customValues": places,
            "hideOverlap": True,
            "showMinLabel": True,
            ":formatter": f"(value) => ({words})[value.toFixed(4)] || ''",
        },
    }


def _lane_axis(lanes: Sequence[Lane], rows: int) -> dict[str, Any]:
    centres = {f"{lane.first_row + lane.height / 2:.2f}": lane.title for lane in lanes}
    words = json.dumps(centres, ensure_ascii=False)
    return {
        "type": "value",
        "inverse": True,
        "min": 0,
        "max": rows,
        "splitLine": {"show": False},
        "axisTick": {"show": False},
        "axisLine": {"show": True, "lineStyle": {"color": "#c9d0d8"}},
        "axisLabel": {
            "color": AXIS,
            "customValues": [float(one) for one in centres],
            ":formatter": f"(value) => ({words})[value.toFixed(2)] || ''",
        },
    }


def _curve_axes(*, log_count: bool) -> Iterator[dict[str, Any]]:
    name = {"nameTextStyle": {"color": AXIS, "align": "left", "padding": [0, 0, 0, -50]}}
    look = {"axisLabel": {"color": AXIS, "hideOverlap": True}, "splitLine": {"lineStyle": {"color": "#eef1f4"}}}
    count = {"type": "log", "min": 1} if log_count else {"type": "value", "minInterval": 1}
    yield {"gridIndex": 1, "name": "累计提及（条）", **count, **name, **look}
    yield (
        {"gridIndex": 2, "name": "其间负面占比（%）", "type": "value", "min": 0, "max": 100, "interval": 50}
        | name
        | look
    )
