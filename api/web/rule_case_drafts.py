"""待定用例: what false alarms and missed mentions ask of a rule's tests, to be taken in or discarded."""

from functools import partial

from nicegui import ui

from api.web.blocks import button, confirm, panel
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.permissions import Permission
from engine.rule_testing.drafts import CaseDraft


async def draw_case_drafts(viewer: Viewer, rule_id: str) -> None:
    """A panel with the drafts of one rule; nothing when there are none."""
    drafts = [one for one in await viewer.ask(viewer.desk.case_drafts) if one.rule == rule_id]
    if not drafts:
        return
    lead = "来自误报和漏报；取入后在“修改”的“用例”里，随改动一起提交"
    with panel("待定用例", lead, order=1, anchor="drafts"), ui.element("ul").classes("rows"):
        for draft in drafts:
            with ui.element("li"):
                html(render("case_draft", draft=draft, now=viewer.now))
                if viewer.may(Permission.draft_case):
                    with ui.element("div").classes("actions"):
                        button("取入我的改动", partial(_accept, viewer, draft), main=True)
                        button("丢弃", partial(_discard, viewer, draft))


async def _accept(viewer: Viewer, draft: CaseDraft) -> None:
    if await act(viewer.ask(viewer.desk.accept_case_draft, draft.id), "已取入我的改动") is not None:
        ui.navigate.to(f"/rules/{draft.rule}/edit?tab=tests")


async def _discard(viewer: Viewer, draft: CaseDraft) -> None:
    if await confirm("丢弃待定用例", f"“{draft.case.name}”不会进入用例。", yes="丢弃"):
        await act(viewer.ask(viewer.desk.discard_case_draft, draft.id), "已丢弃")
        ui.navigate.to(f"/rules/{draft.rule}")
