"""`rules lint`: rules, their tests and the categories together."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.lint import lint_rules
from rules.vocabulary import CATEGORY_TITLES

Writer = Callable[..., Path]

CASES = """\
rule: fee_dispute.surge
cases:
  - name: 八条六个账号就轻微
    kind: hit
    expect: low
    facts: {negative_count_1h: 8, unique_authors_1h: 6}
  - name: 三十条且媒体跟进就严重
    kind: hit
    expect: high
    facts: {negative_count_1h: 30, unique_authors_1h: 6, media_count_24h: 3}
  - name: 少一条就不告警
    kind: near_miss
    expect: none
    misses: low
    facts: {negative_count_1h: 7, unique_authors_1h: 6}
  - name: 平常的一小时
    kind: quiet
    expect: none
    facts: {}
"""


def messages(folder: Path) -> list[str]:
    """What lint says beside the categories that the small folder lacks."""
    return [f"{one.line} {one.message}" for one in lint_rules(folder).faults if "没有规则" not in one.message]


@pytest.fixture
def folder(write: Writer, sound: str) -> Path:
    write(sound)
    return write(CASES, "fee_dispute/surge_test.yaml")


def test_a_rule_with_all_its_tests_is_clean(folder: Path) -> None:
    assert messages(folder) == []


def test_categories_without_a_rule_are_named(folder: Path) -> None:
    found = [one.message for one in lint_rules(folder).faults]
    assert len(found) == len(CATEGORY_TITLES) - 1
    assert "类别“隐私泄露”（privacy_leak）没有规则，请在 privacy_leak/ 下添加" in found
    assert not any("收费争议" in message for message in found)


def test_a_rule_without_tests_is_reported(write: Writer, sound: str) -> None:
    assert messages(write(sound)) == ["1 规则“fee_dispute.surge”没有测试文件，请在旁边添加 surge_test.yaml"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("expect: high", "expect: low", "1 缺少命中“严重”的用例（kind: hit）"),
        ("kind: near_miss\n    expect: none\n    misses: low", "kind: quiet\n    expect: none", "1 缺少差一点的用例"),
        ("rule: fee_dispute.surge", "rule: fee_dispute.other", '1 测试写的是规则 "fee_dispute.other"'),
        ("name: 平常的一小时", "name: 少一条就不告警", "16 用例名“少一条就不告警”重复"),
        ("misses: low", "misses: none", "14 "),
        ("    misses: low\n", "", "11 差一点用例“少一条就不告警”要用 misses"),
        ("facts: {}", "facts: {negative_count: 3}", '19 未知事实 "negative_count"，是否想写'),
        ("facts: {}", "facts: {heat: high}", "19 事实“heat”的值“high”不能比较"),
        ("facts: {}", "series: [{at: soon}]", '19 时长 "soon" 要写成 30m、6h 或 2d'),
        ("    facts: {}\n", "", "16 用例“平常的一小时”要么写 facts，要么写 series"),
        (
            "kind: quiet\n    expect: none",
            "kind: quiet\n    expect: low",
            "16 安静用例“平常的一小时”的 expect 应为 none",
        ),
    ],
)
def test_faults_of_test_files_are_reported_at_their_lines(
    write: Writer, folder: Path, before: str, after: str, message: str
) -> None:
    assert before in CASES
    write(CASES.replace(before, after, 1), "fee_dispute/surge_test.yaml")
    found = messages(folder)
    assert any(text.startswith(message) for text in found), found


def test_a_test_file_without_rule_is_reported(write: Writer, folder: Path) -> None:
    write(CASES, "fee_dispute/gone_test.yaml")
    assert messages(folder) == ["1 旁边没有对应的规则文件，请放到规则旁边，或删去"]


def test_the_report_is_plain_json(folder: Path) -> None:
    report = lint_rules(folder).to_json()
    assert (report["ok"], report["rules"], report["cases"]) == (False, 1, 4)
    assert set(report["faults"][0]) == {"file", "line", "message"}
