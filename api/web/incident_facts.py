"""The fact register of an incident: proposed from mentions, added by hand, confirmed or disputed by people."""

from typing import TYPE_CHECKING

from nicegui import ui

from api.web.blocks import ask_text, button
from api.web.render import render
from api.web.shell import act, html
from engine.model import Fact, FactSource, FactStatus
from engine.permissions import Permission
from knowledge.fact_shapes import SHAPES
from knowledge.schema import FACT_TITLES, FactKey
from knowledge.slots import REGISTRY_FACTS

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_ORDER = {FactStatus.reported: 0, FactStatus.disputed: 1, FactStatus.confirmed: 2}
_NOTHING = "点“从提及中提取”得到候选，或手工登记；确认后声明才会当作事实写出。"
_SOURCES = {"department": "部门告知", "document": "文件材料", "mention": "网上提及"}


def draw_facts(page: "IncidentPage") -> None:
    """What waits for a person first."""
    facts = sorted(page.detail.facts, key=lambda fact: (_ORDER[fact.status], fact.key, fact.id))
    if not facts:
        html(render("empty", title="还没有登记事实", advice=_NOTHING))
    with ui.element("ul").classes("rows"):
        for fact in facts:
            with ui.element("li").props(f'data-fact="{fact.key}"'), ui.element("div").classes("withbutton"):
                html(render("fact", fact=fact, now=page.viewer.now))
                _draw_buttons(page, fact)
    with ui.element("div").classes("actions pad"):
        if page.viewer.may(Permission.propose_facts):
            button("从提及中提取", lambda: _propose(page), hint="只是候选，需人确认")
        if page.viewer.may(Permission.add_fact):
            button("手工登记", lambda: _add(page))


def _draw_buttons(page: "IncidentPage", fact: Fact) -> None:
    viewer = page.viewer
    if fact.source.kind == "registry":
        return
    with ui.element("div").classes("actions"):
        if fact.status is not FactStatus.confirmed and viewer.may(Permission.confirm_fact):
            button("确认", lambda: _confirm(page, fact), main=True)
        if fact.status is not FactStatus.disputed and viewer.may(Permission.dispute_fact):
            button("存疑", lambda: _dispute(page, fact))


async def _confirm(page: "IncidentPage", fact: Fact) -> None:
    await act(page.viewer.ask(page.viewer.desk.confirm_fact, fact.id), "事实已确认")
    await page.refresh()


async def _dispute(page: "IncidentPage", fact: Fact) -> None:
    reason = await ask_text("标为有争议", "为什么存疑", lead=f"{fact.value}")
    if reason:
        await act(page.viewer.ask(page.viewer.desk.dispute_fact, fact.id, reason), "已标为有争议，声明中不会使用")
        await page.refresh()


async def _propose(page: "IncidentPage") -> None:
    found = await act(page.viewer.ask(page.viewer.desk.propose_facts, page.id), "提取完成，请逐条核对")
    if found is not None:
        await page.refresh()


def _shape_of(key: str) -> str:
    """How the value must be worded to read well in every sentence."""
    shape = SHAPES[FactKey(key)]
    return f"{shape.hint}，例如：{shape.example}"


async def _add(page: "IncidentPage") -> None:
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("登记事实").classes("cd-dialog-title")
        keys = {key.value: title for key, title in FACT_TITLES.items() if key not in REGISTRY_FACTS}
        key = ui.select(keys, label="事实名目", value="complaint").props("outlined dense").classes("cd-wide")
        value = ui.input("内容（声明会原样使用）").props("outlined dense").classes("cd-wide")
        shape = ui.label(_shape_of("complaint")).classes("muted small")
        key.on_value_change(lambda event: shape.set_text(_shape_of(str(event.value))))
        kind = ui.select(_SOURCES, label="来源类别", value="department").props("outlined dense").classes("cd-wide")
        ref = ui.input("来源（部门名、文件名或提及编号）").props("outlined dense").classes("cd-wide")

        async def submit() -> None:
            source = FactSource.model_validate({"kind": kind.value, "ref": str(ref.value or "").strip()})
            command = page.viewer.ask(
                page.viewer.desk.add_fact, page.id, str(key.value), str(value.value or "").strip(), source
            )
            if await act(command, "已登记，待确认") is not None:
                dialog.close()
                await page.refresh()

        with ui.row().classes("actions"):
            button("登记", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.open()
