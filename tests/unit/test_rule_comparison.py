"""Two rule sets over a history, as a proposal keeps it and a page shows it."""

import json
from collections.abc import Mapping, Sequence

import pytest

from engine.backtesting.comparison import MOST_ROWS, RuleComparison
from engine.backtesting.history import History
from engine.backtesting.rule_comparison import compare_meaning, compare_rules
from engine.rule_set import RuleSet
from rules.handling import load_handling
from rules.schema import Rule
from tests.support.edits import COMMON, FOLDER, edited
from tests.support.history import scripted_history

SURGE = {
    **COMMON,
    "id": "fee_dispute.surge",
    "title": "收费集中爆发",
    "cooldown_minutes": 60,
    "levels": {"low": {"fact": "negative_count_1h", "op": ">=", "value": 10}},
}


def rules(*changes: Mapping[str, object]) -> RuleSet:
    """The small rule with these changes, one rule each."""
    return RuleSet(Rule.model_validate(edited(SURGE, change)) for change in changes)


@pytest.fixture(scope="module")
def history() -> History:
    return scripted_history(FOLDER / "history.yaml")


def texts(ids: Sequence[str]) -> Mapping[str, str]:
    """A store that knows every other mention."""
    return {one: f"扣了会员费\n不给退 {one} " + "长" * 100 for one in ids if one.endswith(("0", "2", "4", "6", "8"))}


def test_rules_do_not_differ_from_themselves(history: History) -> None:
    found = compare_rules(rules({}), rules({}), history)
    assert not found.differs
    assert found.rules == ()
    assert found.decisions is not None
    assert found.decisions.rows == ()
    assert found.decisions.old == found.decisions.new > 0
    assert "规则没有变化" in found.text()


def test_meaning_decisions_history_and_samples_stand_together(history: History) -> None:
    found = compare_rules(rules({}), rules({"levels.low.value": 30}), history, texts=texts)
    assert found.differs
    assert [change.summary for change in found.rules] == ["更难告警"]
    assert found.history is not None
    assert (found.history.name, found.history.digest) == (history.name, history.digest)
    assert found.decisions is not None
    assert found.decisions.counts["lost"] == len([row for row in found.decisions.rows if row.kind == "lost"]) > 0
    samples = [mention for row in found.decisions.rows for mention in row.mentions]
    assert all(len(row.mentions) <= 3 for row in found.decisions.rows)
    shown = [mention.text for mention in samples if mention.text]
    assert shown
    assert all(len(text) <= 80 and "\n" not in text and text.endswith("…") for text in shown)
    assert [mention for mention in samples if mention.text is None]
    assert "不再告警" in found.text()
    assert "例：扣了会员费 不给退" in found.text()


def test_what_is_kept_can_be_read_back(history: History) -> None:
    found = compare_rules(rules({}), rules({"levels.low.value": 30}), history, texts=texts)
    kept = json.loads(json.dumps(found.to_json(), ensure_ascii=False))
    assert RuleComparison.model_validate(kept) == found
    assert kept["rules"][0]["summary"] == "更难告警"


def test_swapping_old_and_new_mirrors_the_counts(history: History) -> None:
    old, new = rules({}), rules({"levels.low.value": 16})
    there, back = compare_rules(old, new, history), compare_rules(new, old, history)
    assert there.decisions is not None
    assert back.decisions is not None
    for one, other in (("gained", "lost"), ("earlier", "later"), ("raised", "lowered")):
        assert there.decisions.counts[one] == back.decisions.counts[other]
        assert there.decisions.counts[other] == back.decisions.counts[one]


def test_rules_on_trial_are_compared_beside_the_alarms(history: History) -> None:
    old, new = rules({"status": "shadow"}), rules({"status": "shadow", "levels.low.value": 16})
    found = compare_rules(old, new, history)
    assert found.decisions is not None
    assert found.on_trial is not None
    assert sum(found.decisions.counts.values()) == 0
    assert sum(found.on_trial.counts.values()) > 0
    assert found.differs
    assert "没有生效的规则（不告警）" in found.text()


def test_a_rule_that_is_switched_on_is_told_by_its_alarms_alone(history: History) -> None:
    found = compare_rules(rules({"status": "shadow"}), rules({}), history)
    assert found.decisions is not None
    assert found.on_trial is not None
    assert found.decisions.counts["gained"] == found.decisions.new > 0
    assert sum(found.on_trial.counts.values()) == 0
    assert found.two_because == ("规则“收费集中爆发”开始告警",)


def test_a_great_many_changes_are_counted_and_the_most_severe_shown(history: History) -> None:
    low = [{"id": f"fee_dispute.r{number}"} for number in range(20)]
    high = {"id": "fee_dispute.loud", "levels": {"high": SURGE["levels"]["low"]}}  # type: ignore[index]
    found = compare_rules(rules({"status": "draft"}), rules(*low, high), history)
    assert found.decisions is not None
    assert len(found.decisions.rows) == MOST_ROWS
    assert sum(found.decisions.counts.values()) == MOST_ROWS + found.decisions.left_out
    assert found.decisions.left_out > 0
    loud = [row for row in found.decisions.rows if row.rule == "fee_dispute.loud"]
    assert len(loud) == found.decisions.by_rule["fee_dispute.loud"]["gained"]
    assert f"另有 {found.decisions.left_out} 处变化没有列出" in found.text()


def test_without_a_history_it_differs_when_a_verdict_could(history: History) -> None:
    assert compare_meaning(rules({}), rules({"levels.low.value": 16})).differs
    assert not compare_meaning(rules({}), rules({"owner": "客服部"})).differs
    assert "没有指定历史" in compare_meaning(rules({}), rules({})).text()


def test_a_file_that_only_reads_otherwise_is_said_to_be_reworded() -> None:
    found = compare_meaning(rules({}), rules({}), rewritten=["fee_dispute.surge"])
    assert [change.summary for change in found.rules] == ["写法有变，判定不变"]
    assert not found.differs


def test_the_table_of_duties_needs_two_people() -> None:
    table = load_handling()
    category, levels = next(iter(table.categories.items()))
    level, duty = next(iter(levels.items()))
    slower = duty.model_copy(update={"within_minutes": duty.within_minutes + 30})
    changed = table.model_copy(update={"categories": {**table.categories, category: {**levels, level: slower}}})
    rule = Rule.model_validate(SURGE)
    found = compare_meaning(RuleSet([rule], table), RuleSet([rule], changed))
    assert len(found.handling) == 1
    assert f"首次响应时限由 {duty.within_minutes} 分钟放宽到 {duty.within_minutes + 30} 分钟" in found.handling[0]
    assert found.two_because == found.handling
    assert "分级处置时限与责任部门" in found.text()
