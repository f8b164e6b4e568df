"""The exemptions of a rule in its form: until when, why, and what has to hold; added and taken away one by one."""

import json
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui

from api.web.blocks import button
from engine.model import LEVEL_TITLES, Level
from rules.form import OPERATOR_WORDS, ExemptionForm, RuleForm
from rules.text_edit import add_item, remove, set_value
from rules.vocabulary import VOCABULARY, FactType
from rules.wording import label

if TYPE_CHECKING:
    from api.web.rule_form import RuleFormView

_NUMBER_OPERATORS = (">=", ">", "<=", "<")


def draw_exemptions(view: "RuleFormView", form: RuleForm) -> None:
    """Every exemption with its thresholds, and a button for another one."""
    ui.label("豁免").classes("form-heading")
    if not form.exemptions:
        ui.label("没有豁免。遇到已知的一段时间（如促销退费期），可以加一条有期限的豁免。").classes("muted small pad")
    for one in form.exemptions:
        with ui.element("div").classes("form-exemption"):
            _draw_one(view, one)
    with ui.element("div").classes("actions pad"):
        button("添加豁免", lambda: _add(view))


def _draw_one(view: "RuleFormView", one: ExemptionForm) -> None:
    place = ("unless", one.number)
    with ui.element("div").classes("form-texts"):
        reason = ui.input("原因", value=one.reason, on_change=partial(_reason_typed, view, one.number))
        reason.props("outlined dense debounce=250").classes("cd-wide")
        until = ui.input("到哪一天为止（含）", value=one.until, on_change=partial(_until_typed, view, one.number))
        until.props("outlined dense type=date stack-label").classes("cd-wide")
    levels = "、".join(LEVEL_TITLES[Level(level)] for level in one.levels if level in set(Level)) or "所有等级"
    ui.label(f"期间满足以下条件时，{levels}暂不告警：").classes("muted small pad")
    view.draw_lines(one.lines)

    async def drop() -> None:
        await view.apply(lambda text: remove(text, place))
        view.redraw()

    with ui.element("div").classes("actions pad"):
        button("删除这条豁免", drop)


async def _reason_typed(view: "RuleFormView", number: int, event: Any) -> None:
    if str(event.value or "").strip():
        await view.set(("unless", number, "reason"), str(event.value).strip())


async def _until_typed(view: "RuleFormView", number: int, event: Any) -> None:
    try:
        chosen = date.fromisoformat(str(event.value))
    except ValueError:
        return  # half typed
    await view.apply(lambda text: set_value(text, ("unless", number, "until"), chosen))


async def _add(view: "RuleFormView") -> None:
    """A dialog for one exemption with one condition; more conditions are written in the source."""
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("添加豁免").classes("cd-dialog-title")
        reason = ui.input("原因，如：双十一退费集中到账").props("outlined dense autofocus").classes("cd-wide")
        until = ui.input("到哪一天为止（含）").props("outlined dense type=date stack-label").classes("cd-wide")
        levels = {str(level): ui.checkbox(LEVEL_TITLES[level], value=level is not Level.high) for level in Level}
        numbers = {name: label(name) for name, spec in VOCABULARY.items() if spec.type is not FactType.text}
        fact = ui.select(numbers, label="满足什么条件时豁免", value="heat", with_input=True)
        words = {op: OPERATOR_WORDS[op] for op in _NUMBER_OPERATORS}
        op = ui.select(words, label="比较", value="<")
        value = ui.number("数值", value=45)
        for box in (fact, op, value):
            box.props("outlined dense").classes("cd-wide")
        fault = ui.label("").classes("late small")

        def submit() -> None:
            chosen = [level for level, box in levels.items() if box.value]
            if not str(reason.value or "").strip() or not until.value or value.value is None or not chosen:
                fault.set_text("请填写原因、截止日期和数值，并至少选一个等级")
                return
            dialog.submit(
                _item(str(reason.value).strip(), str(until.value), chosen, str(fact.value), str(op.value), value.value)
            )

        with ui.row().classes("actions"):
            ui.button("添加", on_click=submit).props("dense no-caps unelevated")
            ui.button("取消", on_click=lambda: dialog.submit(None)).props("dense no-caps flat")
    item = await dialog
    dialog.delete()
    if isinstance(item, str):
        await view.apply(lambda text: add_item(text, ("unless",), item, after="cooldown_minutes"))
        view.redraw()


def _item(reason: str, until: str, levels: list[str], fact: str, op: str, value: float) -> str:
    """One exemption as YAML; all levels are named by naming none."""
    named = [] if len(levels) == len(Level) else [f"levels: [{', '.join(levels)}]"]
    lines = [f"reason: {json.dumps(reason, ensure_ascii=False)}", f"until: {until}", *named]
    return "\n".join([*lines, f'when: {{fact: {fact}, op: "{op}", value: {value:g}}}'])
