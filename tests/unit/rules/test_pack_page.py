"""docs/rule-pack.md: its second half is what the rules say."""

import pytest

from rules.handling import load_handling
from rules.loader import load_rules
from rules.pack_page import MARK, PAGE, pack_page, rewritten
from rules.vocabulary import CATEGORY_TITLES


def test_the_page_is_what_rules_and_duties_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == rewritten(page, pack_page(load_rules(), load_handling())), "运行 python -m rules.pack_page"


def test_every_category_and_every_rule_is_told() -> None:
    told = pack_page(load_rules(), load_handling())
    assert all(f"## {title} `{category}`" in told for category, title in CATEGORY_TITLES.items())
    assert all(f"`{rule.id}`" in told and rule.false_positives[0] in told for rule in load_rules())


def test_what_is_written_by_hand_stays() -> None:
    assert rewritten(f"手写\n{MARK}旧的", "新的") == f"手写\n{MARK}\n新的"


def test_a_page_without_the_mark_is_left_alone() -> None:
    with pytest.raises(ValueError, match="没有这一行"):
        rewritten("手写", "新的")
