"""The texts of a rule in its form: what it is called, why, who owns it, when it is reviewed, and its limits."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from nicegui import ui

from api.web.rule_texts import STATUS_MEANINGS, STATUS_TITLES
from rules.form import RuleForm
from rules.schema import RuleStatus
from rules.text_edit import find_node, remove, set_list, set_value

if TYPE_CHECKING:
    from api.web.rule_form import RuleFormView

_TEXTS: Final = (("title", "名称"), ("rationale", "为什么这样定"), ("owner", "负责"))
_DATES: Final = (("effective_from", "生效日期"), ("review_by", "复核日期"))
_NUMBERS: Final = (
    ("cooldown_minutes", "冷却", "分钟", "期间达到同样或更低的等级不再告警", "review_by"),
    ("alert_budget_per_week", "每周告警预算", "次", "超出时提醒负责人，不静音；空着表示不设", "cooldown_minutes"),
    ("quiet_days_before_active", "转为生效前的观察天数", "天", "试运行期间至少这么多天不超预算", "cooldown_minutes"),
)
_LISTS: Final = (
    ("references", "依据（每行一条）", "rationale"),
    ("false_positives", "已知误报（每行一条）", "rationale"),
)


def draw_texts(view: "RuleFormView", form: RuleForm) -> None:
    """Fields below the thresholds."""
    ui.label("说明与限制").classes("form-heading")
    with ui.element("div").classes("form-texts"):
        deprecated = form.texts.get("deprecated")
        told = str(deprecated.get("reason", "")) if isinstance(deprecated, dict) else ""
        _draw_status(view, str(form.texts.get("status", "")), told)
        for name, title in _TEXTS:
            field = ui.input if name != "rationale" else ui.textarea
            box = field(title, value=str(form.texts.get(name, "")), on_change=partial(_text_typed, view, name))
            box.props("outlined dense debounce=250 autogrow").classes("cd-wide")
        for name, title in _DATES:
            box = ui.input(title, value=str(form.texts.get(name, "")), on_change=partial(_date_typed, view, name))
            box.props("outlined dense type=date stack-label").classes("cd-wide")
        for name, title, unit, hint, after in _NUMBERS:
            value = form.texts.get(name)
            number = ui.number(
                title,
                value=value if isinstance(value, int) else None,
                step=1,
                min=0,
                on_change=partial(_number_typed, view, name, after),
            )
            number.props(f'outlined dense debounce=250 suffix="{unit}" hint="{hint}"').classes("cd-wide")
        for name, title, after in _LISTS:
            found = form.texts.get(name)
            items = "\n".join(map(str, found)) if isinstance(found, list) else ""
            area = ui.textarea(title, value=items, on_change=partial(_list_typed, view, name, after))
            area.props("outlined dense debounce=250 autogrow").classes("cd-wide")


def _draw_status(view: "RuleFormView", status: str, told: str) -> None:
    choices = {str(one): f"{STATUS_TITLES[one]}：{STATUS_MEANINGS[one]}" for one in RuleStatus}
    box = ui.select(choices, label="状态", value=status if status in choices else None)
    box.props("outlined dense").classes("cd-wide")
    reason = ui.input("停用原因", value=told, on_change=lambda event: _deprecate(view, str(event.value or "")))
    reason.props("outlined dense debounce=250").classes("cd-wide")
    reason.set_visibility(status == RuleStatus.deprecated)

    async def choose(event: Any) -> None:
        chosen = str(event.value)
        reason.set_visibility(chosen == RuleStatus.deprecated)
        await view.apply(lambda text: with_status(text, chosen, str(reason.value or "")))

    box.on_value_change(choose)


async def _deprecate(view: "RuleFormView", reason: str) -> None:
    await view.apply(lambda text: with_status(text, str(RuleStatus.deprecated), reason))


def with_status(text: str, status: str, reason: str) -> str:
    """A deprecated rule says why; any other says nothing of it."""
    text = set_value(text, ("status",), status)
    told = find_node(text, ("deprecated",)) is not None
    if status != RuleStatus.deprecated:
        return remove(text, ("deprecated",)) if told else text
    if not told:
        text = set_value(text, ("deprecated",), "待填", after="status").replace(
            "deprecated: 待填", "deprecated:\n  reason: 待填写"
        )
    return set_value(text, ("deprecated", "reason"), reason) if reason.strip() else text


async def _text_typed(view: "RuleFormView", name: str, event: Any) -> None:
    value = " ".join(str(event.value or "").split())
    if value:
        await view.set((name,), value)


async def _date_typed(view: "RuleFormView", name: str, event: Any) -> None:
    try:
        chosen = date.fromisoformat(str(event.value))
    except ValueError:
        return  # half typed
    await view.apply(lambda text: set_value(text, (name,), chosen))


async def _number_typed(view: "RuleFormView", name: str, after: str, event: Any) -> None:
    if event.value is not None:
        await view.set((name,), int(event.value), after)
    elif find_node(view.editor.text, (name,)) is not None and name != "cooldown_minutes":
        await view.apply(lambda text: remove(text, (name,)))


async def _list_typed(view: "RuleFormView", name: str, after: str, event: Any) -> None:
    items = [line.strip() for line in str(event.value or "").splitlines() if line.strip()]
    await view.apply(lambda text: set_list(text, (name,), items, after=after))
