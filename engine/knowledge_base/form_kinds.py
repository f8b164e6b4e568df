"""An entry's file as a form: the texts that people change, each with its place in the file.

Made from the parsed text and not from an entry, so that a file with faults can still be put right in the form.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.knowledge_base.forms import (
    Control,
    FormField,
    FormSection,
    field_at,
    mapping,
    optional_field,
    sequence,
    simple_field,
    texts,
)
from engine.knowledge_base.places import EntryKind
from engine.knowledge_base.template_form import template_form
from engine.model import LEVEL_TITLES, Level
from knowledge.schema import STRATEGY_TITLES, Department
from knowledge.topics import load_topics
from rules.document import Document, Place

_HEAD: Final = (
    ("title", "标题", Control.line),
    ("owner", "责任部门", Control.line),
    ("reviewed_on", "复核日期", Control.date),
)
_STRATEGIES: Final = {str(key): title for key, title in STRATEGY_TITLES.items()}
_LEVELS: Final = {str(key): title for key, title in LEVEL_TITLES.items()}
_DEPARTMENTS: Final = {str(one): str(one) for one in Department}
_GRADES: Final = {one: one for one in ("好转", "平息", "恶化", "长期影响")}
_PER_LINE: Final = "每行一条"
_AFTER: Final = "事件开始后多久，如 40分钟、6小时、3天"

NEW_ROWS: Final[Mapping[str, Mapping[str, str | int | float]]] = {
    "steps": {"after": "1天", "actor": "填写部门", "action": "填写做法", "material": "填写材料"},
    "course": {"after": "1天", "mentions": 0, "negative": 0.5},
}


def entry_form(kind: EntryKind, document: Document) -> tuple[FormSection, ...]:
    """The form of a parsed file; parts that are not understood are left out."""
    data = document.data if isinstance(document.data, dict) else {}
    head = FormSection("基本信息", tuple(simple_field(data, name, title, control) for name, title, control in _HEAD))
    made = _MAKERS[kind](data)
    return (head, *(section for section in made if section.fields or section.adds_to))


def new_row(place: Place) -> Mapping[str, str | int | float]:
    """What a row that is added to a list begins with."""
    return NEW_ROWS[str(place[-1])]


def _playbook(data: dict[str, Any]) -> Iterator[FormSection]:
    yield FormSection("概述", (simple_field(data, "summary", "概述", Control.text),))
    for level in Level:
        plan = mapping(mapping(data.get("plans")).get(str(level)))
        if plan:
            yield FormSection(f"{LEVEL_TITLES[level]}：方案", tuple(_plan_fields(("plans", str(level)), plan)))
    for number, step in enumerate(sequence(data.get("steps"))):
        if isinstance(step, dict):
            place: Place = ("steps", number)
            levels = "、".join(_LEVELS.get(one, one) for one in texts(step.get("levels")))
            yield FormSection(
                f"第 {number + 1} 步",
                (
                    field_at(place, step, "title", "做什么", Control.line),
                    field_at(place, step, "detail", "怎么做", Control.text),
                    field_at(place, step, "department", "部门", Control.choice, options=_DEPARTMENTS),
                    field_at(place, step, "within_minutes", "时限（分钟）", Control.number),
                ),
                hint=f"等级：{levels}" if levels else "",
            )


def _plan_fields(place: Place, plan: dict[str, Any]) -> Iterator[FormField]:
    yield field_at(place, plan, "strategy", "策略", Control.choice, options=_STRATEGIES)
    yield field_at(place, plan, "reason", "理由", Control.text)
    if "goal" in plan:
        yield field_at(place, plan, "goal", "目标", Control.text)
    media, inner = mapping(plan.get("media_plan")), (*place, "media_plan")
    yield field_at(inner, media, "spokesperson", "发言人", Control.line)
    for name, title in (
        ("key_messages", "对外口径"),
        ("channels", "渠道"),
        ("questions", "可能的提问"),
        ("avoid", "不说的话"),
    ):
        yield FormField((*inner, name), title, Control.lines, texts(media.get(name)), _PER_LINE)
    yield FormField((*place, "rectification"), "整改建议", Control.lines, texts(plan.get("rectification")), _PER_LINE)


def _incident(data: dict[str, Any]) -> Iterator[FormSection]:
    yield FormSection(
        "事件",
        (
            simple_field(data, "level", "等级", Control.choice, options=_LEVELS),
            simple_field(data, "occurred_on", "发生日期", Control.date),
            FormField(("platforms",), "平台", Control.lines, texts(data.get("platforms")), _PER_LINE),
            _topics(data),
            simple_field(data, "scale", "规模", Control.line),
            simple_field(data, "summary", "概述", Control.text, hint="120 至 220 字，写明具体数字"),
            simple_field(data, "cause", "起因", Control.text),
            simple_field(data, "turning_point", "转折", Control.text),
        ),
    )
    yield FormSection(
        "处置与结果",
        (
            simple_field(data, "strategy", "策略", Control.choice, options=_STRATEGIES),
            optional_field(
                data,
                "first_response",
                "首次公开回应",
                Control.line,
                "strategy",
                "多久之后，如 3小时；没有公开回应就空着",
            ),
            simple_field(data, "outcome", "结果", Control.text),
            simple_field(data, "outcome_grade", "结果评价", Control.choice, options=_GRADES),
            FormField(("lessons",), "教训", Control.lines, texts(data.get("lessons")), _PER_LINE),
            FormField(("voices",), "当时的声音", Control.lines, texts(data.get("voices")), "每行一句，不写姓名和电话"),
            FormField(
                ("asked_as",),
                "会怎样问起",
                Control.lines,
                texts(data.get("asked_as")),
                "每行一种问法，至多12种，检索时也会用到；可以空着",
                optional=True,
                after="voices",
            ),
        ),
    )
    yield from _rows(data, "steps", "步骤", _STEP_FIELDS)
    yield from _rows(data, "course", "舆情走势", _COURSE_FIELDS)


def _topics(data: dict[str, Any]) -> FormField:
    """The topics, those of the incident's own category first; one that is not known stays until it is taken out."""
    chosen, category = texts(data.get("topics")), data.get("category")
    known = sorted(load_topics().values(), key=lambda topic: topic.category != category)
    options = {one: one for one in chosen} | {one.id: one.title for one in known}
    hint = "至多6个，检索时也会用到；可以空着"
    return FormField(("topics",), "主题词", Control.choices, chosen, hint, options, optional=True, after="platforms")


