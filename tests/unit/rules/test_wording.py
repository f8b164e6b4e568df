"""Rules and explanations in plain Chinese."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rules.cases import full_facts
from rules.explain import explain
from rules.loader import PACKS, load_rules
from rules.schema import Rule
from rules.vocabulary import FactValue, Level
from rules.wording import amount, say_rule

Writer = Callable[..., Path]

DAY = date(2026, 3, 2)
LOGIC = re.compile(r"\b(all|any|and|or|not|True|False|None)\b|>=|<=|==|!=|[&|]")


@pytest.fixture
def rule(write: Writer, sound: str) -> Rule:
    return load_rules(write(sound))[0]


def said(rule: Rule, **facts: FactValue) -> str:
    return explain(rule, full_facts(facts), DAY).text()


def test_a_rule_is_said_one_condition_a_line(rule: Rule) -> None:
    assert say_rule(rule) == "\n".join(
        [
            "收费争议集中爆发（收费争议，第 1 版）",
            "“轻微”：",
            "  - 以下每项都要达到：",
            "    - 最近1小时负面提及达到 8 条",
            "    - 最近1小时发声账号达到 6 个",
            "“严重”：",
            "  - 以下每项都要达到：",
            "    - 最近1小时负面提及达到 30 条",
            "    - 以下有一项即可：",
            "      - 最近24小时媒体发声达到 3 条",
            "      - 热度达到 60.5 分",
        ]
    )


def test_a_level_that_holds_is_explained_with_what_the_next_one_needs(rule: Rule) -> None:
    assert said(rule, negative_count_1h=12, unique_authors_1h=6, heat=41.2) == "\n".join(
        [
            "“收费争议集中爆发”达到“轻微”",
            "  最近1小时负面提及 12 条，达到 8 条的线",
            "  最近1小时发声账号 6 个，达到 6 个的线",
            "到“严重”还需：",
            "  最近1小时负面提及 12 条，还差 18 条到“严重”",
            "  以下有一项即可：①最近24小时媒体发声 0 条，还差 3 条到“严重”；②热度 41.2 分，还差 19.3 分到“严重”",
        ]
    )


def test_what_does_not_fire_is_explained_too(rule: Rule) -> None:
    found = explain(rule, full_facts({"negative_count_1h": 7, "unique_authors_1h": 6}), DAY)
    assert (found.level, found.next_level, found.reached) == (None, Level.low, ())
    assert found.summary == "“收费争议集中爆发”还没有达到“轻微”"
    assert found.needs == ("最近1小时负面提及 7 条，还差 1 条到“轻微”",)


def test_the_highest_level_needs_nothing_more_and_shows_only_what_held(rule: Rule) -> None:
    found = explain(rule, full_facts({"negative_count_1h": 31, "media_count_24h": 3}), DAY)
    assert (found.level, found.next_level, found.needs) == (Level.high, None, ())
    assert found.reached == ("最近1小时负面提及 31 条，达到 30 条的线", "最近24小时媒体发声 3 条，达到 3 条的线")


def test_missing_ranks_and_words_are_said_as_people_say_them() -> None:
    rules = {rule.id: rule for rule in load_rules(PACKS)}
    viral = explain(rules["fee_dispute.viral"], full_facts({"hot_search_rank_24h": 60, "reposts_1h": 10}), DAY)
    assert viral.reached == ("热搜最高排名 60 位，进入前 300 位的线",)
    assert "热搜最高排名 60 位，还要上升 10 位到“中等”" in viral.needs[0]
    quiet = explain(rules["fee_dispute.viral"], full_facts({}), DAY)
    assert "热搜最高排名暂无，到“轻微”要进入前 300 位" in quiet.needs[0]
    notice = explain(rules["fraud_illegal.police_notice"], full_facts({"trigger_severity": 2}), DAY)
    assert notice.needs == ("本条作者类型暂无，到“轻微”要是官方账号、监管机构其中之一",)


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("negative_share_24h", 0.355, "35.5%"),
        ("reposts_1h", 120_000, "12万 次"),
        ("reposts_1h", 12_345, "12345 次"),
        ("trigger_severity", 3, "严重"),
        ("trigger_author_kind", "media", "媒体"),
        ("trigger_negativity", 0.9, "0.9"),
        ("growth_1h", 3.0, "3 倍"),
    ],
)
def test_amounts_carry_their_units(fact: str, value: FactValue, words: str) -> None:
    assert amount(fact, value) == words


def test_no_rule_of_the_pack_is_said_with_logic_terms_or_fact_names() -> None:
    for rule in load_rules(PACKS):
        text = say_rule(rule) + explain(rule, full_facts({}), DAY).text()
        assert not LOGIC.search(text), text
        assert "_" not in text
