"""What test cases show of a rule, and what they would notice."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rule_testing.cases import rules_with_cases
from engine.rule_testing.coverage import coverage_report, rule_coverage, verdict_of
from engine.rule_testing.mutation import mutation_report, rule_mutation
from rules.evaluate import condition_holds, level_of
from rules.loader import load_rules, parse_rule
from rules.mutants import mutants
from rules.places import placed_conditions
from rules.schema import Rule
from rules.vocabulary import VOCABULARY, FactType, FactValue
from tests.rules.support import RULE, Made, row, without

DOUBLED = '      - {fact: negative_count_1h, op: ">=", value: 30}\n'


def test_complete_tests_show_every_condition_and_notice_every_change(made: Made) -> None:
    rules, faults = rules_with_cases(made())
    coverage, mutation = coverage_report(rules, faults), mutation_report(rules, faults)
    assert coverage.ok, coverage.text()
    assert coverage.text() == "条件覆盖：1 条规则，1 条达到 100%"
    assert mutation.ok, mutation.text()
    assert mutation.rules[0].tried > 20


@pytest.mark.parametrize(
    ("left_out", "lines", "told"),
    [
        (("正好三十条",), [23], "“严重”的“最近1小时负面提及达到 30 条”：没有用例达到过它"),
        (("到期之后",), [26], "第 1 条豁免（年费集中出账）到期：没有用例说明到期之后恢复告警"),
        (("到期之后", "天天"), [28, 26], "第 1 条豁免的“最近7天活跃天数达到 7 天”：没有用例达到过它"),
    ],
)
def test_a_case_less_leaves_a_gap_with_its_line(
    made: Made, left_out: tuple[str, ...], lines: list[int], told: str
) -> None:
    (rule,), _ = rules_with_cases(made(rows=without(*left_out)))
    gaps = rule_coverage(rule).gaps
    assert [one.line for one in gaps] == lines
    assert gaps[0].text().startswith(f"{gaps[0].file}:{lines[0]} {told}")
    assert gaps[0].file.endswith("fee_dispute/made.yaml")
    assert rule_coverage(rule).percent < 100


def test_a_condition_that_is_met_and_not_met_but_never_decides_is_a_gap(made: Made) -> None:
    rows = [
        row("九条并且热度也不够", "quiet", "none", "negative_count_1h: 9, heat: 20"),
        row("三十条什么都达到了", "hit", "high", "negative_count_1h: 30, heat: 50"),
    ]
    (rule,), _ = rules_with_cases(made(rows=rows))
    gaps = {gap.subject: gap.missing for gap in rule_coverage(rule).gaps}
    told = ("没有用例由它单独决定等级（别的都相同，只差这一项）",)
    assert gaps["“轻微”的“最近1小时负面提及达到 10 条”"] == told


@pytest.mark.parametrize(
    ("left_out", "change", "advice"),
    [
        (
            ("四十分", "天天", "六天", "到期", "二十九"),
            "“轻微”里的“热度达到 40 分”改成“热度超过 40 分”",
            "热度正好 40 分的用例",
        ),
        (("热度差一点",), "“轻微”里的“热度达到 40 分”改成“热度达到 38 分”", "热度正好 39.99 分的用例"),
        (("二十九条",), "“最近1小时负面提及达到 30 条”改成“最近1小时负面提及达到 29 条”", "正好 29 条的用例"),
        (("官方发的",), "改成“本条作者类型是媒体”", "本条作者类型是官方账号的用例"),
        (("监管发的",), "改成“本条作者类型是媒体、官方账号、监管机构其中之一”", "是监管机构的用例"),
        (("到期之后",), "第 1 条豁免（年费集中出账）的到期日改成 2026-07-01", "请加一个 on: 2026-07-01 的用例"),
        (("天天有人说",), "删去第 1 条豁免（年费集中出账）", "请加一个豁免条件成立、等级条件也都达到的用例"),
    ],
)
def test_a_case_less_lets_a_change_survive(made: Made, left_out: tuple[str, ...], change: str, advice: str) -> None:
    (rule,), _ = rules_with_cases(made(rows=without(*left_out)))
    found = rule_mutation(rule)
    survivor = next(one for one in found.survivors if change in one.change)
    assert advice in survivor.advice
    assert f"{survivor.file}:{survivor.line}" in found.text()
    assert found.tried > len(found.survivors)
    assert not found.ok


def test_a_change_that_nothing_could_tell_apart_does_not_count(made: Made) -> None:
    (plain,), _ = rules_with_cases(made())
    (doubled,), _ = rules_with_cases(made(rule=(DOUBLED, DOUBLED * 2)))
    found = rule_mutation(doubled)
    assert found.ok, found.text()  # leaving one of two equal conditions out, or lowering it, changes nothing
    assert found.tried == rule_mutation(plain).tried - 1  # of three changes to one, only raising either is left


def test_failing_tests_are_told_before_anything_is_tried(made: Made) -> None:
    (rule,), _ = rules_with_cases(made(rule=("value: 40}", "value: 50}")))
    found = rule_mutation(rule)
    assert not found.ok
    assert found.tried == 0
    assert "用例“正好十条、热度四十分”本身没有通过，先改好它再检查" in found.text()


def test_a_rule_without_cases_shows_nothing(made: Made) -> None:
    folder = made()
    (folder / "fee_dispute" / "made_test.yaml").unlink()
    (rule,), _ = rules_with_cases(folder)
    assert rule_coverage(rule).percent == 0
    assert len(rule_mutation(rule).survivors) == rule_mutation(rule).tried


def test_findings_alone_can_notice_a_change(made: Made) -> None:
    series = "  - name: 每分钟一条，第十分钟起告警，随后冷却\n    kind: hit\n    expect: low\n"
    series += "    series: [{at: 0m, every: 1m, count: 20, reach: 3000}]\n"
    (timed,), _ = rules_with_cases(made(rows=[series, "    findings: [{at: 9m, level: low}]\n"]))
    noticed = rule_mutation(timed)
    (untimed,), _ = rules_with_cases(made(rows=[series]))
    ten = "“轻微”里的“最近1小时负面提及达到 10 条”改成“最近1小时负面提及达到 9 条”"
    assert noticed.broken is None
    assert ten not in {one.change for one in noticed.survivors}
    assert ten in {one.change for one in rule_mutation(untimed).survivors}


RULES = load_rules()
MADE_RULE, _ = parse_rule("made", RULE)
TRIED = [*([MADE_RULE] if MADE_RULE else []), *RULES[::5]]


@cache
def near_lines(rule_id: str) -> st.SearchStrategy[dict[str, FactValue]]:
    return values_of(next(one for one in TRIED if one.id == rule_id))


def values_of(rule: Rule) -> st.SearchStrategy[dict[str, FactValue]]:
    """Facts on and beside the rule's thresholds."""

    def around(fact: str) -> st.SearchStrategy[FactValue]:
        spec = VOCABULARY[fact]
        if spec.type is FactType.text:
            return st.sampled_from([None, *spec.choices])
        lines = [one.condition.value for one in placed_conditions(rule) if one.condition.fact == fact]
        near = [line + by * spec.step for line in lines if isinstance(line, int | float) for by in (-1, 0, 1)]
        found = [spec.quantise(value) for value in near]
        return st.sampled_from([*found, None] if spec.nullable else found)

    return st.fixed_dictionaries({one.condition.fact: around(one.condition.fact) for one in placed_conditions(rule)})


@given(st.data())
def test_coverage_reads_a_rule_as_the_evaluator_does(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(TRIED))
    values, day = data.draw(near_lines(rule.id)), data.draw(st.sampled_from([date(2026, 6, 30), date(2026, 7, 1)]))
    assert rule.unless or rule is not MADE_RULE
    truths = [condition_holds(one.condition, values[one.condition.fact]) for one in placed_conditions(rule)]
    assert verdict_of(rule, truths, day) is level_of(rule, values, day)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_changed_rule_is_a_rule_unlike_the_original(rule: Rule) -> None:
    found = list(mutants(rule))
    assert all(one.rule != rule for one in found)
    assert len({(one.place, one.change) for one in found}) == len(found)
    assert {one.place for one in found} >= {one.place for one in placed_conditions(rule)}
