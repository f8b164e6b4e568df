"""The fact register of an incident: proposed from mentions, added by hand, confirmed or disputed by people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import ui

from api.web.blocks import ask_text, button
from api.web.fact_answers import ask_question
from api.web.render import render
from api.web.shell import act, html
from engine.facts.register import STANDING_TITLES, RegisterEntry, entries_of
from engine.model import Fact, FactSource, FactStatus
from engine.permissions import Permission
from knowledge.fact_shapes import SHAPES
from knowledge.schema import FACT_TITLES, FactKey
from knowledge.slots import REGISTRY_FACTS

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_NOTHING = "点“从提及中提取”得到候选，或手工登记；确认后声明才会当作事实写出。"
_SOURCES = {"department": "部门告知", "document": "文件材料", "mention": "网上提及"}
_SHOWN = 3
"""Versions of an entry that are shown at once; the rest opens."""


def draw_facts(page: "IncidentPage") -> None:
    """One entry a fact, all that is said of it beneath; what is disputed or waits for a person first."""
    entries = entries_of(page.detail.facts)
    missing = asked_key(page.asked_fact) if page.asked_fact not in {entry.key for entry in entries} else None
    if not entries and not missing:
        html(render("empty", title="还没有登记事实", advice=_NOTHING))
    with ui.element("ul").classes("rows"):
        if missing:
            with _row(page, missing):
                html(render("fact_missing", title=FACT_TITLES[missing]))
        for entry in entries:
            with _row(page, entry.key):
                html(render("fact_entry", entry=entry, standing_titles=STANDING_TITLES))
                _draw_versions(page, entry)
    with ui.element("div").classes("actions pad"):
        if page.viewer.may(Permission.propose_facts):
            button("从提及中提取", lambda: _propose(page), hint="只是候选，需人确认")
        if page.viewer.may(Permission.ask):
            button("问部门", lambda: _ask(page), hint="交给知道的部门核实，有时限")
        if page.viewer.may(Permission.add_fact):
            button("手工登记", lambda: _add(page))


def asked_key(name: str | None) -> FactKey | None:
    """The fact that a link leads here for; None when it names none that people register."""
    return next((key for key in FactKey if key == name and key not in REGISTRY_FACTS), None)


def show_asked(page: "IncidentPage") -> None:
    """Scroll to the fact that a link leads here for, registered or not."""
    if asked_key(page.asked_fact):
        ui.run_javascript("document.querySelector('#facts li.asked')?.scrollIntoView({block: 'center'})")


def _row(page: "IncidentPage", key: str) -> ui.element:
    """The row of a fact, marked when a link leads here for it."""
    row = ui.element("li").props(f'data-entry="{key}"')
    return row.classes("asked") if key == asked_key(page.asked_fact) else row


def _draw_versions(page: "IncidentPage", entry: RegisterEntry) -> None:
    _draw_list(page, entry.versions[:_SHOWN])
    rest = entry.versions[_SHOWN:]
    if rest:
        with ui.expansion(f"其余 {len(rest)} 种说法").classes("small").props("dense"):
            _draw_list(page, rest)


def _draw_list(page: "IncidentPage", versions: Sequence[Fact]) -> None:
    with ui.element("ul").classes("versions"):
        for fact in versions:
            with ui.element("li").props(f'data-fact="{fact.key}"'), ui.element("div").classes("withbutton"):
                html(render("fact", fact=fact, now=page.viewer.now))
                _draw_buttons(page, fact)


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


async def _ask(page: "IncidentPage") -> None:
    if await ask_question(page.viewer, page.id, page.asked_fact):
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
        first = page.asked_fact if page.asked_fact in keys else "complaint"
        key = ui.select(keys, label="事实名目", value=first).props("outlined dense").classes("cd-wide")
        value = ui.input("内容（声明会原样使用）").props("outlined dense").classes("cd-wide")
        shape = ui.label(_shape_of(str(first))).classes("muted small")
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
