"""Lint while one types: a text that nobody would write is told of, and costs little."""

import json
from datetime import date
from typing import Any

import pytest
import yaml

from rules import cells
from rules.document import parse_document
from rules.lint import MAX_FAULTS, lint_source
from rules.loader import PACKS, parse_rule
from rules.schema import MAX_EXEMPTIONS, Rule
from rules.tree_size import MAX_DEPTH, MAX_PARTS

NAME = "rules/packs/fee_dispute/surge.yaml"
TEXT = (PACKS / "fee_dispute" / "surge.yaml").read_text("utf-8")
DATA: dict[str, Any] = yaml.safe_load(TEXT)
CONDITION = {"fact": "negative_count_1h", "op": ">=", "value": 10}


def messages(**changed: object) -> list[str]:
    text = json.dumps({**DATA, **changed}, ensure_ascii=False, default=str)
    return [fault.message for fault in lint_source(NAME, text, None, date(2026, 3, 1))]


def nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = CONDITION
    for number in range(depth):
        tree = {("all", "any")[number % 2]: [tree]}
    return tree


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 40, 220, 400])
def test_a_rule_that_is_nested_too_deep_is_refused(depth: int) -> None:
    assert any("太深" in message for message in messages(levels={"low": nested(depth)}))
    with pytest.raises(ValueError, match="套得太深"):
        Rule.model_validate({**DATA, "levels": {"low": nested(depth)}})


def test_a_rule_may_be_as_deep_as_people_write() -> None:
    assert not any("太深" in message for message in messages(levels={"low": nested(MAX_DEPTH)}, unless=[]))


def test_the_fault_of_a_deep_level_stands_at_the_level() -> None:
    document = json.dumps({**DATA, "levels": {"low": CONDITION, "high": nested(20)}}, indent=1, default=str)
    line = parse_document(NAME, document).line(("levels", "high"))
    _, faults = parse_rule(NAME, document)
    assert [fault.line for fault in faults if "套得太深" in fault.message] == [line]


def test_too_many_conditions_or_exemptions_are_refused() -> None:
    assert any("条件太多" in one for one in messages(levels={"low": {"all": [CONDITION] * (MAX_PARTS + 1)}}))
    exemption = {"reason": "理由", "until": "2026-12-31", "when": CONDITION}
    assert any("至多 20 项" in one for one in messages(unless=[exemption] * (MAX_EXEMPTIONS + 1)))


def test_only_so_many_faults_are_shown_and_the_rest_is_counted() -> None:
    text = TEXT + "".join(f"zz{number}: 1\n" for number in range(MAX_FAULTS + 30))
    faults = lint_source(NAME, text, None, date(2026, 3, 1))
    assert len(faults) <= MAX_FAULTS + 2
    assert any("没有列出" in fault.message for fault in faults)


def test_a_check_that_was_left_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any("没有查完" in message for message in messages())
    monkeypatch.setattr(cells, "MAX_WORK", 50)
    assert any("条件的组合太多，没有查完" in message for message in messages(title="另一个名称"))


@pytest.mark.parametrize(("value", "said"), [(".inf", "有限的数字"), (".nan", "有限的数字"), ("1.5", "整数")])
def test_odd_numbers_are_told_in_chinese(value: str, said: str) -> None:
    faults = lint_source(NAME, TEXT.replace("cooldown_minutes: ", f"cooldown_minutes: {value} #", 1), None, None)
    assert any("cooldown_minutes" in fault.message and said in fault.message for fault in faults)
