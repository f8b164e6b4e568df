"""The lexical side knows the field's words and counts them as BM25 does."""

import numpy as np
import pytest

from retrieval.lexical import FEW, LexicalIndex
from retrieval.words import words


def asked(text: str) -> dict[str, float]:
    return dict.fromkeys(words(text), 1.0)


DOCUMENTS = ["会员费被自动扣款，客服不退款", "催收员爆通讯录，半夜打电话", "系统故障，App 登录不上，还款失败"]


@pytest.mark.parametrize("term", ["砍头息", "爆通讯录", "暴力催收", "担保费", "罚息", "协商还款", "消费金融", "兑付"])
def test_terms_of_the_field_stay_whole(term: str) -> None:
    assert term in words(f"他说{term}的事还没完")


def test_fillers_and_punctuation_are_no_words() -> None:
    assert words("的、了！？……【】 \x00\n") == []


def test_full_width_and_case_write_the_same_word() -> None:
    assert words("ＡＰＰ 36％") == words("app 36%")


def test_the_document_with_the_words_scores_highest() -> None:
    index = LexicalIndex(DOCUMENTS)
    assert int(np.argmax(index.scores(asked("被爆通讯录了")))) == 1
    assert int(np.argmax(index.scores(asked("app登录不上")))) == 2


def test_unknown_words_score_nothing() -> None:
    assert not LexicalIndex(DOCUMENTS).scores(asked("樱花")).any()
    assert LexicalIndex([]).scores(asked("催收")).shape == (0,)


def test_shared_words_leave_out_parts_of_longer_ones() -> None:
    index = LexicalIndex(DOCUMENTS)
    (held,) = index.held(asked("爆通讯录"), np.array([1]))
    assert {"爆通讯录", "通讯录"} <= held
    assert index.shared(asked("爆通讯录"), held) == ("爆通讯录",)


def test_coverage_is_the_shared_part_of_the_query() -> None:
    index = LexicalIndex(DOCUMENTS)
    held = index.held(asked("爆通讯录 樱花"), np.array([0, 1]))
    assert index.coverage(asked("爆通讯录"), held) == [0, 1]
    none, part = index.coverage(asked("爆通讯录 樱花"), held)
    assert none == 0
    assert 0 < part < 1
    assert index.coverage({}, held) == [0, 0]


def test_a_score_is_the_sum_of_what_each_word_is_worth() -> None:
    index = LexicalIndex([f"{DOCUMENTS[number % 3]}第{number}次" for number in range(200)])
    query = asked("催收员半夜打电话，客服不退款，从没写过的词")
    alone = {word: index.scores({word: 1.0}) for word in query}
    known = {word: scores.max() for word, scores in alone.items() if scores.any()}
    assert len(known) >= 4
    whole = index.scores(query)
    assert whole[3] < whole[4]
    assert (whole[3] > 0) == any(scores[3] > 0 for scores in alone.values())
    doubled = index.scores(dict.fromkeys(query, 2.0))
    assert np.allclose(whole, doubled)


def test_words_of_most_documents_count_as_they_do_where_few_have_them() -> None:
    many = [f"{DOCUMENTS[number % 3]}，投诉{number}" for number in range(FEW + 2)]
    kept, small = LexicalIndex(many), LexicalIndex(many[:FEW])
    assert kept.frequency("投诉") == FEW + 2
    assert kept.frequency("催收员") == len(range(1, FEW + 2, 3))
    assert kept.held(asked("投诉催收员"), np.array([0, 1])) == [
        {"投诉"},
        {"投诉", "催收员", "催收"} & {*words(many[1])},
    ]
    for query in ("投诉", "投诉催收员半夜打电话"):
        assert np.allclose(kept.scores(asked(query))[:FEW], small.scores(asked(query)), atol=0.01)
        assert (kept.scores(asked(query)) > 0).all()
