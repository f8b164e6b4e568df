"""Whom a text blames, when it names several brands."""

import pytest

from engine.scoring.targets import parts_by_brand, shares

TWO = {"甲贷": ("甲贷",), "乙贷": ("乙贷",)}


def test_a_clause_without_a_name_continues_the_one_before() -> None:
    parts = parts_by_brand("甲贷乱扣费，客服也不理人。乙贷放款挺快，好评。", TWO)
    assert parts == {"甲贷": "甲贷乱扣费，客服也不理人。", "乙贷": "乙贷放款挺快，好评。"}


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("甲贷比乙贷黑多了", "甲贷"),
        ("甲贷不如乙贷", "甲贷"),
        ("甲贷比乙贷靠谱", "乙贷"),
        ("被甲贷坑了，换成乙贷", "甲贷"),
    ],
)
def test_in_a_comparison_only_the_worse_one_is_blamed(text: str, blamed: str) -> None:
    given = shares(text, TWO, lambda part: 0.9)
    assert given[blamed] == 1.0
    assert min(given.values()) < 0.1


def test_brands_listed_together_share_alike() -> None:
    assert shares("甲贷、乙贷都被曝光砍头息", TWO, lambda part: 0.8 if "砍头息" in part else 0.1) == {
        "甲贷": 1.0,
        "乙贷": 1.0,
    }


def test_a_name_inside_a_longer_name_is_not_named() -> None:
    parts = parts_by_brand("小甲贷出事了", {"甲贷": ("甲贷",), "小甲贷": ("小甲贷",)})
    assert parts["小甲贷"] == "小甲贷出事了"
    assert parts["甲贷"] == "小甲贷出事了"


def test_one_brand_carries_everything() -> None:
    assert shares("随便什么", {"甲贷": ("甲贷",)}, lambda part: 0.0) == {"甲贷": 1.0}
