"""One decision of a rule: why, what the next level still needed, the mentions behind it, and its proof."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import button, panel
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.decision_reads import DecisionView


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one decision; nothing of it ever changes."""
    view = await viewer.ask(viewer.desk.decision, request.path_params["decision"])
    now = await viewer.realm_now(view.finding.realm)
    html(render("decision_head", view=view, now=now))
    with ui.element("div").classes("split"):
        with ui.element("div").classes("col"):
            with panel("为什么", order=1):
                html(render("decision_why", view=view))
            with panel("当时计入的提及", "最新的在前", order=3):
                html(render("decision_mentions", mentions=view.mentions, now=now))
        with ui.element("div").classes("col"), panel("依据", order=2):
            html(render("decision_proof", view=view))
            _draw_proof(viewer, view)


def _draw_proof(viewer: Viewer, view: DecisionView) -> None:
    async def check() -> None:
        found = await act(viewer.ask(viewer.desk.reproduce_decision, view.finding.id), "重算完成")
        if found is not None:
            result.set_content(render("decision_checked", found=found))

    with ui.element("div").classes("actions pad"):
        button("重算核对", check, hint="从日志重新算出当时的事实，按当时的发布再判断一次，与存档逐字节比较")
    result = html("").props("role=status aria-live=polite")
