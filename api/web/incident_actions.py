"""What a person decides about an incident as a whole: level, close, reopen, merge, false alarm."""

from typing import TYPE_CHECKING, Any

from nicegui import ui

from api.web.blocks import ask_text, button
from api.web.shell import act
from engine.model import LEVEL_TITLES, IncidentStatus, Level
from engine.permissions import Permission

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_WORKED_ON = frozenset({IncidentStatus.open, IncidentStatus.calmed})


def draw_actions(page: "IncidentPage") -> None:
    """Only what this viewer may do in this state."""
    may, status, desk = page.viewer.may, page.detail.row.incident.status, page.viewer.desk
    if status in _WORKED_ON:
        if may(Permission.set_level):
            button("调整等级", lambda: _set_level(page))
        if may(Permission.close):
            button("关闭事件", lambda: _with_reason(page, "关闭事件", desk.close_incident, "事件已关闭，可以复盘入库"))
        if may(Permission.false_alarm):
            button("标为误报", lambda: _with_reason(page, "标为误报", desk.false_alarm, "已标为误报，已生成待定用例"))
        if may(Permission.merge):
            button("并入其他事件", lambda: _merge(page))
    elif status is IncidentStatus.closed and may(Permission.reopen):
        button("重新打开", lambda: _with_reason(page, "重新打开", desk.reopen, "事件已重新打开"))


async def _with_reason(page: "IncidentPage", title: str, command: Any, done: str) -> None:
    reason = await ask_text(title, "理由（会写入时间线）", lead=page.detail.row.incident.title)
    if reason:
        await act(page.viewer.ask(command, page.id, reason), done)
        await page.refresh()


async def _set_level(page: "IncidentPage") -> None:
    incident = page.detail.row.incident
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("调整等级").classes("cd-dialog-title")
        choices = {level.value: LEVEL_TITLES[level] for level in Level}
        level = ui.radio(choices, value=incident.level.value).props("inline")
        reason = ui.input("理由（会写入时间线）").props("outlined dense autofocus").classes("cd-wide")

        async def submit() -> None:
            command = page.viewer.ask(
                page.viewer.desk.set_level, page.id, Level(str(level.value)), str(reason.value or "").strip()
            )
            if await act(command, "等级已调整") is not None:
                dialog.close()
            await page.refresh()

        reason.on("keydown.enter", submit)
        with ui.row().classes("actions"):
            button("调整", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.open()


async def _merge(page: "IncidentPage") -> None:
    incident = page.detail.row.incident
    rows = await page.viewer.ask(page.viewer.reads.incidents, incident.realm, list(_WORKED_ON))
    others = {
        row.incident.id: row.incident.title
        for row in rows
        if row.incident.id != incident.id and row.incident.brand == incident.brand
    }
    if not others:
        ui.notify("该品牌没有其他进行中的事件可以并入", type="info")
        return
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("并入其他事件").classes("cd-dialog-title")
        into = ui.select(others, label="并入", value=next(iter(others))).props("outlined dense").classes("cd-wide")
        reason = ui.input("理由（会写入时间线）").props("outlined dense").classes("cd-wide")

        async def submit() -> None:
            command = page.viewer.ask(page.viewer.desk.merge, page.id, str(into.value), str(reason.value or "").strip())
            if await act(command, "已并入") is not None:
                dialog.close()
            await page.refresh()

        with ui.row().classes("actions"):
            button("并入", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.open()
