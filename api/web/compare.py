"""对照: an incident beside a precedent, timeline against timeline, with what the precedent's people had done by now."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from nicegui import ui

from api.errors import HANDLED
from api.web.blocks import panel
from api.web.precedent_chart import OURS, THEIRS, chart_height, chart_options, wants_log
from api.web.precedent_lanes import Line
from api.web.render import render
from api.web.shell import Viewer, html, update
from engine.errors import InputError
from engine.permissions import Permission
from engine.precedents.views import Comparison

_REFRESH_SECONDS: Final = 60.0
_TIME: Final = {True: "前密后疏", False: "等距"}
_COUNT: Final = {True: "对数", False: "等距"}


async def build(viewer: Viewer, request: Request) -> None:
    """The comparison that the address names; without a precedent the nearest one."""
    incident = request.query_params.get("incident", "").strip()[:128]
    precedent = request.query_params.get("with", "").strip()[:128]
    if not incident:
        raise InputError("请从事件页或案例检索页选择要对照的两个案例", place="地址栏")
    choices = await viewer.ask(viewer.desk.precedents_for, incident)
    precedent = precedent or next((one.hit.id for one in choices.entries), "")
    if not precedent:
        html(render("compare_none", incident=incident))
        return
    comparison = await viewer.ask(viewer.desk.compare_with_precedent, incident, precedent)
    if choices.no_precedent:
        html(render("compare_weak"))
    _draw(viewer, comparison)
    html(render("compare_choices", comparison=comparison, choices=choices, link=link))


def link(incident: str, precedent: str) -> str:
    """The address of a comparison."""
    return f"/compare?{urlencode({'incident': incident, 'with': precedent})}"


def _draw(viewer: Viewer, comparison: Comparison) -> None:
    names = side_names(comparison)
    files = urlencode({"incident": comparison.ours.id, "with": comparison.theirs.id})
    may_export = viewer.may(Permission.export)
    html(render("compare_head", comparison=comparison, names=names, files=files, may_export=may_export))
    with ui.element("div").classes("split" if comparison.by_now else ""):
        with ui.element("div").classes("col"):
            with panel("要点对照", order=2):
                html(render("compare_traits", comparison=comparison, names=names))
            with panel(f"{names[1]}的结果与教训", order=3):
                html(render("compare_lessons", comparison=comparison))
        if comparison.by_now:
            with ui.element("div").classes("col"), panel("此刻", "先例在同样时长时做到哪一步", order=1):
                _draw_now(viewer, comparison)
    with panel("同一时间轴", "圆点内的数字对应下方列表"):
        draw_plot(
            [Line(names[0], OURS, comparison.ours), Line(names[1], THEIRS, comparison.theirs)], anchor="comparison"
        )
    with ui.element("div").classes("halves"):
        for name, side, colour in zip(names, (comparison.ours, comparison.theirs), ("ours", "theirs"), strict=True):
            with panel(f"{name}的时间线", side.start_note):
                html(render("compare_timeline", side=side, colour=colour))


def _draw_now(viewer: Viewer, comparison: Comparison) -> None:
    """Where the precedent stood at our age; read again every minute, because our age grows."""
    shown = html(render("compare_now", now=comparison.by_now))

    async def refresh() -> None:
        command = viewer.desk.compare_with_precedent
        try:
            newest = await viewer.ask(command, comparison.ours.id, comparison.theirs.id)
        except HANDLED:
            return  # what is shown says how old it is
        update(shown, render("compare_now", now=newest.by_now))

    if not comparison.ours.is_over:
        ui.timer(_REFRESH_SECONDS, refresh, immediate=False)


def side_names(comparison: Comparison) -> tuple[str, str]:
    """What the two sides are called."""
    return ("本案例", "对照") if comparison.ours.is_past else ("本事件", "先例")


def draw_plot(lines: Sequence[Line], *, anchor: str) -> None:
    """The plot with its two choices of axis; a change draws it anew without asking the desk."""
    state = {"time": True, "count": wants_log(lines)}
    has_curves = any(line.side.curve for line in lines)
    with ui.element("div").classes("plot-axes pad small"):
        for key, name, words in (("time", "时间轴", _TIME), ("count", "条数轴", _COUNT)):
            if key == "count" and not has_curves:
                continue
            html(f"<span class='muted'>{name}</span>")
            toggle = ui.toggle(words, value=state[key]).props(f'dense no-caps unelevated aria-label="{name}"')
            toggle.on_value_change(lambda event, key=key: redraw(key, value=bool(event.value)))
    options = chart_options(lines, log_time=state["time"], log_count=state["count"])
    chart = ui.echart(options).style(f"height:{chart_height(lines)}px;width:100%").props(f'data-chart="{anchor}"')
    if not has_curves:
        html(render("note_line", text="没有记录走势，只画出步骤。"))

    def redraw(key: str, *, value: bool) -> None:
        state[key] = value
        chart.options.clear()
        chart.options.update(chart_options(lines, log_time=state["time"], log_count=state["count"]))
        chart.style(f"height:{chart_height(lines, log_time=state['time'])}px")
        chart.update()
        chart.run_chart_method("resize")
