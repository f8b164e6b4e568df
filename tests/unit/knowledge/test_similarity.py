"""The resemblance of two stories."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.similarity import resemblance

TEXTS = st.text("催收电话用户投诉退费，。", min_size=1, max_size=40)


@given(TEXTS, TEXTS)
def test_resemblance_is_symmetric_and_between_nought_and_one(one: str, other: str) -> None:
    assert 0 <= resemblance(one, other) <= 1
    assert resemblance(one, other) == resemblance(other, one)


@given(TEXTS)
def test_a_text_resembles_itself_fully_whatever_its_punctuation(text: str) -> None:
    assert resemblance(text, text.replace("，", "。")) == 1


def test_different_stories_resemble_little() -> None:
    assert resemblance("还款日重复扣款，当晚退回", "客服热线连续三天无人接听") < 0.1
