"""The form of a knowledge entry: the texts that people change, with what is wrong beside each."""

from bisect import bisect_right
from collections import defaultdict
from functools import partial
from typing import Any

from markupsafe import Markup, escape
from nicegui import ui

from api.web.blocks import button
from api.web.entry_editor import EntryEditor
from api.web.shell import html, update
from engine.knowledge_base.form_kinds import entry_form, new_row
from engine.knowledge_base.forms import Control, FormField, FormSection
from engine.knowledge_base.yaml_edit import add_row, drop
from rules.document import Document, Place, parse_document
from rules.errors import BadRulesError

_BROKEN = '<p class="pad note small">原文有写法错误，表单读不出来。请到“原文”里改好标出的那一行。</p>'


class EntryFormView:
    """The form over an editor's text. It is drawn anew when it is turned to and when a row comes or goes; while it is
    used, only marks change.
    """

    def __init__(self, editor: EntryEditor) -> None:
        self.editor = editor
        self._box = ui.element("div").classes("entry-form")
        self._notes: dict[Place, ui.html] = {}
        self.redraw()

    def redraw(self) -> None:
        """Draw all fields as the text has them now."""
        self._box.clear()
        self._notes = {}
        self.editor.wrong.clear()
        with self._box:
            document = read(self.editor.text)
            if document is None:
                html(_BROKEN)
                return
            for section in entry_form(self.editor.place.kind, document):
                self._draw_section(section)
        self.mark()

    def mark(self) -> None:
        """Say below each field what is wrong with it."""
        found = faults_by_place(self.editor, tuple(self._notes))
        for place, note in self._notes.items():
            wrong = [*([self.editor.wrong[place]] if place in self.editor.wrong else []), *found.get(place, ())]
            update(note, Markup("<br>").join(Markup('<span class="late small">{}</span>').format(one) for one in wrong))

    def _draw_section(self, section: FormSection) -> None:
        with ui.element("div").classes("form-heading withbutton"):
            hint = f' <span class="muted small">{escape(section.hint)}</span>' if section.hint else ""
            html(f"<span>{escape(section.title)}{hint}</span>")
            if section.row is not None:
                button("删去", partial(self._drop, section.row), hint=f"删去{section.title}")
        with ui.element("div").classes("form-texts"):
            for field in section.fields:
                self._draw_field(field)
        if section.adds_to is not None:
            with ui.element("div").classes("actions pad"):
                button("再加一行", partial(self._add, section.adds_to))

    def _draw_field(self, field: FormField) -> None:
        changed = partial(self._typed, field)
        label, value = field.title, field.value
        props = "outlined dense debounce=250"
        box: ui.element
        match field.control:
            case Control.switch:
                box = ui.switch(label, value=bool(value), on_change=changed)
                props = ""
            case Control.choice:
                known = str(value) if str(value) in field.options else None
                box = ui.select(dict(field.options), label=label, value=known, on_change=changed)
                props = "outlined dense"
            case Control.choices:
                box = ui.select(
                    dict(field.options),
                    label=label,
                    value=list(dict.fromkeys(value)),
                    multiple=True,
                    with_input=True,
                    on_change=changed,
                )
                props = "outlined dense use-chips"
            case Control.number:
                number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
                box = ui.number(label, value=number, on_change=changed)
            case Control.line:
                box = ui.input(label, value=str(value), on_change=changed)
            case Control.date:
                box = ui.input(label, value=str(value), on_change=changed)
                props += " type=date stack-label"
            case _:
                shown = "\n".join(value) if field.control is Control.lines else str(value)
                box = ui.textarea(label, value=shown, on_change=changed)
                props += " autogrow" + ("" if field.control is Control.lines else " counter")
        box.props(props).classes("cd-wide")
        if field.hint:
            html(f'<span class="muted small">{escape(field.hint)}</span>')
        self._notes[field.place] = html("")

    async def _typed(self, field: FormField, event: Any) -> None:
        await self.editor.fill(field, event.value)

    async def _add(self, place: Place) -> None:
        await self._rows(await self.editor.edit(lambda text: add_row(text, place, new_row(place))))

    async def _drop(self, place: Place) -> None:
        await self._rows(await self.editor.edit(lambda text: drop(text, place)))

    async def _rows(self, wrong: str | None) -> None:
        if wrong:
            ui.notify(wrong, type="warning", multi_line=True, close_button="知道了")
        else:
            self.redraw()


def read(text: str) -> Document | None:
    """The parsed text; None when it is no YAML."""
    try:
        return parse_document("", text)
    except BadRulesError:
        return None


def faults_by_place(editor: EntryEditor, places: tuple[Place, ...]) -> dict[Place, list[str]]:
    """Each fault at the field in which its line stands; a field goes on until the next value begins."""
    document = read(editor.text)
    found: dict[Place, list[str]] = defaultdict(list)
    if document is None:
        return found
    starts = sorted((line, len(place), place) for place, line in document.lines.items() if place)
    lines = [line for line, _, _ in starts]
    for fault in editor.reading.faults:
        if fault.file != editor.place.file or not lines or fault.line < lines[0]:
            continue
        line = lines[bisect_right(lines, fault.line) - 1]
        standing = [place for at, _, place in starts if at == line]
        shown = next((place for place in places for one in standing if one[: len(place)] == place), None)
        if shown is not None:
            found[shown].append(fault.message)
    return found
