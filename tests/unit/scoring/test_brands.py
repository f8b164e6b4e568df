"""Brands are found whatever their width, script and case, and never inside other words."""

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.scoring.brands import Brand, BrandRegistry, Relation, load_registry

REGISTRY = load_registry()


def test_a_legal_name_and_a_short_name_are_one_brand() -> None:
    assert REGISTRY.brands_in("澄禾消金又扣费，澄禾消费金融有限公司出来解释") == ("澄禾消费金融",)


def test_the_longest_name_wins() -> None:
    registry = BrandRegistry(
        [Brand(name="白鹿贷", relation=Relation.competitor), Brand(name="小白鹿贷款", relation=Relation.own)]
    )
    assert registry.brands_in("小白鹿贷款和白鹿贷") == ("小白鹿贷款", "白鹿贷")


def test_width_script_case_and_hidden_characters_do_not_matter() -> None:
    assert REGISTRY.brands_in("澄禾ＡＰＰ") == ("澄禾消费金融",)
    assert REGISTRY.brands_in("豆蔓融資擔保") == ("豆蔓融资担保",)
    assert REGISTRY.brands_in("栈桥\u200b数科") == ("栈桥数科",)


def test_an_ordinary_word_is_not_a_brand() -> None:
    assert REGISTRY.brands_in("周末去青岛栈桥看海，门口还贷款买了房") == ()
    assert REGISTRY.brands_in("栈桥上风好大") == ()
    assert REGISTRY.brands_in("栈桥的贷款客服不回复") == ("栈桥数科",)


def test_a_latin_name_does_not_match_inside_a_longer_word() -> None:
    registry = BrandRegistry([Brand(name="OkPay", relation=Relation.own)])
    assert registry.brands_in("bookpayment 与 okpay2") == ()
    assert registry.brands_in("用OKPAY付款") == ("OkPay",)


def test_an_unknown_name_stays_itself() -> None:
    assert REGISTRY.resolve(" 某某贷 ") == "某某贷"
    assert REGISTRY.relation("某某贷") is Relation.unknown
    assert REGISTRY.relation("栈桥助贷") is Relation.partner


def test_one_alias_of_two_brands_is_refused() -> None:
    with pytest.raises(InputError, match="同时属于"):
        BrandRegistry(
            [
                Brand(name="甲贷款", relation=Relation.own, aliases=("小甲",)),
                Brand(name="乙贷款", relation=Relation.partner, aliases=("小甲",)),
            ]
        )


def test_a_registry_with_a_wrong_relation_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "brands.yaml"
    path.write_text("brands:\n  - name: 甲贷款\n    relation: unknown\n", "utf-8")
    with pytest.raises(InputError, match=r"brands\.yaml.*relation"):
        load_registry(path)
