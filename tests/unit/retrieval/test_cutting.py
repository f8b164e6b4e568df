"""Text is cut as jieba cuts it, only quicker."""

import warnings
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.cutting import Cutter
from retrieval.judging import judged_queries
from retrieval.text import fold
from retrieval.words import dictionary

QUERIES = [fold(one.query) for one in judged_queries()]
ODD = "abc1 \r\n\t，。%+-_#&.①龘㐀🙂é的还款催收服务"


@cache
def jieba_cutter() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415
    known = jieba.Tokenizer()
    known.FREQ, known.total, known.initialized = dictionary().frequencies, dictionary().total, True
    return known


def as_jieba(text: str) -> bool:
    return list(dictionary().cut(text)) == list(jieba_cutter().cut(text, HMM=False))


def test_queries_are_cut_as_jieba_cuts_them() -> None:
    assert [query for query in QUERIES if not as_jieba(query)] == []


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(ODD), max_size=30) | st.text(max_size=30))
def test_whatever_is_typed_is_cut_as_jieba_cuts_it(text: str) -> None:
    assert as_jieba(text)


@pytest.mark.parametrize(("text", "pieces"), [("abab", ["abab"]), ("甲乙丙", ["甲", "乙丙"]), ("甲乙", ["甲", "乙"])])
def test_the_likeliest_words_win_and_loose_letters_stay_together(text: str, pieces: list[str]) -> None:
    cutter = Cutter({"甲": 5, "甲乙": 0, "甲乙丙": 1, "乙": 5, "乙丙": 50, "丙": 1}, 62)
    assert list(cutter.cut(text)) == pieces
