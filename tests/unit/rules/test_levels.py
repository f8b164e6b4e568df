"""Levels against each other and against what is possible."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.errors import BadRulesError
from rules.loader import load_rules

Writer = Callable[..., Path]


def messages(folder: Path) -> list[str]:
    try:
        load_rules(folder)
    except BadRulesError as bad:
        return [f"{fault.line} {fault.message}" for fault in bad.faults]
    return []


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("value: 30}", "value: 5}", "“严重”比“轻微”更容易达到：“最近1小时负面提及”一个以 5 条 为线，一个以 8 条 为线"),
        ("value: 6}", "value: 0}", "“最近1小时发声账号”的这一条总是成立"),
        ('op: ">=", value: 30}', 'op: "<", value: 30}', "“严重”比“轻微”更容易达到"),
        (
            "value: 6}",
            'value: 6}\n      - {fact: negative_count_1h, op: "<", value: 8}',
            "“轻微”永远达不到：对“最近1小时负面提及”的要求互相矛盾",
        ),
        (
            "value: 6}",
            "value: 6}\n      - {fact: trigger_kind, op: ==, value: post}\n"
            "      - {fact: trigger_kind, op: ==, value: article}",
            "“轻微”永远达不到：对“本条提及类型”的要求互相矛盾",
        ),
    ],
)
def test_levels_that_cannot_be_meant_are_reported(
    write: Writer, sound: str, before: str, after: str, message: str
) -> None:
    found = messages(write(sound.replace(before, after, 1)))
    assert any(message in text for text in found), found


def test_equal_levels_are_reported(write: Writer, sound: str) -> None:
    low = sound[sound.index("  low:") : sound.index("  high:")]
    text = sound[: sound.index("  high:")] + low.replace("low", "medium")
    assert messages(write(text)) == [
        "19 “轻微”永远不会单独出现，它和“中等”的条件完全一样，请提高“中等”的门槛或删去其中一个；"
        "例如最近1小时发声账号 6 个、最近1小时负面提及 8 条时两个都达到"
    ]


def test_a_way_that_leaves_a_fact_free_hides_no_easier_level(write: Writer, sound: str) -> None:
    either = '{fact: negative_count_1h, op: ">=", value: 5}'
    text = sound.replace('{fact: heat, op: ">=", value: 60.5}', either)
    assert messages(write(text)) == []


def test_an_exact_and_an_open_threshold_are_compared_by_the_values_that_meet_them(write: Writer, sound: str) -> None:
    assert messages(write(sound.replace('op: ">=", value: 30}', 'op: ">", value: 7}'))) == []
    assert messages(write(sound.replace('op: ">=", value: 30}', 'op: ">", value: 6}')))
