"""Slang, typing errors, pinyin and traditional characters are understood, and the answer says how."""

import pytest
import yaml

from retrieval.lexical import LexicalIndex
from retrieval.slang import FILE, Slang, slang, slang_in
from retrieval.text import fold, folded_with_offsets, simplified
from retrieval.typos import Spelling
from retrieval.understanding import Reading, understand

TEXTS = [
    "会员费自动续费，客服不退款",
    "外包催收员辱骂借款人",
    "暴力催收被曝光",
    "系统升级后重复扣款",
    "隐私政策共享给第三方",
] * 3


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(LexicalIndex(TEXTS))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("自动续废不给退宽", "自动续费不给退款"),
        ("崔收员乳骂我", "催收员辱骂我"),
        ("系统生级后重付扣款", "系统升级后重复扣款"),
        ("baolicuishou", "暴力催收"),
        ("kefu不理人", "客服不理人"),
        ("會員費自動續費", "会员费自动续费"),
        ("網路上瘋傳", "网络上疯传"),
    ],
)
def test_what_was_meant_is_searched_for_and_told(spelling: Spelling, typed: str, meant: str) -> None:
    query = understand(typed, spelling)
    assert query.meant == meant
    assert query.understood == f"已按“{meant}”检索"


@pytest.mark.parametrize("typed", ["客服说要三个月才能还完", "Offer 里写了 App", "默认程序和视频", "退款 客服 ＡＰＰ"])
def test_what_is_written_right_stays_as_it_is(spelling: Spelling, typed: str) -> None:
    query = understand(typed, spelling)
    assert query.meant == typed
    assert query.understood is None


def test_slang_adds_standard_words_that_count_less_than_written_ones(spelling: Spelling) -> None:
    query = understand("被呼死你轰炸", spelling)
    assert query.understood == "“呼死你”按“电话轰炸、不停拨打骚扰电话”理解"
    assert query.words["骚扰电话"] < query.words["呼死你"] == 1
    assert "骚扰电话" not in query.asked


def test_a_term_inside_a_longer_one_is_not_explained_twice() -> None:
    assert list(slang_in("说是大数据杀熟")) == ["大数据杀熟"]


def test_each_help_can_be_switched_off(spelling: Spelling) -> None:
    off = Reading(traditional=False, typos=False, slang=False)
    query = understand("會員費續廢 呼死你", spelling, off)
    assert (query.meant, query.understood, dict(query.slang)) == ("會員費續廢 呼死你", None, {})


def test_the_dictionary_of_slang_is_large_and_says_nothing_twice() -> None:
    from importlib.resources import files  # noqa: PLC0415

    entries = [
        Slang.model_validate(one) for one in yaml.safe_load(files("retrieval").joinpath(FILE).read_text("utf-8"))
    ]
    written = [fold(term) for one in entries for term in (one.term, *one.also)]
    assert len(entries) >= 80
    assert len(written) == len(set(written)) == len(slang())


def test_folding_keeps_track_of_where_each_character_was() -> None:
    folded, offsets = folded_with_offsets("㎡費Ａ")
    assert folded == "m2费a"
    assert offsets == [0, 0, 1, 2]


def test_simplified_text_is_never_converted() -> None:
    assert simplified("网贷平台默认程序和信息") == "网贷平台默认程序和信息"
