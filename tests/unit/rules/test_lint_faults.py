"""One file with many different faults: all of them in one run, each at its line, each saying what to change."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from rules.errors import Fault
from rules.lint import lint_rules, lint_source
from rules.vocabulary import VOCABULARY

Writer = Callable[..., Path]
DAY: Final = date(2026, 11, 22)
NAME: Final = "rules/packs/fee_dispute/surge.yaml"

PLANTED: Final = """\
id: fee_dispute.surge
title: 收
category: fee_disputes
status: active
version: 0
ownr: 合规部
rationale: 短时间内多人同时投诉同一项收费。
false_positives:
  - 促销退费集中到账
effective_from: 2026-01-01
review_by: 2026-05-31
cooldown_minutes: 60m
cooldown_minutes: 60
quiet_days_before_active: 365
levels:
  low:
    all:
      - {fact: mention_rat, op: ">=", value: 8}
      - {fact: unique_authors_1h, op: "=>", value: 6}
      - {fact: heat, op: ">=", value: 250}
      - {fact: negative_share_24h, op: ">=", value: 35}
      - {fact: negative_count_6h, op: ">=", value: 0}
      - {fact: growth_1h, op: ">=", value: 4, on_missing: met}
      - {fact: trigger_author_kind, op: "==", value: medai}
  medium:
    all:
      - {fact: negative_count_1h, op: ">=", value: 20}
      - {fact: negative_count_1h, op: "<", value: 10}
  high:
    all:
      - {fact: negative_count_24h, op: ">=", value: 30}
      - {fact: negative_count_24h, op: ">=", value: 5}
      - any:
          - {fact: hot_search_rank_24h, op: "<=", value: 50}
          - {fact: hot_search_rank_24h, op: "<=", value: 10}
          - {fact: media_count_24h, op: ">=", value: 3}
          - {fact: media_count_24h, op: ">=", value: 3}
unless:
  - reason: 促销退费期
    until: 2026-06-30
    when: {fact: baseline_1h, op: ">=", value: 5}
  - reason: 双十一
    until: 2026-12-31
    levels: [high]
    when: {fact: mention_count_24h, op: "<", value: 20}
