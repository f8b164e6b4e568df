"""分级处置时限与责任部门: who answers for a category at a level, and how soon."""

from pathlib import Path

import pytest

from rules.errors import BadRulesError
from rules.handling import HANDLING, load_handling
from rules.lint import lint_rules
from rules.vocabulary import Category, Level

TABLE = HANDLING.read_text(encoding="utf-8")


def test_the_bundled_table_answers_for_every_category_and_level() -> None:
    table = load_handling()
    for category in Category:
        minutes = []
        for level in Level:
            duty = table.duty(category, level)
            assert duty is not None
            assert duty.department != duty.escalate_to
            minutes.append(duty.within_minutes)
        assert minutes == sorted(minutes, reverse=True)


def test_what_the_table_leaves_out_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "handling.yaml"
    path.write_text("title: 时限表\nowner: 合规部\nversion: 1\ncategories: {}\n", encoding="utf-8")
    assert load_handling(path).duty(Category.fee_dispute, Level.low) is None


def test_faults_of_the_table_are_reported_at_once_with_their_lines_also_by_lint(tmp_path: Path) -> None:
    path = tmp_path / "handling.yaml"
    text = (
        "title: 时限表\nowner: 合规部\nversion: 1\ncategories:\n"
        "  fee_disputes: {}\n"
        "  interest_dispute:\n"
        "    low: {department: 客服, within_minutes: 1, escalate_to: 公关}\n"
        "    sever: {department: 客服, within_minutes: 30, escalate_to: 公关}\n"
        "    high: {departmen: 客服, within_minutes: 30, escalate_to: 公关}\n"
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRulesError) as caught:
        load_handling(path)
    told = {(fault.line, fault.message) for fault in caught.value.faults}
    assert {line for line, _ in told} == {5, 7, 8, 9}
    assert any('是否想写 "fee_dispute"？' in message for line, message in told if line == 5)
    assert (9, '未知字段 "categories.interest_dispute.high.departmen"，是否想写 "department"？') in told
    (tmp_path / "packs").mkdir()
    linted = {(fault.line, fault.message) for fault in lint_rules(tmp_path / "packs").faults}
    assert told <= linted


def test_a_missing_table_is_told_with_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(BadRulesError, match="请在规则文件夹旁边放"):
        load_handling(tmp_path / "handling.yaml")
