"""Weights are learned from graded queries: legs that tell the right candidates apart count, others do not."""

import numpy as np
import pytest

from retrieval.calibration import Fusion, Unasked
from retrieval.fitting import LEGS, RISE, Graded, fitted, unasked
from retrieval.verdict_fitting import best_threshold

TELLING, MISLEADING = LEGS.index("characters"), LEGS.index("topic")


def graded(seed: int, grades: tuple[int, ...] = (3, 2, 0, 0, 0, 0), share: float = 1.0) -> Graded:
    """A query for which one leg knows the grades nearly and one says the opposite."""
    draw = np.random.default_rng(seed)
    legs = draw.normal(size=(len(grades), len(LEGS)))
    legs[:, TELLING] = np.array(grades) + draw.normal(scale=0.5, size=len(grades))
    legs[:, MISLEADING] = -np.array(grades) + draw.normal(scale=0.5, size=len(grades))
    return Graded(legs, np.array(grades), share)


def test_the_leg_that_knows_the_grades_has_the_greatest_weight_and_none_is_negative() -> None:
    weights = fitted([graded(seed) for seed in range(30)]).model_dump(exclude={"unasked"})
    assert max(weights, key=lambda leg: weights[leg]) == "characters"
    assert weights["topic"] == 0
    assert min(weights.values()) >= 0


def test_a_query_counts_by_its_share_and_one_without_grades_not_at_all() -> None:
    known = [graded(seed) for seed in range(10)]
    other = Graded(-known[0].legs, known[0].grades, 0.0)
    nothing = graded(99, grades=(0, 0, 0))
    assert fitted([*known, nothing]) == fitted(known)
    ignored = fitted([*known, other]).model_dump(exclude={"unasked"})
    assert ignored == pytest.approx(fitted(known).model_dump(exclude={"unasked"}), rel=0.2, abs=0.05)
    counted = Graded(other.legs, other.grades, 50.0)
    assert fitted([*known, counted]).characters < fitted(known).characters


def test_the_limit_of_the_verdict_lies_between_those_without_and_those_with_a_precedent() -> None:
    chances = np.array([0.1, 0.2, 0.25, 0.3, 0.6, 0.7, 0.8, 0.9])
    precedent = chances > 0.5
    assert 0.3 < best_threshold(chances, precedent) <= 0.6


def test_of_limits_that_are_nearly_as_good_the_middle_is_taken() -> None:
    """From .21 to .80 nothing changes: neither the lowest (.24 once smoothed) nor the first best is taken."""
    chances = np.array([0.05, 0.1, 0.15, 0.2, 0.8, 0.85, 0.9, 0.95])
    assert best_threshold(chances, chances > 0.5) == pytest.approx(0.5, abs=0.02)


def test_limits_beyond_a_valley_are_not_counted_in() -> None:
    """From .35 to .5 and from .75 on limits are equally good, between them worse: the middle of all lies there."""
    sizes = [20, 15, 10]
    limit = best_threshold(np.repeat([0.35, 0.5, 0.75], sizes), np.repeat([False, True, False], sizes))
    assert 0.37 < limit < 0.48 or limit > 0.77


def test_what_questions_would_say_of_an_incident_they_do_not_know_is_guessed_from_the_other_legs() -> None:
    queries = [graded(seed) for seed in range(30)]
    place = LEGS.index("asked")
    for one in queries:
        one.legs[:, place] = 2 * one.legs[:, TELLING] - 1
    guess = unasked(queries)
    assert guess.characters == pytest.approx(2, abs=0.01)
    assert guess.dense == pytest.approx(0, abs=0.01)
    assert guess.intercept == pytest.approx(RISE - 1, abs=0.01)


def test_the_weights_for_what_no_question_knows_hold_the_guess() -> None:
    fusion = Fusion(dense=1, lexical=2, characters=3, category=0, asked=0.5, unasked=Unasked(dense=2, lexical=-6))
    found = fusion.of_unasked()
    assert (found.dense, found.lexical, found.characters, found.asked) == (2, 0, 3, 0)
