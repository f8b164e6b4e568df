"""The form of a rule: each threshold a row in words with a number field, then the texts. It writes into the same YAML
that the editor shows.
"""

from collections.abc import Callable
from functools import partial

from markupsafe import escape
from nicegui import ui

from api.web.rule_editor import RuleEditor
from api.web.rule_form_exemptions import draw_exemptions
from api.web.rule_form_texts import draw_texts
from api.web.shell import html, update
from engine.model import LEVEL_TITLES
from rules.document import Place, parse_document
from rules.errors import BadRulesError, RuleError
from rules.form import ConditionField, FormLine, RuleForm, rule_form
from rules.text_edit import set_value


class RuleFormView:
    """The form over an editor's text. It is drawn anew when it is turned to; while it is used, only marks change."""

    def __init__(self, editor: RuleEditor) -> None:
        self.editor = editor
        self._box = ui.element("div")
        self._notes: dict[Place, ui.html] = {}
        self.redraw()

    def redraw(self) -> None:
        """Draw all fields as the text has them now."""
        self._box.clear()
        self._notes = {}
        with self._box:
            try:
                form = read_form(self.editor.text)
            except RuleError:
                html('<p class="pad note small">原文有写法错误，表单读不出来。请到“原文”里改好标出的那一行。</p>')
                return
            self._draw_levels(form)
            draw_exemptions(self, form)
            draw_texts(self, form)
        self.mark()

    def mark(self) -> None:
        """Say beside each threshold what is wrong with it, and what it is in the rule in force."""
        if not self._notes:
            return
        try:
            document = parse_document("", self.editor.text)
            lines, values = document.lines, {field.place: field.value for field in rule_form(document).conditions()}
            fields = {field.place: field for field in read_form(self.editor.base[self.editor.path] or "").conditions()}
        except BadRulesError:
            lines, values, fields = {}, {}, {}
        faults = {fault.line: fault.message for fault in self.editor.check.faults if fault.file == self.editor.path}
        for place, note in self._notes.items():
            update(note, _note(faults.get(lines.get(place, 0)), fields.get(place), values.get(place)))

    async def set(self, place: Place, value: str | int | float, after: str | None = None) -> None:
        """Change one value; what cannot be changed here is told."""
        await self.apply(lambda text: set_value(text, place, value, after=after))

    async def apply(self, edit: Callable[[str], str]) -> None:
        """Change the text; what cannot be changed here is told."""
        wrong = await self.editor.change(edit)
        if wrong:
            ui.notify(wrong, type="warning", multi_line=True, close_button="知道了")

    def _draw_levels(self, form: RuleForm) -> None:
        for part in form.levels:
            html(f'<div class="form-level"><span class="chip {part.level}">{LEVEL_TITLES[part.level]}</span></div>')
            self.draw_lines(part.lines)

    def draw_lines(self, lines: tuple[FormLine, ...]) -> None:
        """Thresholds and the headings between them."""
        for line in lines:
            row = ui.element("div").classes("form-line").style(f"--depth:{line.depth}")
            with row:
                if isinstance(line, ConditionField):
                    self._draw_field(line)
                else:
                    ui.label(line.words).classes("muted small")

    def _draw_field(self, field: ConditionField) -> None:
        with ui.element("div").classes("form-words"):
            ui.label(f"{field.title}{field.comparison}")
            ui.label(field.spec.meaning + (f"；可填 {field.allowed}" if field.allowed else "")).classes("muted small")
        with ui.element("div").classes("form-value"):
            if field.is_number:
                number = ui.number(value=field.value, step=field.spec.step, on_change=partial(self._typed, field))
                number.props(f'outlined dense debounce=250 aria-label="{field.title}{field.comparison}"')
                unit = field.spec.unit if field.spec.unit and not field.spec.unit[0].isdigit() else ""
                number.props(f'suffix="{unit}"')
            else:
                ui.label(str(field.value)).classes("chip")
                ui.label("在原文中改").classes("muted small")
            self._notes[field.place] = html("")

    async def _typed(self, field: ConditionField, event: object) -> None:
        value = getattr(event, "value", None)
        if isinstance(value, int | float):
            await self.set(field.place, value)


def read_form(text: str) -> RuleForm:
    """The form of a text. Raises BadRulesError when it is no YAML."""
    return rule_form(parse_document("", text))


def _note(fault: str | None, before: ConditionField | None, value: object) -> str:
    if fault:
        return f'<span class="late small">{escape(fault)}</span>'
    if before is not None and before.value != value:
        return f'<span class="chip accent">现行 {before.value:g}</span>' if before.is_number else ""
    return ""
