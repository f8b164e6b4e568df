"""Category × level: what there is, and every gap at its place."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from types import MappingProxyType
from typing import Any

import pytest

from engine.coverage import coverage
from engine.model import Category
from engine.rule_set import RuleSet
from knowledge.loader import FOLDER, Knowledge, load_knowledge
from knowledge.schema import Level, PlaybookStep
from rules.document import read_document
from rules.handling import HANDLING, Handling, load_handling
from rules.loader import load_rules
from rules.schema import RuleStatus

RULES = RuleSet(load_rules())
KNOWLEDGE = load_knowledge()
TABLE = load_handling()
HEADS = ["类别", "等级", "规则", "试行", "责任部门", "首次响应", "逾期报", "策略", "预案", "首步", "模板", "应急声明"]


def told(
    rules: RuleSet = RULES, knowledge: Knowledge = KNOWLEDGE, handling: Handling = TABLE
) -> tuple[tuple[str, int, str], ...]:
    found = coverage(rules, knowledge, handling, read_document(HANDLING)).gaps
    return tuple((gap.file, gap.line, gap.message) for gap in found)


def changed(category: str, level: str, **fields: Any) -> Handling:
    data = TABLE.model_dump(mode="json")
    data["categories"][category][level] |= fields
    return Handling.model_validate(data)


def with_playbook(name: str, **fields: Any) -> Knowledge:
    book = KNOWLEDGE.playbooks[name]
    books: Mapping[str, Any] = {**KNOWLEDGE.playbooks, name: book.model_copy(update=fields)}
    return replace(KNOWLEDGE, playbooks=MappingProxyType(dict(books)))


def below_high(step: PlaybookStep) -> tuple[Level, ...]:
    return tuple(level for level in step.levels if level is not Level.high)


def line_of(file: Path, *marks: str) -> int:
    """The first line with the last mark, each mark looked for below the one before."""
    at, lines = 0, file.read_text(encoding="utf-8").splitlines()
    for mark in marks:
        at = next(number for number in range(at, len(lines)) if mark in lines[number])
    return at + 1


def test_the_bundled_rules_playbooks_and_duties_leave_no_gap() -> None:
    report = coverage(RULES, KNOWLEDGE, TABLE)
    assert report.ok
    assert len(report.rows) == 36
    assert report.text().endswith("每个类别的每个等级都有规则、责任部门、时限、预案和模板")
    assert report.to_json()["ok"] is True


def test_the_table_names_who_answers_how_soon_and_with_which_strategy() -> None:
    report = coverage(RULES, KNOWLEDGE, changed("fee_dispute", "low", department="客服", within_minutes=30))
    row = report.rows[0]
    assert (row.category, row.level, row.department, row.within_minutes) == ("fee_dispute", "low", "客服", 30)
    assert "fee_dispute.surge" in row.rules
    assert row.templates == ("tpl.fee_dispute.service_script",)
    assert row.first_step_minutes == 30
    heads, first, *_ = report.text().splitlines()
    assert heads.split() == HEADS
    assert first.split()[:2] == ["收费争议", "轻微"]


def test_a_level_that_no_active_rule_reaches_is_a_gap() -> None:
    kept = [rule for rule in RULES.rules if rule.category is not Category.impersonation]
    trial = [
        rule.model_copy(update={"status": RuleStatus.shadow})
        for rule in RULES.rules
        if rule.category is Category.impersonation
    ]
    report = coverage(RuleSet([*kept, *trial]), KNOWLEDGE, TABLE)
    assert {gap.message for gap in report.gaps} == {
        f"“仿冒冒用”的“{level}”没有生效的规则，请添加会判到这个等级的规则" for level in ("轻微", "中等", "严重")
    }
    row = next(row for row in report.rows if row.category == "impersonation")
    assert (row.rules, len(row.trial) > 0, row.cells()[2]) == ((), True, "缺")


def test_a_missing_line_of_the_table_is_a_gap_in_its_file() -> None:
    data = TABLE.model_dump(mode="json")
    del data["categories"]["fee_dispute"]["high"]
    (gap,) = told(handling=Handling.model_validate(data))
    assert gap[0].endswith("rules/handling.yaml")
    assert gap[2] == "“收费争议”的“严重”没有责任部门和首次响应时限，请补上这一行"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"department": "客服部"}, "的责任部门“客服部”不在部门之列，请改为：公关、合规"),
        ({"department": "合规", "escalate_to": "合规"}, "逾期仍报给“合规”自己，请改为上一级"),
    ],
)
def test_duties_name_departments_that_are_there_and_somebody_above(fields: dict[str, str], message: str) -> None:
    (gap,) = told(handling=changed("fee_dispute", "medium", **fields))
    assert gap[1] == line_of(HANDLING, "fee_dispute:", "medium:")
    assert message in gap[2]


def test_a_higher_level_may_not_wait_longer_than_a_lower_one() -> None:
    found = told(handling=changed("fee_dispute", "high", within_minutes=600))
    assert any("“严重”的首次响应时限 600 分钟，比“中等”的 " in message for _, _, message in found)


def test_a_step_due_before_the_first_response_is_a_gap_at_the_step() -> None:
    found = told(handling=changed("fee_dispute", "low", within_minutes=45))
    step = next(gap for gap in found if "早于首次响应的 45 分钟" in gap[2])
    assert step[0] == "knowledge/playbooks/fee_dispute.yaml"
    source = (FOLDER / "playbooks" / "fee_dispute.yaml").read_text(encoding="utf-8").splitlines()
    assert "within_minutes: 30" in source[step[1] - 1]


def test_a_category_without_playbook_is_a_gap_at_each_level() -> None:
    books = {name: book for name, book in KNOWLEDGE.playbooks.items() if name != "pb.fee_dispute"}
    found = told(knowledge=replace(KNOWLEDGE, playbooks=MappingProxyType(books)))
    assert {message for _, _, message in found} == {
        f"“收费争议”的“{level}”没有预案，请添加" for level in ("轻微", "中等", "严重")
    }


def test_a_level_without_strategy_or_steps_is_a_gap() -> None:
    book = KNOWLEDGE.playbooks["pb.fee_dispute"]
    fewer = {level: told for level, told in book.plans.items() if level != "high"}
    steps = (step.model_copy(update={"levels": below_high(step)}) for step in book.steps)
    kept = tuple(step for step in steps if step.levels)
    found = told(knowledge=with_playbook("pb.fee_dispute", plans=fewer, steps=kept))
    assert [message for _, _, message in found] == [
        "“收费争议”的“严重”没有应对策略，请补上",
        "“收费争议”的“严重”没有步骤，也就没有办结时限，请补上",
    ]


def test_a_strategy_without_fitting_templates_is_a_gap() -> None:
    templates = {
        name: one
        for name, one in KNOWLEDGE.templates.items()
        if one.category != "fee_dispute" and one.kind != "holding"
    }
    found = told(knowledge=replace(KNOWLEDGE, templates=MappingProxyType(templates)))
    fee = [message for file, _, message in found if "fee_dispute" in file]
    assert "“收费争议”的“严重”的策略是“致歉整改”，没有适用的声明模板，请添加或放宽模板的 strategies" in fee
    assert "“收费争议”的“严重”的策略是“致歉整改”，没有适用的应急声明，请添加或放宽应急声明的 strategies" in fee
    assert not any("轻微" in message and "应急声明" in message for message in fee)


def test_a_folder_of_rules_brings_its_own_table(tmp_path: Path) -> None:
    copytree(HANDLING.parent / "packs" / "fund_safety", tmp_path / "packs" / "fund_safety")
    table = HANDLING.read_text(encoding="utf-8").replace("version: ", "version: 9", 1)
    (tmp_path / "handling.yaml").write_text(table, encoding="utf-8")
    rules = RuleSet.load(tmp_path / "packs")
    assert rules.handling is not None
    assert rules.handling.version > 90
    assert rules.hash != RuleSet(rules.rules, TABLE).hash
