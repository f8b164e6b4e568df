"""docs/rules-reference.md is written from vocabulary and schema, and its examples are what the loaders read."""

import re
from datetime import date

import yaml

from rules.cases import parse_cases
from rules.errors import Fault
from rules.lint import lint_source
from rules.reference import REFERENCE, reference, sections
from rules.reference_text import FIELDS
from rules.vocabulary import CHOICE_TITLES, VOCABULARY


def test_the_page_is_what_vocabulary_and_schema_say() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "运行 python -m rules.reference"


def test_every_field_of_the_schema_is_told_and_no_other() -> None:
    for part, told in FIELDS.items():
        assert set(told) == set(part.model_fields), part


def test_every_fact_has_a_title_a_meaning_and_named_choices() -> None:
    for spec in VOCABULARY.values():
        assert spec.title
        assert spec.meaning
        assert all(choice in CHOICE_TITLES for choice in spec.choices)


def test_no_two_facts_share_a_title() -> None:
    assert len({spec.title for spec in VOCABULARY.values()}) == len(VOCABULARY)


def test_the_tables_have_a_cell_under_each_head() -> None:
    tables = [table for section in sections() for table in section.tables]
    assert {"规则的字段", "全部事实", "类别", "不会多于", "用例的字段"} <= {table.title for table in tables}
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.heads)}, table.title
        assert not any("|" in cell or "\n" in cell for row in table.rows for cell in row)


def examples() -> list[str]:
    """The YAML blocks of the page: a rule's levels, and a test file."""
    return re.findall(r"```yaml\n(.*?)```", reference(), flags=re.DOTALL)


def test_the_examples_are_read_without_fault() -> None:
    levels, cases = examples()
    loaded, faults = parse_cases("rules/packs/fee_dispute/surge_test.yaml", cases)
    assert (loaded is not None, faults) == (True, [])
    head = {
        "id": "fee_dispute.surge",
        "title": "收费争议集中爆发",
        "category": "fee_dispute",
        "status": "shadow",
        "version": 1,
        "owner": "合规部",
        "rationale": "短时间内多人同时投诉同一项收费。",
        "false_positives": ["促销退费集中到账"],
        "effective_from": date(2026, 1, 1),
        "review_by": date(2026, 12, 31),
        "cooldown_minutes": 60,
    }
    text = yaml.safe_dump(head, allow_unicode=True) + levels
    assert said(lint_source("rules/packs/fee_dispute/surge.yaml", text, None, date(2026, 3, 1))) == []


def said(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.message for fault in faults if "没有测试文件" not in fault.message]
