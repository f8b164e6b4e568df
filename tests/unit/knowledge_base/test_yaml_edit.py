"""Texts, lists and rows of a knowledge file are changed where they stand."""

from time import process_time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.knowledge_base.yaml_edit import (
    MOST_LINES,
    TextEditError,
    add_row,
    drop,
    set_lines,
    set_paragraphs,
    set_value,
)
from rules.text_edit import find_node

TEXT = """\
# 模板说明
id: tpl.fee_dispute.weibo  # 编号
platforms: [微博, 小红书]
slots:
  comfort:
    options:
      # 第一句最常用
      - 让您担心了
      - 很抱歉   # 备选
      - 我们在核对
body: |
  第一段，{{comfort}}。

  第二段。
steps:
  - {after: 2天, actor: 客服, action: 回电, material: 话术}  # 首日
  - {after: 3天, actor: 产品, action: "下线, 核对", material: 上线单}
blocks:
  - id: one
    title: 一
verified: false
"""
OPTIONS = ("slots", "comfort", "options")


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_paragraphs_keep_their_block_and_everything_around_it() -> None:
    after = set_paragraphs(TEXT, ("body",), "新的第一段：{{comfort}}。\n\n# 不是注释\n末段。\n\n")
    assert yaml.safe_load(after)["body"] == "新的第一段：{{comfort}}。\n\n# 不是注释\n末段。\n"
    assert changed_lines(TEXT, after) == ["  新的第一段：{{comfort}}。", "  # 不是注释", "  末段。"]
    stripped = TEXT.replace("body: |", "body: |-")
    assert yaml.safe_load(set_paragraphs(stripped, ("body",), "一段"))["body"] == "一段"
    last = TEXT[: TEXT.index("steps:")]
    assert yaml.safe_load(set_paragraphs(last.rstrip("\n"), ("body",), "一段"))["body"] == "一段\n"


def test_items_that_stay_keep_their_comments() -> None:
    after = set_lines(TEXT, OPTIONS, ["让您久等了", "很抱歉", "补一句", "我们在核对", "最后：一句"])
    assert yaml.safe_load(after)["slots"]["comfort"]["options"] == [
        "让您久等了",
        "很抱歉",
        "补一句",
        "我们在核对",
        "最后：一句",
    ]
    assert "- 很抱歉   # 备选" in after
    assert "# 第一句最常用" in after
    assert changed_lines(TEXT, after) == ["      - 让您久等了", "      - 补一句", "      - 最后：一句"]
    assert yaml.safe_load(set_lines(TEXT, OPTIONS, ["很抱歉"]))["slots"]["comfort"]["options"] == ["很抱歉"]
    assert 'platforms: [微博, 抖音, "a, b"]' in set_lines(TEXT, ("platforms",), ["微博", "抖音", "a, b"])
    with pytest.raises(TextEditError, match="至少"):
        set_lines(TEXT, OPTIONS, [])


def test_many_lines_pasted_at_once_cost_about_as_much_as_one() -> None:
    def seconds(count: int) -> float:
        items = ["让您担心了", *(f"第{number}句: 一句" for number in range(count)), "末句"]
        start = process_time()
        after = set_lines(TEXT, OPTIONS, items)
        took = process_time() - start
        assert yaml.safe_load(after)["slots"]["comfort"]["options"] == items
        return took

    few = min(seconds(1) for _ in range(3))
    assert seconds(MOST_LINES - 2) < 12 * few


def test_more_lines_than_a_field_takes_are_refused() -> None:
    for place in (OPTIONS, ("platforms",), ("voices",)):
        assert yaml.safe_load(set_lines(TEXT, place, [f"第{n}句" for n in range(MOST_LINES)]))
        with pytest.raises(TextEditError, match=r"最多 50 行，现在是 51 行"):
            set_lines(TEXT, place, [f"第{n}句" for n in range(MOST_LINES + 1)])


def test_what_cannot_be_written_is_not_repeated_in_full() -> None:
    with pytest.raises(TextEditError) as refused:
        set_value(TEXT, ("blocks", 0, "title"), "一\ud800" + "二" * 5_000)
    assert "二" * 30 in str(refused.value)
    assert len(str(refused.value)) < 120


def test_rows_are_added_as_the_others_stand_and_taken_away() -> None:
    row = {"after": "5天", "actor": "公关", "action": "说明：{已}退, 完", "material": "声明"}
    after = add_row(TEXT, ("steps",), row)
    assert yaml.safe_load(after)["steps"][2] == row
    assert len(changed_lines(TEXT, after)) == 1
    assert drop(after, ("steps", 2)) == TEXT
    assert "# 首日" not in drop(TEXT, ("steps", 0))
    with pytest.raises(TextEditError, match="至少"):
        drop(TEXT, ("blocks", 0))
    assert yaml.safe_load(add_row(TEXT, ("blocks",), {"id": "two", "title": "二"}))["blocks"][1]["id"] == "two"


def test_a_truth_value_is_written_as_people_do() -> None:
    assert "\nverified: true\n" in set_value(TEXT, ("verified",), True)


TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=60, deadline=None)
@given(items=st.lists(TEXTS, min_size=1, max_size=5))
def test_whatever_is_typed_is_read_back_or_refused(items: list[str]) -> None:
    for place in (OPTIONS, ("platforms",)):
        try:
            after = set_lines(TEXT, place, items)
        except TextEditError:
            continue
        data, before = yaml.safe_load(after), yaml.safe_load(TEXT)
        data.pop(place[0])
        assert data == {key: one for key, one in before.items() if key != place[0]}
        node = find_node(after, place)
        assert node is not None
        assert [one.value for one in node.value] == items
        assert "# 模板说明" in after
