"""修改规则: a form and an editor over the same text, checked as it is typed, beside what is in force."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import button, confirm, panel
from api.web.render import render
from api.web.rule_edit_source import SourceEditor
from api.web.rule_edit_tests import TestsEditor, TestsSide
from api.web.rule_editor import RuleEditor
from api.web.rule_form import RuleFormView
from api.web.rule_texts import word_lines
from api.web.shell import Viewer, html, update
from engine.errors import NotAllowed
from engine.permissions import Permission

_TABS = {"form": "表单", "source": "原文", "tests": "用例"}


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one rule that is being edited."""
    if not viewer.may(Permission.propose_release):
        raise NotAllowed("只有合规和分析师可以修改规则；规则页上可以看到现行的内容")
    editor = RuleEditor(viewer, request.path_params["rule_id"])
    await editor.load()
    chosen = request.query_params.get("tab", "form")
    await _EditPage(editor, chosen if chosen in _TABS else "form").draw()


class _EditPage:
    def __init__(self, editor: RuleEditor, tab: str) -> None:
        self.editor = editor
        self.tab = tab

    async def draw(self) -> None:
        with ui.element("div").classes("head edit-head"):
            self.head = html("")
            with ui.element("div").classes("actions side"):
                self.saved = html("").props("role=status aria-live=polite")
                button("放弃改动", self._drop)
                ui.link("与现行规则比较", "/rules/changes").classes("primary")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                self._draw_editors()
            with ui.element("div").classes("col follows"):
                self._draw_side()
        with panel("改前改后", "左边是现行规则，右边是改动之后"):
            self.beside = html("")
        self.editor.on_check = self._show
        self.editor.on_pause = self.cases.run
        await self._show()
        ui.timer(0.1, self.cases.run, once=True)

    def _draw_editors(self) -> None:
        with ui.element("section").classes("panel"):
            with ui.tabs().props("dense no-caps align=left") as tabs:
                shown = {name: ui.tab(name, label=title) for name, title in _TABS.items()}
            with ui.tab_panels(tabs, value=shown[self.tab]).props("keep-alive=false").classes("cd-panels"):
                with ui.tab_panel("form"):
                    self.form = RuleFormView(self.editor)
                with ui.tab_panel("source"):
                    self.source = SourceEditor(self.editor)
                with ui.tab_panel("tests"):
                    self.tests = TestsEditor(self.editor)
        tabs.on_value_change(lambda event: self._turn(str(event.value)))
        self.tabs = tabs

    def _draw_side(self) -> None:
        with panel("检查", order=1, anchor="faults"):
            self.faults = html("").props("aria-live=polite")
        with panel("改成了什么", order=2, anchor="changes"):
            self.changes = html("")
        with panel("用例", order=3, anchor="tests"):
            self.cases = TestsSide(self.editor, self.tests)

    def _turn(self, name: str) -> None:
        """The tab that is turned to shows the text as it is now."""
        if name == "form":
            self.form.redraw()
        if name == "source":
            self.source.redraw()
        if name == "tests":
            self.tests.redraw()

    async def _show(self) -> None:
        editor = self.editor
        if self.head.is_deleted:
            return
        check = editor.check
        before = next(
            (one for one in await editor.viewer.ask(editor.viewer.desk.rules_in_force) if one.id == editor.rule_id),
            None,
        )
        update(self.head, render("rule_edit_head", editor=editor, rule=check.rule or before, is_new=before is None))
        update(self.saved, render("rule_saved", editor=editor))
        update(self.faults, render("rule_faults", faults=check.faults, path=editor.path))
        update(
            self.changes,
            render(
                "rule_changes",
                changes=check.changes,
                two=check.two_people,
                broken=check.rule is None,
                changed=editor.is_changed,
            ),
        )
        old = word_lines(before) if before else ()
        new = word_lines(check.rule) if check.rule else ()
        update(self.beside, render("rule_beside", old=old, new=new, broken=check.rule is None))
        self.form.mark()
        self.source.mark()
        self.tests.mark()

    async def _drop(self) -> None:
        if await confirm("放弃改动", f"{self.editor.rule_id} 的改动会全部丢弃，恢复为现行内容。", yes="放弃改动"):
            await self.editor.drop()
            ui.navigate.to(f"/rules/{self.editor.rule_id}")
