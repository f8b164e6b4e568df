"""What is said of changes that the fixed edits do not show: days that are over, the table of duties, who approves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from rules.diff import changes_levels, rule_changes
from rules.diff_handling import handling_changes
from rules.handling import Handling
from rules.meaning import Effect
from rules.schema import Rule
from tests.support.edits import COMMON, edited

WHEN = {"fact": "media_count_24h", "op": "<=", "value": 0}
EXEMPT = {"reason": "周年促销退费", "until": "2026-03-10", "levels": ["low"], "when": WHEN}
SURGE = {
    **COMMON,
    "id": "fee_dispute.surge",
    "title": "收费集中爆发",
    "cooldown_minutes": 60,
    "levels": {
        "low": {"fact": "negative_count_1h", "op": ">=", "value": 10},
        "high": {"fact": "negative_count_1h", "op": ">=", "value": 60},
    },
}
AFTER, BEFORE = date(2026, 4, 1), date(2026, 3, 1)


def rule(changes: Mapping[str, Any]) -> Rule:
    return Rule.model_validate(edited(SURGE, changes))


def told(old: Mapping[str, Any], new: Mapping[str, Any], since: date | None) -> tuple[Effect, tuple[str, ...]]:
    (change,) = rule_changes([rule(old)], [rule(new)], since)
    return change.verdict, change.sentences


@pytest.mark.parametrize(
    ("old", "new", "since", "effect", "sentence"),
    [
        ([EXEMPT], [], BEFORE, Effect.easier, "取消豁免“周年促销退费”（“轻微”，原定到 2026-03-10 为止），更容易达到"),
        ([EXEMPT], [], AFTER, Effect.same, "删去豁免“周年促销退费”：已于 2026-03-10 到期，判定不变"),
        (
            [],
            [EXEMPT],
            AFTER,
            Effect.same,
            "增加豁免“周年促销退费”（“轻微”，到 2026-03-10 为止）："
            "最近24小时媒体发声不超过 0 条时不算达到；已经到期，判定不变",
        ),
        (
            [EXEMPT],
            [EXEMPT | {"until": "2026-05-01"}],
            AFTER,
            Effect.harder,
            "豁免“周年促销退费”已于 2026-03-10 到期，重新启用到 2026-05-01，更难达到",
        ),
        (
            [EXEMPT | {"until": "2026-05-01"}],
            [EXEMPT],
            AFTER,
            Effect.easier,
            "豁免“周年促销退费”的截止日由 2026-05-01 提前到 2026-03-10，不再起作用，更容易达到",
        ),
        (
            [EXEMPT],
            [EXEMPT | {"until": "2026-03-20"}],
            AFTER,
            Effect.same,
            "豁免“周年促销退费”的截止日由 2026-03-10 延长到 2026-03-20，都已到期，判定不变",
        ),
        (
            [EXEMPT],
            [EXEMPT | {"levels": []}],
            BEFORE,
            Effect.harder,
            "豁免“周年促销退费”适用的等级由“轻微”改为所有等级，更难达到",
        ),
    ],
)
def test_exemptions_count_from_a_day_on(
    old: list[Any], new: list[Any], since: date, effect: Effect, sentence: str
) -> None:
    assert told({"unless": old}, {"unless": new}, since) == (effect, (sentence,))


def test_an_exemption_of_severe_needs_two_people_while_it_can_still_count() -> None:
    with_it = rule({"unless": [EXEMPT | {"levels": ["high"]}]})
    assert changes_levels([rule({})], [with_it], BEFORE) == ("规则“收费集中爆发”达到“严重”的条件有变",)
    assert changes_levels([rule({})], [with_it], AFTER) == ()


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        ({}, {"levels.low.value": 20}, ()),
        ({}, {"levels.high.value": 50}, ("规则“收费集中爆发”达到“严重”的条件有变",)),
        ({}, {"levels.high.op": ">", "levels.high.value": 59}, ()),
        ({}, {"levels.low": None}, ("规则“收费集中爆发”取消等级“轻微”",)),
        ({}, {"levels.medium": {"fact": "heat", "op": ">=", "value": 60}}, ("规则“收费集中爆发”增加等级“中等”",)),
        ({}, {"category": "system_outage"}, ("规则“收费集中爆发”的类别由“收费争议”改为“系统故障”",)),
        ({}, {"status": "shadow"}, ("规则“收费集中爆发”不再告警",)),
        ({"status": "draft"}, {}, ("规则“收费集中爆发”开始告警",)),
        ({"status": "draft"}, {"status": "shadow", "levels.high.value": 50}, ()),
        ({}, {"owner": "客服部", "cooldown_minutes": 120, "alert_budget_per_week": 3}, ()),
    ],
)
def test_two_people_approve_what_changes_levels(
    old: Mapping[str, Any], new: Mapping[str, Any], reasons: tuple[str, ...]
) -> None:
    assert changes_levels([rule(old)], [rule(new)]) == reasons


def test_rules_that_come_and_go_are_told_in_the_order_of_ids() -> None:
    one, other = rule({"id": "fee_dispute.a"}), rule({"id": "fee_dispute.b", "levels.low.value": 5})
    changes = rule_changes([other], [one])
    assert [(change.rule, change.kind, change.alarms) for change in changes] == [
        ("fee_dispute.a", "added", Effect.easier),
        ("fee_dispute.b", "removed", Effect.harder),
    ]
    assert not [sentence for change in changes for sentence in change.sentences if "改名" in sentence]
    assert changes_levels([other], [one]) == ("规则“收费集中爆发”开始告警", "规则“收费集中爆发”不再告警")


def test_a_masked_change_is_no_change() -> None:
    """What the lower line now leaves out, the higher level holds anyway."""
    loud = {"fact": "negative_count_1h", "op": "<=", "value": 200}
    low = {"fact": "negative_count_1h", "op": ">=", "value": 10}
    assert told({}, {"levels.low": {"any": [low, {"all": [low, loud]}]}}, None) == (
        Effect.same,
        ("写法有变，判定不变",),
    )


def duties(**changes: Any) -> Handling:
    duty = {"department": "客服部", "within_minutes": 60, "escalate_to": "分管副总"} | changes
    table = {"title": "处置时限表", "owner": "合规部", "version": 1, "categories": {"fee_dispute": {"high": duty}}}
    return Handling.model_validate(table)


def test_the_table_of_duties_is_told_cell_by_cell() -> None:
    changed = duties(department="合规部", within_minutes=30, escalate_to="总经理")
    assert handling_changes(duties(), duties()) == ()
    assert handling_changes(duties(), changed) == (
        "收费争议“严重”的责任部门由客服部改为合规部",
        "收费争议“严重”的首次响应时限由 60 分钟收紧到 30 分钟",
        "收费争议“严重”逾期上报由分管副总改为总经理",
    )
    empty = duties().model_copy(update={"categories": {}})
    assert handling_changes(empty, duties()) == ("收费争议“严重”规定由客服部在 60 分钟内首次响应，逾期报分管副总",)
    assert handling_changes(duties(), empty) == ("收费争议“严重”不再规定责任部门与时限（原来是客服部，60 分钟）",)
    assert changes_levels([], [], None, (duties(), changed)) == handling_changes(duties(), changed)
