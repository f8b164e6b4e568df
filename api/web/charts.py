"""The trend chart: negative mentions an hour by category, alarms marked where they rang."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from api.web.texts import CHINA
from engine.model import CATEGORY_TITLES, CHANGE_TITLES, LEVEL_TITLES, Category, Level
from engine.views import AlarmMark, TrendPoint

_COLOURS: Final = (
    "#17567e", "#c2703d", "#5b8c5a", "#7d5ba6", "#b8902f", "#4aa3a2",
    "#a34a5a", "#6b7a8f", "#9a6b4f", "#3f6fb5", "#8f9a3e", "#555e68",
)  # fmt: skip
_LEVEL_COLOURS: Final = {Level.low: "#8a7212", Level.medium: "#a04a06", Level.high: "#a11d17"}
_SHOWN_CATEGORIES: Final = 5
HOURS: Final = 48


def trend_options(points: Iterable[TrendPoint], alarms: Iterable[AlarmMark], now: datetime) -> dict[str, Any]:
    """ECharts options; the five largest categories are drawn, the rest is summed as 其他."""
    hours = _hours(now)
    series = _series(points, hours)
    if series:
        series[0]["markLine"] = _alarm_lines(alarms, hours)
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "aria": {"enabled": True, "label": {"description": "最近48小时各类别每小时负面提及条数与告警时刻"}},
        "grid": {"left": 42, "right": 16, "top": 58, "bottom": 28},
        "legend": {"top": 0, "left": 0, "itemWidth": 12, "itemHeight": 8, "type": "scroll"},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {
            "type": "category",
            "data": [_label(hour) for hour in hours],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "#c9d0d8"}},
            "axisLabel": {"color": "#5b6673", "hideOverlap": True},
        },
        "yAxis": {
            "type": "value",
            "name": "条/小时",
            "minInterval": 1,
            "nameTextStyle": {"color": "#5b6673", "align": "left", "padding": [0, 0, 0, -34]},
            "axisLabel": {"color": "#5b6673"},
            "splitLine": {"lineStyle": {"color": "#eef1f4"}},
        },
        "series": series,
    }


def _hours(now: datetime) -> list[datetime]:
    last = now.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]


def _label(hour: datetime) -> str:
    return hour.astimezone(CHINA).strftime("%m-%d %H时")


def _series(points: Iterable[TrendPoint], hours: list[datetime]) -> list[dict[str, Any]]:
    counts: dict[Category, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for point in points:
        counts[point.category][_label(point.hour)] += point.count
    ranked = sorted(counts, key=lambda category: (-sum(counts[category].values()), category))
    groups = [(CATEGORY_TITLES[category], [category]) for category in ranked[:_SHOWN_CATEGORIES]]
    if ranked[_SHOWN_CATEGORIES:]:
        groups.append(("其他", ranked[_SHOWN_CATEGORIES:]))
    return [
        {
            "name": title,
            "type": "bar",
            "stack": "all",
            "barCategoryGap": "15%",
            "itemStyle": {"color": colour},
            "data": [sum(counts[category][_label(hour)] for category in members) for hour in hours],
        }
        for (title, members), colour in zip(groups, _COLOURS, strict=False)
    ]


def _alarm_lines(alarms: Iterable[AlarmMark], hours: list[datetime]) -> dict[str, Any]:
    lines = [
        {
            "xAxis": _label(alarm.at),
            "name": f"{CATEGORY_TITLES[alarm.category]}：{CHANGE_TITLES[alarm.change]}，{LEVEL_TITLES[alarm.level]}",
            "lineStyle": {"color": _LEVEL_COLOURS[alarm.level], "type": "solid", "width": 1.5},
            "label": {
                "formatter": LEVEL_TITLES[alarm.level],
                "color": _LEVEL_COLOURS[alarm.level],
                "fontSize": 11,
                "distance": 2 + 11 * (number % 2),  # neighbours would lie on each other
            },
        }
        for number, alarm in enumerate(_worst_by_hour(alarms, {_label(hour) for hour in hours}))
    ]
    return {"symbol": ["none", "none"], "silent": False, "data": lines, "tooltip": {"formatter": "{b}"}}


def _worst_by_hour(alarms: Iterable[AlarmMark], labels: set[str]) -> list[AlarmMark]:
    """One line an hour, or their words would lie on each other."""
    worst: dict[str, AlarmMark] = {}
    for alarm in sorted(alarms, key=lambda alarm: (alarm.level.rank, alarm.at)):
        worst[_label(alarm.at)] = alarm
    return [worst[label] for label in sorted(worst) if label in labels]
