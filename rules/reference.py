"""The reference of rules, written from vocabulary and schema: docs/rules-reference.md (`python -m rules.reference`),
and the same in sections for a page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from rules.case_series import SeriesStep, Spread
from rules.cases import Case, ExpectedFinding
from rules.handling import Duty
from rules.reference_text import CHECKS, FIELDS, HANDLING, INTRODUCTION, TESTS
from rules.schema import MAX_COMBINATIONS, Condition, Deprecation, Exemption, Operator, Rule, RulePart, RuleStatus
from rules.vocabulary import (
    AT_MOST,
    CATEGORY_TITLES,
    CHOICE_TITLES,
    LEVEL_TITLES,
    VOCABULARY,
    FactSpec,
    FactType,
)

REFERENCE: Final = Path(__file__).parent.parent / "docs" / "rules-reference.md"

_TYPES: Final = {FactType.integer: "整数", FactType.number: "数值", FactType.text: "文字"}
_OPERATORS: Final = {
    ">=": "达到",
    ">": "超过",
    "<=": "不超过（用于排名时是“进入前几位”）",
    "<": "低于",
    "==": "正好是",
    "!=": "不是",
    "in": "是其中之一，值写成列表，只用于文字",
}
_STATUSES: Final = {
    RuleStatus.draft: "草稿：照常计算并记录，不告警",
    RuleStatus.shadow: "试运行：照常计算并记录，不告警",
    RuleStatus.active: "生效：告警",
    RuleStatus.deprecated: "停用：不再计算",
}
_HEADER: Final = "# 规则参考\n\n本页由 `python -m rules.reference` 从事实词表与规则格式生成，请勿手改。\n"
_FIELD_HEADS: Final = ("字段", "必填", "含义")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads; cells may hold `code`."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: a title, a text in Markdown (empty: none) and its tables."""

    title: str
    text: str
    tables: tuple[Table, ...] = ()


def sections() -> tuple[Section, ...]:
    """The whole reference, in order."""
    return (
        Section("写法", INTRODUCTION.replace("COMBINATIONS", str(MAX_COMBINATIONS)), _parts(_RULE_PARTS)),
        Section("类别、等级、状态与比较", "", _codes()),
        Section("事实", "", (_facts(),)),
        Section("检查", CHECKS, (_at_most(),)),
        Section("分级处置时限与责任部门", HANDLING, _parts(_HANDLING_PARTS)),
        Section("测试", TESTS, _parts(_CASE_PARTS)),
    )


def reference() -> str:
    """The whole page in Markdown."""
    return "\n".join([_HEADER, *(_markdown(section) for section in sections())])


_RULE_PARTS: Final[dict[str, type[RulePart]]] = {
    "规则的字段": Rule,
    "条件的字段": Condition,
    "豁免（`unless`）的字段": Exemption,
    "停用说明（`deprecated`）的字段": Deprecation,
}
_HANDLING_PARTS: Final[dict[str, type[RulePart]]] = {"每一格的字段": Duty}
_CASE_PARTS: Final[dict[str, type[RulePart]]] = {
    "用例的字段": Case,
    "`series` 每一步的字段": SeriesStep,
    "`spread` 的字段": Spread,
    "`findings` 每一项的字段": ExpectedFinding,
}


def _parts(parts: dict[str, type[RulePart]]) -> tuple[Table, ...]:
    return tuple(
        Table(title, _FIELD_HEADS, tuple((f"`{name}`", _required(part, name), FIELDS[part][name]) for name in fields))
        for title, part in parts.items()
        for fields in (part.model_fields,)
    )


def _required(part: type[RulePart], name: str) -> str:
    return "是" if part.model_fields[name].is_required() else ""


def _codes() -> tuple[Table, ...]:
    return (
        Table("类别", ("代码", "名称"), _coded(CATEGORY_TITLES.items())),
        Table("等级", ("代码", "名称"), _coded(LEVEL_TITLES.items())),
        Table("状态", ("代码", "含义"), _coded(_STATUSES.items())),
        Table("比较", ("写法", "含义"), tuple((f'`"{op}"`', _OPERATORS[op]) for op in get_args(Operator))),
    )


def _coded(titles: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    return tuple((f"`{key}`", title) for key, title in titles)


def _facts() -> Table:
    heads = ("事实", "名称", "窗口", "类型", "单位", "取值", "最小单位", "含义")
    return Table("全部事实", heads, tuple(map(_row, VOCABULARY.values())))


def _row(spec: FactSpec) -> tuple[str, ...]:
    step = "" if spec.type is FactType.text else f"{spec.step:g}"
    kind, window = _TYPES[spec.type], spec.window or ""
    return (f"`{spec.name}`", spec.title, window, kind, spec.unit, _values(spec), step, spec.meaning)


def _values(spec: FactSpec) -> str:
    if spec.type is FactType.text:
        found = "、".join(f"`{choice}` {CHOICE_TITLES[choice]}" for choice in spec.choices)
    else:
        found = f"{spec.minimum:.12g} 到 {spec.maximum:.12g}"
    return f"{found}；可能没有值" if spec.nullable else found


def _at_most() -> Table:
    return Table("不会多于", ("事实", "不会多于"), tuple((f"`{low}`", f"`{high}`") for low, high in AT_MOST))


def _markdown(section: Section) -> str:
    parts = [f"## {section.title}\n", *([section.text] if section.text else []), *map(_table, section.tables)]
    return "\n".join(parts)


def _table(table: Table) -> str:
    lines = [table.heads, ("---",) * len(table.heads), *table.rows]
    return "\n".join([f"### {table.title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
