"""Cases go along with a moved threshold, or take over what came out; everything else stays as people wrote it."""

from pathlib import Path

import pytest

from engine.rule_testing.shift import accept_outcomes, move_cases
from engine.rule_testing.tests import run_source_tests
from rules.loader import PACKS
from rules.text_edit import set_value

RULE = PACKS / "privacy_leak" / "surge.yaml"
LOW_COUNT = ("levels", "low", "all", 0, "value")
TESTS = """\
rule: fee_dispute.made
cases:
  - name: 一小时 10 条，刚好达到  # 贴着线
    kind: hit
    expect: low
    facts: {negative_count_1h: 10}
  - name: 一小时 9 条，差一条
    kind: near_miss
    expect: none
    misses: low
    facts: {negative_count_1h: 9}
  - name: 一小时 30 条，早就超过
    kind: hit
    expect: low
    facts: {negative_count_1h: 30}
  - name: 十二条接连到来，报一次
    kind: hit
    expect: low
    series: ["12"]
    at: {12m: low}
    findings: [{at: 10m, level: low}]
"""


def made(value: int) -> str:
    text = RULE.read_text(encoding="utf-8").replace("privacy_leak", "fee_dispute").replace(".surge", ".made")
    head = text[: text.index("levels:")]
    return head + f'levels:\n  low: {{fact: negative_count_1h, op: ">=", value: {value}}}\n'


def failing(rule: str, tests: str) -> list[str]:
    report = run_source_tests(rule, tests)
    assert report.faults == ()
    return [one.case for one in report.results if not one.ok]


@pytest.fixture
def tests() -> str:
    return TESTS.replace('["12"]', "[{at: 1m, every: 1m, count: 12}]")


def test_cases_at_the_line_move_with_it_with_their_numbers_and_comments(tests: str) -> None:
    assert failing(made(10), tests) == []
    moved = move_cases(made(10), made(12), tests)
    assert moved.moved == ("一小时 12 条，刚好达到", "一小时 11 条，差一条")
    assert "name: 一小时 12 条，刚好达到  # 贴着线" in moved.text
    assert "facts: {negative_count_1h: 11}" in moved.text
    assert "facts: {negative_count_1h: 30}" in moved.text
    assert failing(made(12), moved.text) == ["十二条接连到来，报一次"]


def test_what_came_out_is_taken_over_where_a_person_says_so(tests: str) -> None:
    moved = move_cases(made(10), made(12), tests).text
    accepted = accept_outcomes(made(12), moved)
    assert accepted.moved == ("十二条接连到来，报一次",)
    assert "findings: [{at: 12m, level: low}]" in accepted.text
    assert failing(made(12), accepted.text) == []


def test_a_hit_of_nothing_becomes_a_near_miss_and_the_other_way_round(tests: str) -> None:
    stricter = accept_outcomes(made(40), tests).text
    assert stricter.count("kind: near_miss") == 4
    assert "misses: low" in stricter
    assert "findings: []" in stricter
    assert failing(made(40), stricter) == []
    looser = accept_outcomes(made(5), stricter).text
    assert looser.count("kind: hit") == 4
    assert "misses" not in looser
    assert failing(made(5), looser) == []


def test_nothing_moves_when_no_threshold_did(tests: str) -> None:
    assert move_cases(made(10), made(10), tests).text == tests
    assert accept_outcomes(made(10), tests).text == tests
    assert move_cases(made(10), "id: [", tests).text == tests


@pytest.mark.parametrize("value", [3, 7])
def test_every_case_of_a_rule_of_the_pack_can_be_brought_along(value: int) -> None:
    rule = RULE.read_text(encoding="utf-8")
    cases = Path(RULE).with_name("surge_test.yaml").read_text(encoding="utf-8")
    changed = set_value(rule, LOW_COUNT, value)
    moved = move_cases(rule, changed, cases)
    assert moved.moved
    assert failing(changed, accept_outcomes(changed, moved.text).text) == []
