"""草稿: what waits for approval first; a new one is written from here too."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import button, panel
from api.web.draft import STYLE
from api.web.draft_progress import watch_drafting
from api.web.render import render
from api.web.shell import Viewer, html
from engine.model import IncidentStatus
from engine.permissions import Permission
from engine.views import TemplateChoice

_GROUPS = (
    ("submitted", "待审批", ("没有待审批的草稿", "公关提交后会出现在这里。")),
    ("draft", "未提交", ("没有未提交的草稿", "点“新建草稿”，或在事件页选一个模板起草。")),
    ("returned", "已退回", ("没有被退回的草稿", "退回的草稿会带着理由出现在这里。")),
    ("approved", "已批准", ("还没有批准的草稿", "合规批准后可以发布。")),
)
_WORKED_ON = [IncidentStatus.open, IncidentStatus.calmed]


async def build(viewer: Viewer, _request: Request) -> None:
    """All drafts, grouped by where they stand."""
    ui.add_head_html(STYLE)
    rows = await viewer.ask(viewer.reads.drafts, viewer.realm)
    now = viewer.now
    with ui.element("div").classes("head"):
        html("<h1>草稿</h1>")
        if viewer.may(Permission.draft):
            with ui.element("div").classes("actions side"):
                button("新建草稿", lambda: _new(viewer), main=True)
    with ui.element("div").classes("halves"):
        for status, title, nothing in _GROUPS:
            chosen = [row for row in rows if row.status == status]
            with panel(title, f"{len(chosen)} 份"):
                html(render("draft_list", rows=chosen, now=now, with_incident=True, nothing=nothing))


async def _new(viewer: Viewer) -> None:
    """Which incident, which template; the words appear in the dialog while they are chosen."""
    rows = await viewer.ask(viewer.reads.incidents, viewer.realm, _WORKED_ON)
    if not rows:
        ui.notify("没有进行中的事件；可在“事件”页手工新建", type="info")
        return
    known: dict[str, TemplateChoice] = {}
    with ui.dialog() as dialog, ui.card().classes("cd-dialog cd-drafting"):
        ui.label("新建草稿").classes("cd-dialog-title")
        titles = {row.incident.id: row.incident.title for row in rows}
        incident = ui.select(titles, label="事件", value=rows[0].incident.id).props("outlined dense").classes("cd-wide")
        template = ui.select({}, label="模板").props("outlined dense").classes("cd-wide")
        progress = html("").classes("cd-progress")

        async def choices() -> None:
            detail = await viewer.ask(viewer.reads.incident, str(incident.value))
            known.clear()
            known.update({one.id: one for one in sorted(detail.templates, key=lambda one: not one.fits)})
            names = {one.id: one.title + ("" if one.fits else "（其他等级）") for one in known.values()}
            template.set_options(names, value=next(iter(names), None))

        async def submit() -> None:
            choice = known.get(str(template.value))
            if choice is None:
                ui.notify("请选择模板", type="warning")
                return
            ask, draft, chosen = viewer.ask, viewer.desk.draft, str(incident.value)
            await watch_drafting(progress, choice.title, lambda told: ask(draft, chosen, choice.id, on_progress=told))

        incident.on_value_change(choices)
        with ui.row().classes("actions"):
            button("起草", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.on("hide", dialog.delete)
    await choices()
    dialog.open()
