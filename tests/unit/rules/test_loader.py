"""Rule files: every fault at once, each at its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.errors import BadRulesError
from rules.lint import lint_rules
from rules.loader import load_rules
from rules.schema import combinations
from rules.vocabulary import Level

Writer = Callable[..., Path]

MANY_FAULTS = """\
id: fee_dispute.serge
title: 收
category: fee_disputes
status: activ
version: 0
ownr: 合规部
rationale: 太短
false_positives: []
effective_from: 2026-02-31
review_by: someday
cooldown_minutes: -5
cooldown_minutes: 60
levels:
  low:
    all:
      - {fact: mention_rat, op: ">=", value: 8}
      - {fact: unique_authors_1h, op: "=>", value: 6}
      - {fact: negative_count_1h, op: ">=", value: "十"}
      - {fact: heat, op: ">=", value: 250}
      - {fact: negative_share_24h, op: ">=", value: 0.12345}
      - {fact: trigger_author_kind, op: ">", value: media}
      - {fact: trigger_kind, op: "==", value: artikel}
      - {fact: trigger_author_kind, op: in, value: media}
      - {fact: negative_count_6h, op: in, value: [1, 2]}
      - {fact: negative_count_24h, op: ">=", value: true}
      - {fact: negative_count_24h, value: 3}
  medium:
    all:
      - {fact: negative_count_7d, op: ">=", value: 0}
    any: []
  sever:
    all:
      - {fact: negative_count_7d, op: ">=", value: 10}
"""

EXPECTED = {
    1: ['编号 "fee_dispute.serge" 与文件位置不符'],
    2: ["太短"],
    3: ['是否想写 "fee_dispute"？', "与所在文件夹"],
    4: ['是否想写 "active"？'],
    5: ["太小，至少为 1"],
    6: ['未知字段 "ownr"，是否想写 "owner"？'],
    7: ["太短，至少 10 个字"],
    8: ["项数不够，至少 1 项"],
    9: ["没有 2026-02-31 这个日期"],
    10: ["应为日期"],
    12: ['"cooldown_minutes" 写了两次（先前在第 11 行）'],
    16: ['未知事实 "mention_rat"，是否想写 "mention_count_24h"？'],
    17: ['未知运算符 "=>"'],
    18: ['"十" 不是数值'],
    19: ["取值范围是 0 到 120 分，250 超出范围"],
    20: ["以 0.001 为最小单位，0.12345 请写成 0.123"],
    21: ["是文字，不能比大小"],
    22: ['没有 "artikel" 这个值，是否想写 "article"？'],
    23: ["in 的值要写成列表"],
    24: ["是数值，不能用 in"],
    25: ['"True" 不是数值'],
    26: ['缺少字段 "levels.low.all[11].op"'],
    29: ["总是成立，请提高门槛或删去"],
    30: ["同一处不能既写 all 又写 any"],
    31: ['不能是 "sever"'],
}


def faults_of(folder: Path) -> list[tuple[int, str]]:
    with pytest.raises(BadRulesError) as caught:
        load_rules(folder)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_a_sound_file_gives_a_rule_with_levels_from_mild_to_severe(write: Writer, sound: str) -> None:
    (rule,) = load_rules(write(sound))
    assert rule.id == "fee_dispute.surge"
    assert list(rule.levels) == [Level.low, Level.high]


def test_a_file_with_two_dozen_different_faults_reports_them_all_in_one_run_at_their_lines(write: Writer) -> None:
    found = faults_of(write(MANY_FAULTS))
    for line, messages in EXPECTED.items():
        for message in messages:
            assert any(message in text for at, text in found if at == line), (line, message, found)
    assert (1, '缺少字段 "owner"，请补上') in found
    assert len(found) == sum(map(len, EXPECTED.values())) + 1


def test_faults_of_several_files_are_shown_together(write: Writer, sound: str) -> None:
    write(sound.replace("unique_authors_1h", "unique_autors_1h"))
    folder = write(sound.replace("version: 1", "version: x"), "fee_dispute/other.yaml")
    with pytest.raises(BadRulesError, match="规则文件有 3 处错误") as caught:
        load_rules(folder)
    assert 'fee_dispute/surge.yaml:18 未知事实 "unique_autors_1h"，是否想写 "unique_authors_1h"？' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "文件是空的"),
        ("- a\n- b\n", 1, "文件顶层应为“字段: 值”"),
        ("id: a\nop: >=\n", 2, '写作 ">="'),
        ("id: a\nop: != 3\n", 2, '写作 "!="'),
        ("id: a\n\tb: 1\n", 2, "不能用制表符缩进"),
        ("a: &x 1\nb: *x\n", 2, "不支持别名"),
        ("id: \x07\n", 1, "控制字符"),
        ("[" * 5000, 1, "嵌套太深"),
    ],
)
def test_what_is_no_yaml_is_reported_with_its_line(write: Writer, text: str, line: int, message: str) -> None:
    (fault,) = faults_of(write(text))
    assert fault[0] == line
    assert message in fault[1]


def test_a_file_in_another_encoding_is_reported(tmp_path: Path) -> None:
    (tmp_path / "fee_dispute").mkdir()
    (tmp_path / "fee_dispute" / "surge.yaml").write_bytes("id: a\ntitle: 收费".encode("gbk"))
    assert faults_of(tmp_path) == [(2, "文件不是 UTF-8 编码")]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [(1, "没有找到规则文件")]


def test_an_id_may_be_used_once(write: Writer, sound: str) -> None:
    write(sound)
    found = faults_of(write(sound, "copy/fee_dispute/surge.yaml"))
    assert [message for _, message in found if "已用于" in message]


def test_more_combinations_than_people_can_read_are_refused(write: Writer, sound: str) -> None:
    group = "      - any:\n" + "".join(
        f'          - {{fact: negative_count_24h, op: ">=", value: {n}}}\n' for n in (10, 20, 30, 40)
    )
    found = faults_of(write(sound.replace("  high:\n    all:\n", "  high:\n    all:\n" + 3 * group)))
    assert any("128 种条件组合，最多 63 种" in message for _, message in found)


EXEMPTION = """\
unless:
  - reason: 促销退费期
    until: 2026-12-31
    levels: [high]
    when: {fact: baseline_1h, op: ">=", value: 5}