"""

TWENTY: Final = {
    1: ['缺少字段 "owner"，请补上', "没有测试文件，请在旁边添加 surge_test.yaml"],
    2: ["太短，至少 2 个字"],
    3: ['是否想写 "fee_dispute"？', "与所在文件夹"],
    4: ["生效的规则要写 alert_budget_per_week"],
    5: ["太小，至少为 1"],
    6: ['未知字段 "ownr"，是否想写 "owner"？'],
    11: ["复核已逾期 175 天（应在 2026-05-31 前复核）"],
    13: ['"cooldown_minutes" 写了两次（先前在第 12 行），请删去一处'],
    14: ["太大，至多为 90"],
    18: ['未知事实 "mention_rat"，是否想写 "mention_count_24h"？'],
    19: ['未知运算符 "=>"，是否想写 ">="？'],
    20: ["取值范围是 0 到 120 分，250 超出范围，请改到范围以内"],
    21: ["取值范围是 0 到 1，35 超出范围，35% 请写成 0.35"],
    22: ["“最近6小时负面提及”的这一条总是成立，请提高门槛或删去；例如最近6小时负面提及 0 条时也成立"],
    23: ['"growth_1h" 总有值，请删去 on_missing'],
    24: ['没有 "medai" 这个值，是否想写 "media"？'],
    25: [
        "“中等”永远达不到：对“最近1小时负面提及”的要求互相矛盾，“最近1小时负面提及达到 20 条”（第 27 行）和"
        "“最近1小时负面提及低于 10 条”（第 28 行）不能同时达到，请改动其中一条；"
        "例如最近1小时负面提及 20 条时，前一条达到，后一条没有达到"
    ],
    32: ["这一条多余：达到“最近24小时负面提及达到 30 条”（第 31 行）就一定达到它，请删去，或改动门槛"],
    35: ["这一项多余：达到它就一定达到“热搜最高排名进入前 50 位”（第 34 行），请删去，或改动门槛"],
    37: ["这一条和第 36 行重复，请删去其中一条"],
    40: ["豁免“促销退费期”已于 2026-06-30 到期，请删去；仍然需要的，请延长 until"],
    42: ["豁免“双十一”不起作用：它的条件达到时，规则本来就达不到，请改动或删去"],
}


def test_every_planted_fault_is_reported_in_one_run_at_its_line() -> None:
    found = lint_source(NAME, PLANTED, None, DAY)
    for line, messages in TWENTY.items():
        at = [fault.message for fault in found if fault.line == line]
        for message in messages:
            assert any(message in one for one in at), (line, message, at)
    assert len(found) == sum(map(len, TWENTY.values()))
    assert len(TWENTY) >= 20


def test_the_folder_and_the_edited_text_give_the_same_faults(write: Writer) -> None:
    folder = write(PLANTED)
    in_folder = [fault for fault in lint_rules(folder, on=DAY).faults if "surge.yaml" in fault.file]
    assert [(one.line, one.message) for one in in_folder] == [
        (one.line, one.message) for one in lint_source(NAME, PLANTED, None, DAY)
    ]


def test_faults_carry_their_examples_in_json_too(write: Writer) -> None:
    faults = lint_rules(write(PLANTED), on=DAY).to_json()["faults"]
    examples = {fault["line"]: fault["example"] for fault in faults if "example" in fault}
    assert examples[22] == {"negative_count_6h": 0}
    assert examples[35] == {"hot_search_rank_24h": 1, "negative_count_24h": 30, "mention_count_24h": 30}
    assert set(examples) == {22, 25, 32, 35, 37, 42}


LOGIC: Final = re.compile(r"\b(and|or|not|true|false|null|None|AND|OR|NOT)\b|布尔|逻辑|表达式|析取|合取|子句|谓词|真值")


def test_no_message_is_said_with_logic_terms() -> None:
    for fault in lint_source(NAME, PLANTED, None, DAY):
        assert not LOGIC.search(fault.message), fault.message


def small(levels: str, **changes: str) -> str:
    """A sound rule with these levels, one level a line."""
    fields = {
        "id": "fee_dispute.surge",
        "title": "收费争议集中爆发",
        "category": "fee_dispute",
        "status": "active",
        "version": "1",
        "owner": "合规部",
        "rationale": "短时间内多人同时投诉同一项收费。",
        "false_positives": "[促销退费集中到账]",
        "effective_from": "2026-01-01",
        "review_by": "2027-05-31",
        "cooldown_minutes": "60",
        "alert_budget_per_week": "5",
    } | changes
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + "levels:\n" + levels


def linted(text: str, on: date | None = DAY) -> list[Fault]:
    return [fault for fault in lint_source(NAME, text, None, on) if "没有测试文件" not in fault.message]


def test_counts_that_go_together_are_known_to_exclude_each_other() -> None:
    (fault,) = linted(
        small(
            "  low:\n    all:\n"
            '      - {fact: unique_authors_24h, op: ">=", value: 20}\n'
            '      - {fact: negative_count_24h, op: "<", value: 15}\n'
        )
    )
    assert fault.message.startswith("“轻微”永远达不到：“最近24小时发声账号”不会多于“最近24小时负面提及”，")
    assert dict(fault.example or {}) == {"unique_authors_24h": 20, "negative_count_24h": 20}


def test_a_count_that_another_one_implies_is_needless() -> None:
    (fault,) = linted(
        small(
            "  low:\n    all:\n"
            '      - {fact: negative_count_1h, op: ">=", value: 10}\n'
            '      - {fact: negative_count_24h, op: ">=", value: 5}\n'
        )
    )
    assert (fault.line, "达到“最近1小时负面提及达到 10 条”（第 16 行）就一定达到它" in fault.message) == (17, True)


def test_a_group_in_which_something_always_holds_is_reported() -> None:
    (fault,) = linted(
        small(
            "  low:\n    all:\n"
            '      - {fact: heat, op: ">=", value: 40}\n'
            "      - any:\n"
            '          - {fact: negative_count_1h, op: ">=", value: 10}\n'
            '          - {fact: negative_count_1h, op: "<", value: 10}\n'
        )
    )
    assert (fault.line, fault.message.startswith("这一组总是成立，请提高门槛或删去：总有一项达到")) == (17, True)


def test_one_item_of_several_that_can_never_be_reached_is_reported_at_its_place() -> None:
    (fault,) = linted(
        small(
            "  low:\n    all:\n"
            '      - {fact: heat, op: ">=", value: 40}\n'
            "      - any:\n"
            '          - {fact: heat, op: "<", value: 30}\n'
            '          - {fact: media_count_24h, op: ">=", value: 1}\n'
        )
    )
    assert (fault.line, fault.message[:15]) == (18, "“轻微”中的这一项永远达不到：")


@pytest.mark.parametrize("op", [">", "<"])
def test_a_threshold_at_the_end_of_the_range_is_reported(op: str) -> None:
    value = {">": 120, "<": 0}[op]
    (fault,) = linted(small(f'  low: {{fact: heat, op: "{op}", value: {value}}}\n'))
    assert "超出了取值范围（0 分 到 120 分），请改动门槛；例如热度" in fault.message
    assert fault.example == {"heat": value}


def test_conditions_that_only_together_exclude_each_other_are_shown_by_facts_that_meet_all_but_one() -> None:
    conditions = [(">=", 1), ("<=", 2), ("!=", 1), ("!=", 2)]
    lines = [f'      - {{fact: negative_count_1h, op: "{op}", value: {value}}}\n' for op, value in conditions]
    (fault,) = linted(small("  low:\n    all:\n" + "".join(lines)))
    assert fault.message == (
        "“轻微”永远达不到：“最近1小时负面提及不是 2 条”（第 19 行）和前面几条不能同时达到，请改动或删去其中一条；"
        "例如最近1小时负面提及 2 条时，前面几条达到，这一条没有达到"
    )
    assert fault.example == {"negative_count_1h": 2}


def test_a_lower_level_that_never_shows_is_reported() -> None:
    (fault,) = linted(
        small(
            '  low:\n    all:\n      - {fact: negative_count_1h, op: ">=", value: 10}\n'
            '      - {fact: heat, op: ">=", value: 40}\n'
            '  high: {fact: unique_authors_1h, op: ">=", value: 0}\n'
        )
    )[1:]
    assert "“轻微”永远不会单独出现" in fault.message


def test_missing_values_may_not_make_a_higher_level_easier() -> None:
    (fault,) = linted(
        small(
            '  low: {fact: hot_search_rank_24h, op: "<=", value: 100}\n'
            '  high: {fact: hot_search_rank_24h, op: "<=", value: 50, on_missing: met}\n'
        )
    )
    assert "“热搜最高排名”没有值时，一个算达到，一个不算，请改成一样" in fault.message
    assert dict(fault.example or {}) == {"hot_search_rank_24h": None}


def test_without_a_day_nothing_is_overdue() -> None:
    text = small('  low: {fact: heat, op: ">=", value: 40}\n', review_by="2026-05-31")
    assert [fault.line for fault in linted(text)] == [10]
    assert linted(text, None) == []
    assert linted(text, date(2026, 5, 31)) == []


EXEMPTION: Final = (
    'unless:\n  - {reason: 促销退费期, until: 2026-12-31, levels: [LEVEL], when: {fact: heat, op: ">=", value: 30}}\n'
)
WARM: Final = '  low: {fact: heat, op: ">=", value: 40}\n'


def test_an_exemption_that_stops_every_case_is_reported() -> None:
    (fault,) = linted(small(WARM + EXEMPTION.replace("LEVEL", "low")))
    assert fault.message.startswith("到 2026-12-31 为止“轻微”永远判不出来：豁免“促销退费期”挡住了它的每一种情形")


def test_an_exemption_names_levels_that_the_rule_has() -> None:
    (fault,) = linted(small(WARM + EXEMPTION.replace("LEVEL", "high")))
    assert fault.message == "这条规则没有“严重”，请从豁免“促销退费期”的 levels 中删去"


def test_a_deprecated_rule_tells_why_and_points_to_a_rule_in_force(write: Writer, sound: str) -> None:
    told = "deprecated: {reason: 并入传播规则, replaced_by: fee_dispute.viral}\n"
    old = sound.replace("status: active", "status: deprecated")
    end = len(sound.splitlines()) + 1
    for text, at, message in [
        (old, 1, "停用的规则要用 deprecated 写明 reason"),
        (old + told, end, '没有规则 "fee_dispute.viral"'),
        (old + told.replace("viral", "surge"), end, "规则不能由自己接替"),
        (sound + told, end, "停用说明 deprecated 请删去"),
    ]:
        found = lint_rules(write(text), on=DAY).faults
        assert any(fault.line == at and message in fault.message for fault in found), (message, found)
    write(
        (old + told).replace("surge", "viral").replace("by: fee_dispute.viral", "by: fee_dispute.surge"),
        "fee_dispute/viral.yaml",
    )
    found = lint_rules(write(old + told), on=DAY).faults
    assert sum("自己也已停用，请改成现在生效的规则" in fault.message for fault in found) == 2


def test_of_two_rules_that_say_the_same_the_later_one_is_needless(write: Writer, sound: str) -> None:
    write(sound)
    folder = write(sound.replace("surge", "wave").replace("集中爆发", "又一次爆发"), "fee_dispute/wave.yaml")
    (fault,) = [fault for fault in lint_rules(folder, on=DAY).faults if "多余" in fault.message]
    assert (fault.file.endswith("wave.yaml"), fault.line) == (True, 1)
    assert (
        "规则“收费争议又一次爆发”多余：它的每一次告警，“收费争议集中爆发”（fee_dispute.surge）都会给出" in fault.message
    )
    assert fault.message.endswith("前者判为“轻微”，后者判为“轻微”")


def test_a_shadow_rule_may_say_what_an_active_one_says(write: Writer, sound: str) -> None:
    write(sound)
    folder = write(sound.replace("surge", "wave").replace("active", "shadow"), "fee_dispute/wave.yaml")
    assert not [fault for fault in lint_rules(folder, on=DAY).faults if "多余" in fault.message]


def test_the_facts_of_regulators_and_pr_are_in_the_vocabulary() -> None:
    wanted = {
        "hot_search_rank_24h",
        "official_count_24h",
        "regulator_count_24h",
        "media_count_24h",
        "unique_authors_1h",
        "unique_authors_24h",
        "active_days_7d",
        "negative_count_7d",
        "growth_24h",
    }
    assert wanted <= set(VOCABULARY)
