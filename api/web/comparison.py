"""A comparison over history as people see it: what differs in numbers, day by day, and decision by decision."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from nicegui import ui

from api.web.render import render
from api.web.rule_chart import AXIS, day_chart
from api.web.shell import REALM_TITLES, Viewer, html
from api.web.texts import CHINA
from engine.releases.record import Comparison
from engine.views import MentionRow

CHANGE_TITLES: Final = {
    "gained": "新增告警",
    "lost": "不再告警",
    "earlier": "提前",
    "later": "推迟",
    "raised": "等级升高",
    "lowered": "等级降低",
}
_SHOWN: Final = 60
_SAMPLES: Final = 3


async def draw_comparison(viewer: Viewer, comparison: Comparison) -> None:
    """Figures, chart and table of one comparison."""
    document = _document(comparison)
    changes: list[dict[str, Any]] = document.get("changes", [])
    shown = changes[:_SHOWN]
    ids = [one for change in shown for one in change["mentions"][-_SAMPLES:]]
    found = await viewer.ask(viewer.desk.mentions_behind, viewer.realm, ids) if ids else ()
    html(
        render(
            "comparison_figures", comparison=comparison, document=document, titles=CHANGE_TITLES, over=_over(comparison)
        )
    )
    options = chart_options(comparison)
    if options:
        ui.echart(options).classes("pad").style("height:280px;width:100%").props('data-chart="comparison"')
    rules = {rule.id: rule.title for rule in await viewer.ask(viewer.desk.rules_in_force)}
    html(
        render(
            "comparison_changes",
            changes=shown,
            total=sum(comparison.counts.values()),
            titles=CHANGE_TITLES,
            samples=_samples(shown, found),
            rules=rules,
            now=viewer.now,
        )
    )


def chart_options(comparison: Comparison) -> dict[str, Any] | None:
    """Alerts a day of the rules that decide otherwise, old against new, over the negative mentions of their categories;
    each day with a difference is marked. None when nothing differs.
    """
    document = _document(comparison)
    changes: list[dict[str, Any]] = document.get("changes", [])
    rules = {change["rule"] for change in changes}
    if not rules:
        return None
    old, new = (_daily(document[side].get("alerts_per_day", {}), rules) for side in ("old", "new"))
    activity = _daily(document.get("activity", {}), {change["category"] for change in changes})
    since, until = document.get("since"), document.get("until")
    days = _days({*old, *new, *activity, *(_day(one) for one in (since, until) if one)})
    marks = Counter(_day(change["start"]) for change in changes)
    series = [
        _bar("现行告警", "#9aa7b4", [old[day] for day in days]),
        _bar("改后告警", "#17567e", [new[day] for day in days]) | {"markPoint": _marks(marks, old, new, days)},
        {
            "name": "负面提及",
            "type": "line",
            "yAxisIndex": 1,
            "symbol": "none",
            "lineStyle": {"color": "#c2703d", "width": 1.5},
            "itemStyle": {"color": "#c2703d"},
            "data": [activity[day] for day in days],
        },
    ]
    labels = [day[5:] for day in days]
    options = day_chart(labels, series, "次/天", "每天告警次数，现行规则与改后规则，以及负面提及条数")
    options["grid"]["right"] = 44
    options["yAxis"] = [options["yAxis"], _right_axis()]
    return options


def _bar(name: str, colour: str, data: list[int]) -> dict[str, Any]:
    return {"name": name, "type": "bar", "barGap": "10%", "itemStyle": {"color": colour}, "data": data}


def _marks(marks: Mapping[str, int], old: Counter[str], new: Counter[str], days: list[str]) -> dict[str, Any]:
    """A pin on each day with a difference: how many decisions differ."""
    return {
        "symbol": "pin",
        "symbolSize": 34,
        "label": {"fontSize": 10, "color": "#fff"},
        "itemStyle": {"color": "#a04a06"},
        "data": [
            {"name": "有变化的告警", "value": marks[day], "coord": [day[5:], max(old[day], new[day])]}
            for day in days
            if marks.get(day)
        ],
    }


def _right_axis() -> dict[str, Any]:
    return {
        "type": "value",
        "name": "条/天",
        "minInterval": 1,
        "nameTextStyle": {"color": AXIS, "align": "right", "padding": [0, -34, 0, 0]},
        "axisLabel": {"color": AXIS},
        "splitLine": {"show": False},
    }


def _daily(by_name: Mapping[str, Mapping[str, int]], names: Iterable[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name in names:
        total.update(by_name.get(name, {}))
    return total


def _day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(CHINA).date().isoformat()


def _days(found: set[str]) -> list[str]:
    """Every day from the first to the last."""
    first, last = date.fromisoformat(min(found)), date.fromisoformat(max(found))
    return [(first + timedelta(days=count)).isoformat() for count in range((last - first).days + 1)]


def _over(comparison: Comparison) -> str:
    """Which history it was, in words."""
    document, mark = _document(comparison), comparison.history
    since, until = document.get("since"), document.get("until")
    if not since or not until or mark.realm is None:
        return mark.name
    where = REALM_TITLES[mark.realm] or "正式数据"
    return f"{where}，{_day(since)} 至 {_day(until)}"


def _samples(changes: list[dict[str, Any]], found: Iterable[MentionRow]) -> list[list[MentionRow]]:
    known = {row.mention.id: row for row in found}
    return [[known[one] for one in change["mentions"][-_SAMPLES:] if one in known] for change in changes]


def _document(comparison: Comparison) -> dict[str, Any]:
    return comparison.document if isinstance(comparison.document, dict) else {}