"""


def test_what_a_rule_may_leave_out_has_its_default(write: Writer, sound: str) -> None:
    (rule,) = load_rules(write(sound.replace("alert_budget_per_week: 5\n", "")))
    assert (rule.alert_budget_per_week, rule.quiet_days_before_active, rule.deprecated, rule.unless) == (
        None,
        7,
        None,
        (),
    )


def test_exemptions_and_missing_values_are_read(write: Writer, sound: str) -> None:
    lenient = sound.replace(
        '{fact: heat, op: ">=", value: 60.5}',
        '{fact: hot_search_rank_24h, op: "<=", value: 50, on_missing: met}',
    )
    (rule,) = load_rules(write(lenient + EXEMPTION))
    (exemption,) = rule.unless
    assert (exemption.reason, str(exemption.until), exemption.levels) == ("促销退费期", "2026-12-31", (Level.high,))
    assert combinations(rule.levels[Level.high]) == 3


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("reason: 促销退费期", "reason: 促", '字段 "unless[1].reason" 太短'),
        ("until: 2026-12-31", "until: 年底", "应为日期"),
        ("    until: 2026-12-31\n", "", '缺少字段 "unless[1].until"，请补上'),
        ("levels: [high]", "levels: [hihg]", '是否想写 "high"？'),
        ("fact: baseline_1h", "fact: basline_1h", '未知事实 "basline_1h"，是否想写 "baseline_1h"？'),
        ("value: 5}\n", "value: 5, on_missing: met}\n", '"baseline_1h" 总有值，请删去 on_missing'),
        ("value: 5}\n", "value: 5, on_missing: maybe}\n", "可用：not_met、met"),
        ("levels: [high]", "levels: [medium]", "这条规则没有“中等”"),
        ("alert_budget_per_week: 5", "alert_budget_per_week: 5次", "应为整数，不带单位"),
        ("alert_budget_per_week: 5", "alert_budget_per_week: 0", "太小，至少为 1"),
        ("cooldown_minutes: 60", "cooldown_minutes: 60\nquiet_days_before_active: -1", "太小，至少为 0"),
        ("review_by: 2026-12-31", "review_by: 2025-12-31", "review_by（复核日期）要晚于 effective_from（生效日期）"),
        ("value: 8}", 'value: "8条"}', '"8条" 不是数值，请只写数字 8，不写单位'),
        ("fact: heat,", "fact: negative_share_24h,", "60.5% 请写成 0.605"),
        ("value: 60.5}", 'value: "60.5％"}', "请只写数字 60.5，不写单位"),
    ],
)
def test_what_is_wrong_with_the_newer_fields_is_told_with_what_to_write(
    write: Writer, sound: str, before: str, after: str, message: str
) -> None:
    text = sound + EXEMPTION
    assert before in text
    found = [fault.message for fault in lint_rules(write(text.replace(before, after, 1))).faults]
    assert any(message in one for one in found), found


def test_an_exemption_has_no_more_combinations_than_people_can_read(write: Writer, sound: str) -> None:
    pair = '{any: [{fact: heat, op: ">=", value: 30}, {fact: baseline_1h, op: ">=", value: 5}]}'
    many = EXEMPTION.replace('{fact: baseline_1h, op: ">=", value: 5}', f"{{all: [{', '.join([pair] * 6)}]}}")
    assert any("这条豁免有 64 种条件组合，最多 63 种" in message for _, message in faults_of(write(sound + many)))
