"""The rule's YAML in an editor, with each fault beside its line."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from api.web.rule_editor import RuleEditor
from rules.errors import Fault


class SourceEditor:
    """The editor of a rule's text. What is typed is checked after a pause; the faults then stand beside their lines."""

    def __init__(self, editor: RuleEditor) -> None:
        self._editor = editor
        self._field = yaml_field(editor.text, "规则原文", self._typed)
        self.mark()

    def redraw(self) -> None:
        """Show the text as it is now, which the form may have changed."""
        self._field.set_value(self._editor.text)
        self.mark()

    def mark(self) -> None:
        """Bring the faults beside their lines up to date, unless the text has gone on meanwhile."""
        if self._field.value == self._editor.text:
            mark_faults(self._field, self._editor.check.faults, self._editor.path)

    async def _typed(self, event: ValueChangeEventArguments[str]) -> None:
        if event.value != self._editor.text:
            await self._editor.type_text(event.value)


def yaml_field(text: str, label: str, on_change: Any) -> ui.codemirror:
    """An editor for YAML that fits its panel; Escape then Tab leaves it by keyboard."""
    field = ui.codemirror(
        text, language="YAML", indent="  ", line_wrapping=True, theme="githubLight", on_change=on_change
    )
    return field.classes("cd-editor").props(f'aria-label="{label}"')


def mark_faults(field: ui.codemirror, faults: Iterable[Fault], path: str) -> None:
    """Colour each faulty line and write its message at its end."""
    messages: dict[int, list[str]] = defaultdict(list)
    for fault in faults:
        if fault.file == path:
            messages[fault.line].append(fault.message)
    ends = _line_ends(field.value or "")
    marks: list[dict[str, Any]] = []
    for line, said in sorted(messages.items()):
        number = min(line, len(ends))
        marks.append({"kind": "line", "line": number, "class": "cd-fault-line"})
        note = {"kind": "widget", "position": ends[number - 1], "text": "；".join(said), "class": "cd-fault-note"}
        marks.append(note)
    if list(field.decorations) != marks:
        field.decorations = marks


def _line_ends(text: str) -> list[int]:
    """Where each line ends; an empty text has one line."""
    ends: list[int] = []
    at = -1
    for line in text.split("\n"):
        at += len(line) + 1
        ends.append(at)
    return ends