_STEP_FIELDS: Final = (
    ("after", "多久之后", Control.line, _AFTER),
    ("actor", "由谁", Control.line, ""),
    ("action", "做了什么", Control.text, ""),
    ("material", "材料", Control.line, ""),
)
_COURSE_FIELDS: Final = (
    ("after", "多久之后", Control.line, _AFTER),
    ("mentions", "累计提及", Control.number, "从开始到此刻的条数"),
    ("negative", "负面占比", Control.number, "上一点以来，0 到 1"),
)


def _rows(
    data: dict[str, Any], name: str, title: str, fields: tuple[tuple[str, str, Control, str], ...]
) -> Iterator[FormSection]:
    rows = [row for row in sequence(data.get(name)) if isinstance(row, dict)]
    for number, row in enumerate(rows):
        place: Place = (name, number)
        yield FormSection(
            f"{title} {number + 1}",
            tuple(field_at(place, row, key, label, control, hint) for key, label, control, hint in fields),
            row=place,
            adds_to=(name,) if number == len(rows) - 1 else None,
        )


def _regulation(data: dict[str, Any]) -> Iterator[FormSection]:
    yield FormSection(
        "条款",
        (
            simple_field(data, "document", "文件", Control.line),
            optional_field(data, "issuer", "发文机关", Control.line, "document"),
            simple_field(data, "clause", "条款", Control.line),
            simple_field(data, "duty", "义务", Control.text),
            optional_field(data, "deadline", "时限", Control.line, "duty"),
            simple_field(data, "effective_from", "施行日期", Control.date),
            FormField(
                ("verified",),
                "已与原文逐字核对",
                Control.switch,
                data.get("verified") is True,
                "核对过的条款才会计时；确认随发布由另一人批准",
            ),
        ),
    )


_MAKERS: Final = {
    EntryKind.template: template_form,
    EntryKind.playbook: _playbook,
    EntryKind.incident: _incident,
    EntryKind.regulation: _regulation,
}
