"""Series of test cases: how many mentions in which interval, and what wrong ones are told."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.case_series import SeriesStep, mentions_per_interval, say_minutes
from rules.cases import Case, parse_cases

HEAD = "rule: fee_dispute.surge\ncases:\n  - name: 一句话说明的用例\n    kind: hit\n    expect: low\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5+10x3", (5, 15, 25, 35)),
        ("20-5x2", (20, 15, 10)),
        ("4x2", (4, 4, 4)),
        ("3 8 20", (3, 8, 20)),
        ("_ 2 _", (0, 2, 0)),
        ("_x3 1", (0, 0, 0, 1)),
        ("0x2 5+10x1", (0, 0, 0, 5, 15)),
    ],
)
def test_the_compact_notation_is_promtools(written: str, meant: tuple[int, ...]) -> None:
    assert mentions_per_interval(written) == meant


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20), st.integers(1, 120), st.integers(0, 600))
def test_every_mention_falls_into_its_interval(counts: list[int], every: int, at: int) -> None:
    step = SeriesStep.model_validate(
        {"at": f"{at}m", "every": f"{every}m", "mentions": " ".join(map(str, counts)), "reach": 1}
    )
    start, length = timedelta(minutes=at), timedelta(minutes=every)
    assert [sum((one - start) // length == number for one in step.offsets) for number in range(len(counts))] == counts
    assert list(step.offsets) == sorted(step.offsets)


@given(st.integers(0, 30 * 1440))
def test_durations_are_written_as_they_are_read(minutes: int) -> None:
    assert SeriesStep.model_validate({"at": say_minutes(minutes)}).at == minutes


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ('{at: 0m, every: 10m, mentions: "5+10"}', '"5+10" 看不懂'),
        ('{at: 0m, every: 10m, mentions: "5*3"}', '"5*3" 看不懂；可以写 "3 8 20"'),
        ('{at: 0m, every: 10m, mentions: "20-10x3"}', "减到了 -10，条数不能小于 0"),
        ("{at: 0m, every: 10m, mentions: 0x6}", "mentions 要加引号"),
        ('{at: 0m, every: 10m, mentions: ""}', "mentions 是空的"),
        ('{at: 0m, every: 10m, mentions: "9000"}', "一共 9000 条，一步最多 5000 条"),
        ('{at: 0m, every: 10m, mentions: "0x3000"}', "一共 3001 段，一步最多 2000 段"),
        ('{at: 0m, mentions: "5"}', "要用 every 写明一段多长"),
        ('{at: 0m, every: 0m, mentions: "5"}', "要用 every 写明一段多长"),
        ('{at: 0m, every: 10m, count: 3, mentions: "5"}', "不要再写 count 或 spread"),
        ("{at: 0m, count: 3, account: 甲, authors: 2}", "只能写一个"),
        ("{at: 5}", '时长 "5" 要写成 30m、6h 或 2d'),
    ],
)
def test_a_wrong_series_is_told_with_its_line_and_the_right_form(step: str, told: str) -> None:
    loaded, faults = parse_cases("surge_test.yaml", f"{HEAD}    series:\n      - {{at: 0m}}\n      - {step}\n")
    assert loaded is None
    assert [fault.line for fault in faults] == [8]
    assert told in faults[0].message


@pytest.mark.parametrize(
    ("rest", "line", "told"),
    [
        ("    facts: {heat: 1}\n    at: {30m: low}\n", 3, "at 与 findings 只能和 series 一起写"),
        ("    facts: {heat: 1}\n    findings: []\n", 3, "at 与 findings 只能和 series 一起写"),
        ("    series: [{at: 0m}]\n    at: {30x: low}\n", 7, '时长 "30x" 要写成 30m、6h 或 2d'),
        ("    series: [{at: 0m}]\n    at: {30m: loud}\n", 7, "low"),
        ("    series: [{at: 0m}]\n    findings: [{at: 3m}]\n", 7, '缺少字段 "cases[1].findings[1].level"'),
        ("    on: 明天\n    facts: {heat: 1}\n", 6, "应为日期"),
    ],
)
def test_a_wrong_moment_finding_or_day_is_told_with_its_line(rest: str, line: int, told: str) -> None:
    loaded, faults = parse_cases("surge_test.yaml", HEAD + rest)
    assert loaded is None
    assert [fault.line for fault in faults] == [line]
    assert told in faults[0].message


def test_on_is_a_day_and_no_truth_value() -> None:
    loaded, faults = parse_cases("surge_test.yaml", f"{HEAD}    on: 2026-11-20\n    facts: {{heat: 1}}\n")
    assert not faults
    assert loaded is not None
    assert str(loaded.cases[0].on) == "2026-11-20"


def test_a_case_survives_json() -> None:
    raw = {
        "name": "一句话说明的用例",
        "kind": "hit",
        "expect": "low",
        "series": [{"at": "2h", "every": "10m", "mentions": "5+10x3"}],
        "at": {"30m": "none"},
        "findings": [{"at": "3h", "level": "low"}],
    }
    case = Case.model_validate(raw)
    assert Case.model_validate_json(case.model_dump_json()) == case
