"""事件: all incidents, and opening one by hand."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import button
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Category, IncidentStatus, Level
from engine.permissions import Permission

_NOTHING = ("没有这样的事件", "换一个状态看看；收到采访函、监管来电时可以手工新建事件。")


async def build(viewer: Viewer, request: Request) -> None:
    """The list, filtered by status in the address."""
    chosen = request.query_params.get("status", "")
    status = IncidentStatus(chosen) if chosen in set(IncidentStatus) else None
    rows = await viewer.ask(viewer.reads.incidents, viewer.realm, [status] if status else None)
    now = await viewer.realm_now(viewer.realm)
    with ui.element("div").classes("head"):
        html("<h1>事件</h1>")
        html(render("status_tabs", chosen=chosen))
        if viewer.may(Permission.open_incident):
            brands = await viewer.ask(viewer.reads.brands, viewer.realm)
            button("手工新建事件", lambda: _open_by_hand(viewer, brands), main=True)
    with ui.element("section").classes("panel"):
        html(render("incident_table", rows=rows, now=now, nothing=_NOTHING))


async def _open_by_hand(viewer: Viewer, brands: tuple[str, ...]) -> None:
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("手工新建事件").classes("cd-dialog-title")
        ui.label("用于监测之外得知的情况：采访函、监管来电、门店现场。").classes("muted")
        title = ui.input("事件名称").props("outlined dense autofocus").classes("cd-wide")
        brand = ui.select(list(brands), label="品牌", value=brands[0] if brands else None)
        category = ui.select(
            {c.value: CATEGORY_TITLES[c] for c in Category}, label="类别", value=Category.fee_dispute.value
        )
        level = ui.select({x.value: LEVEL_TITLES[x] for x in Level}, label="等级", value=Level.low.value)
        for choice in (brand, category, level):
            choice.props("outlined dense").classes("cd-wide")
        reason = ui.textarea("缘由（会写入时间线）").props("outlined dense rows=3").classes("cd-wide")

        async def submit() -> None:
            command = viewer.ask(
                viewer.desk.open_incident,
                viewer.realm,
                str(brand.value or ""),
                Category(str(category.value)),
                Level(str(level.value)),
                str(title.value or "").strip(),
                str(reason.value or "").strip(),
            )
            opened = await act(command, "事件已新建，预案任务正在生成")
            if opened is not None:
                dialog.close()
                ui.navigate.to(f"/incidents/{opened.id}")

        with ui.row().classes("actions"):
            button("新建", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.open()
