"""The tests of a rule in an editor, and their results after each change."""

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from api.web.blocks import button
from api.web.render import render
from api.web.rule_edit_source import mark_faults, yaml_field
from api.web.rule_editor import RuleEditor
from api.web.shell import html, update


def draw_tests(editor: RuleEditor) -> "TestsEditor":
    """The tab of a rule's tests."""
    return TestsEditor(editor)


class TestsEditor:
    """The editor of a rule's tests. Cases run when asked for, because a series takes a moment."""

    def __init__(self, editor: RuleEditor) -> None:
        self._editor = editor
        self._field = yaml_field(editor.tests, "用例原文", self._typed)
        with ui.element("div").classes("actions pad"):
            button("运行用例", self._run, main=True)
            self._state = html('<span class="muted small">改动后请再运行一次</span>')
        self._results = html("")
        self._ran: tuple[str, str] | None = None
        self.show()

    def show(self) -> None:
        """Bring the faults up to date, and say when the results are those of an earlier text."""
        editor = self._editor
        if self._field.value == editor.tests:
            mark_faults(self._field, editor.check.faults, editor.tests_path)
        if self._ran is not None and self._ran != (editor.text, editor.tests):
            update(self._state, '<span class="chip medium">规则或用例在这之后改过，请再运行一次</span>')

    async def _typed(self, event: ValueChangeEventArguments[str]) -> None:
        if event.value != self._editor.tests:
            await self._editor.type_tests(event.value)

    async def _run(self) -> None:
        editor = self._editor
        ran = (editor.text, editor.tests)
        update(self._state, '<span class="muted small">正在运行…</span>')
        report = await editor.viewer.ask(editor.viewer.desk.run_rule_texts, *ran)
        self._ran = ran
        failed = sum(not one.ok for one in report.results)
        good = f"{len(report.results)} 个用例全部通过" if report.ok else f"{failed} 个用例未通过"
        update(self._state, f'<span class="chip {"good" if report.ok else "bad"}">{good}</span>')
        update(self._results, render("rule_tests", report=report))
