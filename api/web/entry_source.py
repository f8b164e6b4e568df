"""Faults beside the lines of an entry's source."""

from nicegui import ui

from api.web.entry_editor import EntryEditor
from api.web.rule_edit_source import mark_faults
from rules.errors import Fault


def mark_lines(field: ui.codemirror, editor: EntryEditor) -> None:
    """Colour each faulty line and write its message at its end, unless the text has gone on meanwhile."""
    if field.value == editor.text:
        faults = [Fault(one.file, one.line, one.message) for one in editor.reading.faults]
        mark_faults(field, faults, editor.place.file)
