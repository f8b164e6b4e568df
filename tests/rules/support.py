"""One made-up rule with an exemption, its tests, and the pack with its tests."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from engine.rule_testing.cases import RuleWithCases, rules_with_cases

RULE = """\
id: fee_dispute.made
title: 收费争议示例
category: fee_dispute
status: draft
version: 1
owner: 合规部
rationale: 只用于说明测试文件怎样写、怎样检查。
references: [《消费金融公司管理办法》]
false_positives: [促销退费集中到账]
effective_from: 2026-01-01
review_by: 2026-12-31
cooldown_minutes: 60
alert_budget_per_week: 5
levels:
  low:
    all:
      - {fact: negative_count_1h, op: ">=", value: 10}
      - any:
          - {fact: heat, op: ">=", value: 40}
          - {fact: trigger_author_kind, op: in, value: [media, official]}
  high:
    all:
      - {fact: negative_count_1h, op: ">=", value: 30}
unless:
  - reason: 年费集中出账
    until: 2026-06-30
    levels: [low]
    when: {fact: active_days_7d, op: ">=", value: 7}
"""


def row(name: str, kind: str, expect: str, facts: str, more: str = "") -> str:
    """One case."""
    return f"  - {{name: {name}, kind: {kind}, expect: {expect}, {more}facts: {{{facts}}}}}\n"


HEAD = "rule: fee_dispute.made\ncases:\n"
TEN = "negative_count_1h: 10, "
EVERY_DAY = "negative_count_1h: 10, heat: 40, active_days_7d: "
ROWS = (
    row("正好十条、热度四十分", "hit", "low", TEN + "heat: 40"),
    row("九条还不够十条的线", "near_miss", "none", "negative_count_1h: 9, heat: 40", "misses: low, "),
    row("热度差一点到四十分", "near_miss", "none", TEN + "heat: 39.9", "misses: low, "),
    row("十条里有一条是媒体发的", "hit", "low", TEN + "trigger_author_kind: media"),
    row("十条里有一条官方发的", "hit", "low", TEN + "trigger_author_kind: official"),
    row("十条都是个人账号发的", "near_miss", "none", TEN + "trigger_author_kind: personal", "misses: low, "),
    row("十条里有一条监管发的", "near_miss", "none", TEN + "trigger_author_kind: regulator", "misses: low, "),
    row("正好三十条达到严重", "hit", "high", "negative_count_1h: 30"),
    row("二十九条还差一条", "near_miss", "low", "negative_count_1h: 29, heat: 40", "misses: high, "),
    row("年费出账期间天天有人说", "quiet", "none", EVERY_DAY + "7", "on: 2026-06-30, "),
    row("出账期间只说了六天", "hit", "low", EVERY_DAY + "6", "on: 2026-06-30, "),
    row("豁免到期之后照常告警", "hit", "low", EVERY_DAY + "7", "on: 2026-07-01, "),
)

Made = Callable[..., Path]


@cache
def pack() -> tuple[RuleWithCases, ...]:
    """The pack's rules with their cases."""
    rules, faults = rules_with_cases()
    assert not faults
    return rules


def without(*names: str) -> list[str]:
    """The cases but for those whose names have one of these words."""
    assert all(any(name in one for one in ROWS) for name in names)
    return [one for one in ROWS if not any(name in one for name in names)]
