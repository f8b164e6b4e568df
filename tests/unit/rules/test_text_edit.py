"""Values are changed where they stand: comments and layout stay, and the text says what was asked for."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rules.document import parse_document
from rules.form import ConditionField, GroupLine, rule_form
from rules.loader import PACKS
from rules.text_edit import TextEditError, add_item, remove, set_list, set_value

THRESHOLD = ("levels", "low", "all", 0, "value")
RULE = """\
# 由合规部起草
id: fee_dispute.surge
title: 收费争议集中爆发  # 标题
false_positives:
  # 每年都有
  - 促销后退费集中到账
  - 旧帖被反复张贴
review_by: 2027-05-31
levels:
  low:
    all:
      - {fact: negative_count_1h, op: ">=", value: 10}  # 十条
      - any:
          - fact: heat
            op: ">="
            value: 45
          - {fact: trigger_author_kind, op: "in", value: [media, regulator]}
"""
EXEMPTION = 'reason: 年会期间\nuntil: 2026-12-31\nwhen: {fact: heat, op: "<", value: 20}'


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_a_threshold_changes_and_its_comment_stays() -> None:
    after = set_value(RULE, THRESHOLD, 40)
    assert changed_lines(RULE, after) == ['      - {fact: negative_count_1h, op: ">=", value: 40}  # 十条']


def test_a_threshold_in_a_block_changes_as_well() -> None:
    after = set_value(RULE, ("levels", "low", "all", 1, "any", 0, "value"), 45.5)
    assert changed_lines(RULE, after) == ["            value: 45.5"]


def test_a_text_with_signs_of_yaml_is_put_in_quotes_and_keeps_its_comment() -> None:
    after = set_value(RULE, ("title",), "收费: 争议 # 爆发")
    assert changed_lines(RULE, after) == ['title: "收费: 争议 # 爆发"  # 标题']
    assert yaml.safe_load(after)["title"] == "收费: 争议 # 爆发"


def test_a_date_stays_a_date() -> None:
    assert yaml.safe_load(set_value(RULE, ("review_by",), date(2027, 6, 30)))["review_by"] == date(2027, 6, 30)


def test_a_missing_field_is_added_behind_its_neighbour() -> None:
    after = set_value(RULE, ("alert_budget_per_week",), 5, after="review_by")
    assert "review_by: 2027-05-31\nalert_budget_per_week: 5\nlevels:" in after


def test_a_folded_text_becomes_one_line() -> None:
    text = RULE.replace("title: 收费争议集中爆发  # 标题\n", "title: >-\n  收费争议\n  集中爆发\n")
    assert changed_lines(text, set_value(text, ("title",), "利率争议")) == ["title: 利率争议"]


def test_a_list_of_texts_stays_where_it_was() -> None:
    after = set_list(RULE, ("false_positives",), ["甲", "乙: 丙"])
    assert list(yaml.safe_load(after)) == list(yaml.safe_load(RULE))
    assert yaml.safe_load(after)["false_positives"] == ["甲", "乙: 丙"]


def test_an_exemption_is_added_as_a_list_then_as_an_item_and_taken_away_again() -> None:
    one = add_item(RULE, ("unless",), EXEMPTION, after="review_by")
    two = add_item(one, ("unless",), EXEMPTION.replace("年会", "盘点"))
    assert [item["reason"] for item in yaml.safe_load(two)["unless"]] == ["年会期间", "盘点期间"]
    assert remove(two, ("unless", 1)) == one
    assert remove(one, ("unless", 0)) == RULE


@pytest.mark.parametrize(
    ("place", "value"),
    [(("levels", "low", "all", 7, "value"), 4), (("levels", "low"), 4), (("levels", "no", "all"), 4)],
)
def test_a_place_that_is_no_single_value_is_refused(place: tuple[str | int, ...], value: int) -> None:
    with pytest.raises(TextEditError, match="原文"):
        set_value(RULE, place, value)


def test_a_broken_text_is_left_alone() -> None:
    with pytest.raises(TextEditError, match="先在“原文”中改好"):
        set_value("title: [", ("title",), "收费争议")


@given(value=st.text(min_size=1, max_size=30))
def test_whatever_is_written_is_read_back_or_refused(value: str) -> None:
    try:
        after = set_value(RULE, ("title",), value)
    except TextEditError:
        return
    expected = yaml.safe_load(RULE) | {"title": value}
    assert yaml.safe_load(after) == expected
    assert "# 十条" in after


@given(value=st.one_of(st.integers(0, 10**9), st.integers(0, 10**6).map(lambda number: number / 100)))
def test_every_number_is_read_back(value: float) -> None:
    after = set_value(RULE, THRESHOLD, value)
    assert yaml.safe_load(after)["levels"]["low"]["all"][0]["value"] == value


@pytest.mark.parametrize("path", sorted(PACKS.rglob("surge.yaml")), ids=lambda path: path.parent.name)
def test_every_threshold_of_the_pack_is_in_the_form_and_can_be_changed_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    form = rule_form(parse_document(path.name, text))
    assert len(list(form.conditions())) == text.count("fact: ")
    for field in (field for field in form.conditions() if field.is_number):
        after = set_value(text, field.place, field.value + 1)
        expected = text.splitlines()
        line = expected[field.line - 1]
        expected[field.line - 1] = line.replace(f"value: {field.value}", f"value: {field.value + 1}")
        assert after.splitlines() == expected


def test_the_form_says_in_words_what_a_threshold_is() -> None:
    lines = rule_form(parse_document("rule.yaml", RULE)).levels[0].lines
    count, group, heat, kind = lines[1], lines[2], lines[3], lines[4]
    assert isinstance(count, ConditionField)
    assert (count.title, count.comparison, count.value, count.spec.unit) == ("最近1小时负面提及", "达到", 10, "条")
    assert count.allowed == "0 到 1000万 条"
    assert group == GroupLine(1, "以下有一项即可")
    assert isinstance(heat, ConditionField)
    assert heat.depth == 2
    assert heat.allowed.endswith("最小单位 0.01")
    assert isinstance(kind, ConditionField)
    assert not kind.is_number
