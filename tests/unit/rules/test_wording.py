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
            "收费争议集中爆发（收费争议，第 1 版，时间窗口 1小时、24小时）",
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


def made(rule: Rule, **changes: object) -> Rule:
    return Rule.model_validate(rule.model_dump() | changes)


RANKED = {
    "low": {"fact": "hot_search_rank_24h", "op": "<=", "value": 300},
    "medium": {"fact": "hot_search_rank_24h", "op": "<=", "value": 50},
}


def test_missing_ranks_and_words_are_said_as_people_say_them(rule: Rule) -> None:
    ranked = made(rule, levels=RANKED)
    found = explain(ranked, full_facts({"hot_search_rank_24h": 60}), DAY)
    assert found.reached == ("热搜最高排名 60 位，进入前 300 位的线",)
    assert found.needs == ("热搜最高排名 60 位，还要上升 10 位到“中等”",)
    assert explain(ranked, full_facts({}), DAY).needs == ("热搜最高排名暂无，到“轻微”要进入前 300 位",)
    kinds = {"low": {"fact": "trigger_author_kind", "op": "in", "value": ["official", "regulator"]}}
    notice = explain(made(rule, levels=kinds), full_facts({}), DAY)
    assert notice.needs == ("本条作者类型暂无，到“轻微”要是官方账号、监管机构其中之一",)


def test_a_rule_tells_over_which_windows_it_looks(rule: Rule) -> None:
    assert say_rule(made(rule, levels=RANKED)).splitlines()[0].endswith("第 1 版，时间窗口 24小时）")
    base = {"low": {"fact": "baseline_1h", "op": ">=", "value": 5}}
    assert say_rule(made(rule, levels=base)).splitlines()[0].endswith("时间窗口 7天）")
    single = {"low": {"fact": "trigger_severity", "op": ">=", "value": 3}}
    assert say_rule(made(rule, levels=single)).splitlines()[0].endswith("逐条判断）")


def test_a_missing_value_that_counts_is_said_in_the_rule_and_in_the_explanation(rule: Rule) -> None:
    lenient = made(rule, levels={"low": RANKED["low"] | {"on_missing": "met"}})
    assert "  - 热搜最高排名进入前 300 位（没有值时也算达到）" in say_rule(lenient).splitlines()
    found = explain(lenient, full_facts({}), DAY)
    assert found.level is Level.low
    assert found.reached == ("热搜最高排名暂无，按规则没有值时也算达到",)
    assert explain(lenient, full_facts({"hot_search_rank_24h": 301}), DAY).level is None


EXEMPTION = {
    "reason": "促销退费期",
    "until": "2026-03-02",
    "levels": ["high"],
    "when": {"fact": "baseline_1h", "op": ">=", "value": 5},
}
BUSY = {"negative_count_1h": 31, "unique_authors_1h": 20, "media_count_24h": 3, "baseline_1h": 6}


def test_an_exemption_holds_a_level_back_through_its_last_day_and_says_so(rule: Rule) -> None:
    exempt = made(rule, unless=[EXEMPTION])
    found = explain(exempt, full_facts(BUSY), DAY)
    assert found.level is Level.low
    assert found.held_back == ("因“促销退费期”（到 2026-03-02）暂不判为“严重”：平日基线 6 条/小时，达到 5 条/小时的线",)
    assert found.held_back[0] in found.text()
    assert "到“严重”还需" not in found.text()
    (trace,) = found.exemptions
    assert (trace.number, trace.in_force, trace.holds, trace.levels) == (1, True, True, (Level.high,))
    after = explain(exempt, full_facts(BUSY), date(2026, 3, 3))
    assert (after.level, after.held_back) == (Level.high, ())
    assert not after.exemptions[0].in_force
    assert explain(exempt, full_facts(BUSY | {"baseline_1h": 4}), DAY).level is Level.high


def test_an_exemption_without_levels_holds_all_of_them_back(rule: Rule) -> None:
    exempt = made(rule, unless=[EXEMPTION | {"levels": []}])
    found = explain(exempt, full_facts(BUSY), DAY)
    assert (found.level, found.reached) == (None, ())
    assert found.summary == "“收费争议集中爆发”因豁免暂不告警"
    assert found.held_back[0].startswith("因“促销退费期”（到 2026-03-02）暂不判为“轻微”“严重”：")
    assert "因“促销退费期”（到 2026-03-02）暂不告警，只要：" in say_rule(exempt).splitlines()


def test_a_deprecated_rule_says_why_and_what_took_its_place(rule: Rule) -> None:
    told = {"reason": "并入传播规则", "replaced_by": "fee_dispute.viral"}
    old = made(rule, status="deprecated", deprecated=told)
    assert say_rule(old).splitlines()[1] == "已停用：并入传播规则（由 fee_dispute.viral 接替）"


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
