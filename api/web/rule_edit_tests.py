"""The tests of a rule: their text in an editor, their results after each change, and what to do about failing ones."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from api.errors import HANDLED
from api.web.blocks import button, confirm
from api.web.render import render
from api.web.rule_edit_source import mark_faults, yaml_field
from api.web.rule_editor import RuleEditor
from api.web.shell import html, update
from engine.rule_testing.shift import MovedCases
from engine.rule_testing.tests import RuleTestReport


class TestsEditor:
    """The editor of a rule's tests, with all their results below it."""

    def __init__(self, editor: RuleEditor) -> None:
        self._editor = editor
        self._field = yaml_field(editor.tests, "用例原文", self._typed)
        self._results = html("")

    def redraw(self) -> None:
        """Show the text as it is now, which a button may have changed."""
        self._field.set_value(self._editor.tests)
        self.mark()

    def mark(self) -> None:
        """Bring the faults beside their lines up to date, unless the text has gone on meanwhile."""
        if self._field.value == self._editor.tests:
            mark_faults(self._field, self._editor.check.faults, self._editor.tests_path)

    def show(self, report: RuleTestReport) -> None:
        """All results."""
        update(self._results, render("rule_tests", report=report, unfolded=True))

    async def _typed(self, event: ValueChangeEventArguments[str]) -> None:
        if event.value != self._editor.tests:
            await self._editor.type_tests(event.value)


class TestsSide:
    """The results in short, and buttons that put failing cases right."""

    def __init__(self, editor: RuleEditor, tests: TestsEditor) -> None:
        self._editor = editor
        self._tests = tests
        self._summary = html("").props("role=status aria-live=polite")
        with ui.element("div").classes("actions pad") as self._actions:
            button("运行用例", self.run)
            self._move = button("随门槛移动", self._move_cases, hint="贴着门槛的用例跟着门槛一起移动，数值与用例名同改")
            self._accept = button("按新结果改", self._accept_outcomes, hint="把未通过的用例改为现在的结果，请逐条确认")
        self._show_buttons(failing=False)

    async def run(self) -> None:
        """Run all cases over the texts as they are now."""
        editor = self._editor
        ran = (editor.text, editor.tests)
        try:
            report = await editor.viewer.ask(editor.viewer.desk.run_rule_texts, *ran)
        except HANDLED as error:
            update(self._summary, render("fault", message=str(error), kept=""))
            return
        if self._summary.is_deleted or ran != (editor.text, editor.tests):
            return  # the text has gone on meanwhile, and is run again
        update(self._summary, render("rule_tests_short", report=report))
        self._tests.show(report)
        self._show_buttons(failing=any(not one.ok for one in report.results))

    def _show_buttons(self, *, failing: bool) -> None:
        self._move.set_visibility(failing and bool(self._editor.base[self._editor.path]))
        self._accept.set_visibility(failing)

    async def _move_cases(self) -> None:
        editor = self._editor
        base = editor.base[editor.path] or ""
        found = await editor.viewer.ask(editor.viewer.desk.move_rule_cases, base, editor.text, editor.tests)
        await self._take(found, "没有用例正好贴着改过的门槛；由提及序列组成的用例请逐条核对", ask=None)

    async def _accept_outcomes(self) -> None:
        editor = self._editor
        found = await editor.viewer.ask(editor.viewer.desk.accept_rule_outcomes, editor.text, editor.tests)

        async def ask() -> bool:
            return await confirm("按新结果改", "以下用例会改为现在的结果：" + "；".join(found.moved), yes="改")

        await self._take(found, "没有可以改的用例", ask=ask)

    async def _take(self, found: MovedCases, nothing: str, ask: Callable[[], Awaitable[bool]] | None) -> None:
        if not found.moved:
            ui.notify(nothing, type="warning", multi_line=True)
            return
        if ask is not None and not await ask():
            return
        await self._editor.type_tests(found.text)
        self._tests.redraw()
        ui.notify(f"已改 {len(found.moved)} 个用例", type="positive")
