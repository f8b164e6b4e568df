"""The plain evaluator: verdicts, margins, missing values."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import BadFactError
from rules.evaluate import condition_holds, quantised, trace_of
from rules.schema import Condition
from rules.vocabulary import VOCABULARY, FactType, FactValue, Level

NUMBERS = [spec for spec in VOCABULARY.values() if spec.type is not FactType.text]


def condition(fact: str, op: str, value: object) -> Condition:
    return Condition.model_validate({"fact": fact, "op": op, "value": value})


@pytest.mark.parametrize(
    ("op", "threshold", "value", "holds", "margin"),
    [
        (">=", 8, 12, True, 4),
        (">=", 8, 8, True, 0),
        (">=", 8, 7, False, -1),
        (">", 8, 8, False, -1),
        (">", 8, 9, True, 0),
        ("<=", 8, 8, True, 0),
        ("<=", 8, 9, False, -1),
        ("<", 8, 8, False, -1),
        ("<", 8, 7, True, 0),
        ("==", 8, 8, True, 0),
        ("==", 8, 10, False, -2),
        ("!=", 8, 8, False, -1),
        ("!=", 8, 10, True, 1),
    ],
)
def test_margins_say_how_far_a_value_is_from_the_line(
    op: str, threshold: int, value: int, holds: bool, margin: float
) -> None:
    trace = trace_of(Level.low, condition("negative_count_1h", op, threshold), value)
    assert (trace.holds, trace.margin) == (holds, margin)


def test_margins_of_fractions_are_exact_to_the_step() -> None:
    trace = trace_of(Level.low, condition("negative_share_24h", ">", 0.3), 0.1 + 0.2)
    assert VOCABULARY["negative_share_24h"].quantise(0.1 + 0.2) == 0.3
    assert trace.margin == -0.001


@pytest.mark.parametrize("op", [">=", ">", "<=", "<", "==", "!="])
def test_a_missing_value_meets_no_condition(op: str) -> None:
    trace = trace_of(Level.low, condition("hot_search_rank_24h", op, 50), None)
    assert (trace.holds, trace.margin) == (False, None)


def test_words_are_compared_by_equality() -> None:
    assert condition_holds(condition("trigger_author_kind", "in", ["media", "official"]), "official")
    assert not condition_holds(condition("trigger_author_kind", "in", ["media", "official"]), "personal")
    assert condition_holds(condition("trigger_author_kind", "!=", "media"), "personal")
    assert not condition_holds(condition("trigger_author_kind", "!=", "media"), None)


def test_unknown_names_are_left_out_and_unknown_words_count_as_missing() -> None:
    values = quantised({"retired_fact": 3, "trigger_kind": "哔哩"})
    assert "retired_fact" not in values
    assert values["trigger_kind"] is None


@pytest.mark.parametrize("value", [nan, "12"])
def test_what_is_no_number_is_refused(value: FactValue) -> None:
    with pytest.raises(BadFactError):
        quantised({"heat": value})


@given(st.sampled_from(NUMBERS), st.floats(allow_nan=False) | st.integers(-(10**12), 10**12))
def test_quantising_twice_changes_nothing_and_stays_in_range(spec, value) -> None:  # type: ignore[no-untyped-def]
    once = spec.quantise(value)
    assert spec.quantise(once) == once
    assert spec.minimum <= once <= spec.maximum


@given(st.sampled_from(NUMBERS), st.sampled_from([">=", ">", "<=", "<", "==", "!="]), st.data())
def test_a_margin_is_not_negative_exactly_when_the_condition_holds(spec, op, data) -> None:  # type: ignore[no-untyped-def]
    top = min(spec.maximum, spec.minimum + 1000 * spec.step)
    numbers = st.floats(spec.minimum, top) | st.sampled_from([spec.minimum, top, 1e-05])
    threshold, value = spec.quantise(data.draw(numbers)), spec.quantise(data.draw(numbers))
    trace = trace_of(Level.low, condition(spec.name, op, threshold), value)
    assert trace.margin is not None
    assert trace.holds == (trace.margin >= 0)


def test_infinite_values_are_cut_to_the_range() -> None:
    assert quantised({"growth_1h": inf})["growth_1h"] == 1e6
