"""One spelling for comparing; long texts are read in part."""

from hypothesis import given
from hypothesis import strategies as st

from engine.scoring.features import BRAND_MARK, READ, hashed_ngrams, near_brands, read
from engine.scoring.lexicon import load_lexicon
from engine.scoring.text import clean, essence


def test_clean_folds_width_script_case_and_drops_hidden_characters() -> None:
    assert clean("ＡＢｃ１２\u200b貸款\u0007，") == "abc12贷款，"


def test_clean_leaves_simplified_text_alone() -> None:
    text = "著名的平台后来出面说明，干净里面有余额。"
    assert clean(text) == text


@given(st.text(max_size=400))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_essence_drops_what_platforms_add() -> None:
    assert essence("#话题# 钱取不出来了怎么办啊[泪] http://t.cn/abc @某人") == "钱取不出来了怎么办啊"


def test_a_long_text_is_read_at_its_lead_and_where_it_names_a_brand() -> None:
    reading = read("开头。" + "无关的话。" * 1000 + "某贷暴力催收。", ["某贷"])
    assert len(reading.plain) <= READ
    assert "某贷暴力催收" in reading.plain
    assert f"{BRAND_MARK}暴力催收" in reading.masked


def test_near_brands_keeps_neighbouring_clauses_only() -> None:
    masked = f"天气好，出门逛，{BRAND_MARK}乱扣费，不退，回家吃饭。"
    assert near_brands(masked) == f"出门逛，{BRAND_MARK}乱扣费，不退，"


def test_ngram_buckets_do_not_change_between_runs() -> None:
    assert hashed_ngrams("扣费")[0].tolist() == [3103, 21970, 33968]


def test_every_category_has_words() -> None:
    lexicon = load_lexicon()
    assert len(lexicon.names) == 12 + 13
    hits = dict(zip(lexicon.names, lexicon.features("暴力催收，爆通讯录").tolist(), strict=True))
    assert max(hits, key=lambda name: hits[name]) == "debt_collection"
