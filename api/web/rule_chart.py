"""Charts of what a rule says: how often a day it spoke, by level."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from api.web.texts import CHINA
from engine.model import LEVEL_TITLES, Level

LEVEL_COLOURS: Final = {Level.low: "#c9ab3a", Level.medium: "#c2703d", Level.high: "#a11d17"}
AXIS: Final = "#5b6673"


def days_until(now: datetime, days: int) -> list[str]:
    """The last `days` Chinese calendar days up to now's, as `11-22`."""
    today = now.astimezone(CHINA).date()
    return [(today - timedelta(days=back)).strftime("%m-%d") for back in range(days - 1, -1, -1)]


def day_label(moment: datetime) -> str:
    """The Chinese calendar day of a moment, as `days_until` writes it."""
    return moment.astimezone(CHINA).strftime("%m-%d")


def alert_options(alerts: Iterable[tuple[datetime, Level]], now: datetime, days: int) -> dict[str, Any]:
    """ECharts options: alerts a day, stacked by level."""
    labels = days_until(now, days)
    counts = Counter((day_label(at), level) for at, level in alerts)
    series = [
        {
            "name": LEVEL_TITLES[level],
            "type": "bar",
            "stack": "all",
            "barCategoryGap": "25%",
            "itemStyle": {"color": LEVEL_COLOURS[level]},
            "data": [counts[label, level] for label in labels],
        }
        for level in Level
    ]
    return day_chart(labels, series, "次/天", f"最近{days}天每天的告警次数")


def day_chart(labels: list[str], series: list[dict[str, Any]], unit: str, description: str) -> dict[str, Any]:
    """The frame of a chart over days."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "aria": {"enabled": True, "label": {"description": description}},
        "grid": {"left": 38, "right": 12, "top": 50, "bottom": 26},
        "legend": {"top": 0, "left": 0, "itemWidth": 12, "itemHeight": 8},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {
            "type": "category",
            "data": labels,
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "#c9d0d8"}},
            "axisLabel": {"color": AXIS, "hideOverlap": True},
        },
        "yAxis": {
            "type": "value",
            "name": unit,
            "minInterval": 1,
            "nameTextStyle": {"color": AXIS, "align": "left", "padding": [0, 0, 0, -30]},
            "axisLabel": {"color": AXIS},
            "splitLine": {"lineStyle": {"color": "#eef1f4"}},
        },
        "series": series,
    }
