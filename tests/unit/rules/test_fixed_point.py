"""Whole numbers for the engines stand for exactly the quantised values."""

from hypothesis import given
from hypothesis import strategies as st

from rules.fixed_point import SCALE, fixed, fixer, quantiser
from rules.vocabulary import VOCABULARY, FactSpec, FactType

NUMBERS = st.one_of(
    st.floats(-10, 10, allow_nan=False), st.floats(-1e12, 1e12, allow_nan=False), st.integers(-5, 10**12)
)
SPECS = st.sampled_from([spec for spec in VOCABULARY.values() if spec.type is not FactType.text])


@given(SPECS, NUMBERS)
def test_the_quick_way_gives_what_the_vocabulary_says(spec: FactSpec, value: float) -> None:
    wanted = spec.quantise(value)
    assert fixer(spec.name)(value) == fixed(spec.name, wanted)
    assert quantiser(spec.name)(value) == wanted
    assert isinstance(fixed(spec.name, wanted), int)


@given(SPECS, NUMBERS, NUMBERS)
def test_values_compare_as_their_whole_numbers_do(spec: FactSpec, one: float, other: float) -> None:
    left, right = spec.quantise(one), spec.quantise(other)
    assert isinstance(left, int | float)
    assert isinstance(right, int | float)
    first, second = fixed(spec.name, left), fixed(spec.name, right)
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert (left < right, left == right) == (first < second, first == second)
    assert first == round(left * (SCALE if spec.type is FactType.number else 1))


def test_missing_values_stay_missing_and_unknown_words_become_so() -> None:
    assert all(fixer(name)(None) is None and quantiser(name)(None) is None for name in VOCABULARY)
    assert fixer("trigger_author_kind")("media") == "media"
    assert fixer("trigger_author_kind")("邻居") is None
