"""Parts of the workbench without a browser: the chart of a comparison, health in words, a rule's words."""

from datetime import UTC, datetime
from typing import Any

import yaml

from api.web.comparison import chart_options
from api.web.rule_chart import alert_options
from api.web.rule_form_texts import with_status
from api.web.rule_texts import health_words, word_lines
from engine.model import Level, Realm
from engine.releases.record import Comparison, HistoryMark
from engine.rule_health import RuleHealth
from rules.loader import PACKS, load_rules
from rules.schema import RuleStatus

RULE = next(rule for rule in load_rules() if rule.id == "fee_dispute.surge")
CHANGE = {
    "kind": "gained",
    "brand": "甲",
    "category": "fee_dispute",
    "rule": "fee_dispute.surge",
    "start": "2026-03-03T17:00:00+00:00",
    "text": "多出一次告警",
    "mentions": [],
}


def comparison(*changes: dict[str, Any]) -> Comparison:
    sides = [{"alerts_per_day": {"fee_dispute.surge": days}} for days in ({}, {"2026-03-04": 1})]
    document = {
        "records": 3,
        "since": "2026-03-01T00:00:00+08:00",
        "until": "2026-03-05T00:00:00+08:00",
        "old": sides[0],
        "new": sides[1],
        "activity": {"fee_dispute": {"2026-03-04": 12}, "privacy_leak": {"2026-03-02": 5}},
        "changes": list(changes),
    }
    mark = HistoryMark(name="h", realm=Realm.live, digest="d")
    return Comparison(old="a" * 32, new="b" * 32, history=mark, counts={}, document=document)


def health(**changes: object) -> RuleHealth:
    quiet = {
        "rule": RULE.id, "title": RULE.title, "status": RuleStatus.active, "owner": "合规部", "alerts_7d": 1,
        "alerts_30d": 2, "last_fired": None, "budget": 2, "usual_per_week": 1.0, "never_fired": False,
        "always_shadowed": False, "shadowed_by": (), "over_budget": False, "drifting": False,
        "shadow_quiet_days": None, "sentences": (),
    }  # fmt: skip
    return RuleHealth.model_validate(quiet | changes)


def test_the_chart_covers_the_whole_history_and_marks_days_that_differ_by_the_chinese_calendar() -> None:
    options = chart_options(comparison(CHANGE))
    assert options is not None
    assert options["xAxis"]["data"] == ["03-01", "03-02", "03-03", "03-04", "03-05"]
    old, new, busy = (one["data"] for one in options["series"])
    assert (old, new) == ([0, 0, 0, 0, 0], [0, 0, 0, 1, 0])
    assert busy == [0, 0, 0, 12, 0]  # only the categories in which something differs
    assert options["series"][1]["markPoint"]["data"][0]["coord"] == ["03-04", 1]


def test_without_a_difference_there_is_no_chart() -> None:
    assert chart_options(comparison()) is None


def test_alerts_are_stacked_by_level_on_chinese_days() -> None:
    now = datetime(2026, 3, 4, 17, tzinfo=UTC)  # the 5th in China
    options = alert_options([(datetime(2026, 3, 3, 16, 30, tzinfo=UTC), Level.high)], now, 3)
    assert options["xAxis"]["data"] == ["03-03", "03-04", "03-05"]
    assert [one["data"] for one in options["series"]] == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_health_is_a_word_with_a_colour_and_what_needs_somebody_comes_first() -> None:
    assert [one.word for one in health_words(RULE, health())] == ["正常"]
    assert [one.word for one in health_words(RULE, None)] == ["不再计算"]
    loud = health_words(RULE, health(over_budget=True, drifting=True, alerts_7d=9))
    assert [(one.word, one.colour) for one in loud] == [("超出预算", "bad"), ("明显变多", "medium")]
    assert health_words(RULE, health(shadow_quiet_days=3))[0].word == "试运行第3/7天"
    assert health_words(RULE, health(shadow_quiet_days=7))[0].word == "试运行满7天，可转生效"


def test_a_rule_in_words_says_each_level_with_its_conditions_below() -> None:
    lines = word_lines(RULE)
    assert [line.level for line in lines if line.level] == list(RULE.levels)
    assert lines[1].words == "以下每项都要达到："
    assert lines[2].depth == lines[1].depth + 1


def test_a_deprecated_rule_says_why_and_an_active_one_says_nothing_of_it() -> None:
    text = (PACKS / "fee_dispute" / "surge.yaml").read_text(encoding="utf-8")
    unnamed = with_status(text, "deprecated", "")
    assert "status: deprecated\ndeprecated:\n  reason: 待填写\n" in unnamed
    named = with_status(unnamed, "deprecated", "并入新规则")
    assert yaml.safe_load(named)["deprecated"] == {"reason": "并入新规则"}
    assert with_status(named, "active", "并入新规则") == text
