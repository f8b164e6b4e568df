"""The queries for fitting and the fresh ones: all judged, over incidents that exist; none serves both purposes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

import knowledge
from retrieval.judging import (
    NONE,
    RELEVANT,
    JudgedQuery,
    bank_queries,
    between,
    by_majority,
    fresh_queries,
    judged_queries,
    kept_back_queries,
    later_queries,
    latest_queries,
    other_judges,
    reported_queries,
    training_queries,
)
from retrieval.measure import judged_by

INCIDENTS = Path(knowledge.__file__).parent / "incidents"


def test_grades_are_one_to_three_and_name_incidents_that_exist() -> None:
    there = {f"inc.{file.parent.name}.{file.stem}" for file in INCIDENTS.glob("*/*.yaml")}
    queries = (*training_queries(), *bank_queries(), *fresh_queries(), *later_queries(), *latest_queries())
    named = [(one.id, name, grade) for one in queries for name, grade in one.grades.items()]
    assert len(named) > len(queries)
    assert [told for told in named if told[1] not in there or told[2] not in (1, 2, 3)] == []


def test_queries_are_for_fitting_and_spread_evenly_over_the_categories() -> None:
    queries = training_queries()
    about = Counter(one.about for one in queries)
    unanswerable = about.pop(NONE)
    assert {one.split for one in queries} == {"train"}
    assert len({one.id for one in queries}) == len({one.query for one in queries}) == len(queries)
    assert set(about) == {file.name for file in INCIDENTS.iterdir()}
    assert max(about.values()) - min(about.values()) <= 8
    assert unanswerable >= min(about.values())


def test_enough_queries_have_a_precedent_and_enough_have_none() -> None:
    shares = Counter(bool(one.relevant) for one in training_queries())
    assert min(shares.values()) >= len(training_queries()) / 5


def test_what_search_remembers_is_spread_over_all_incidents_and_is_not_what_its_weights_are_fitted_on() -> None:
    bank = bank_queries()
    answering = Counter(name for one in bank for name in one.relevant)
    assert len(answering) == len(list(INCIDENTS.glob("*/*.yaml")))
    assert min(answering.values()) >= 10
    assert {one.query for one in bank}.isdisjoint(one.query for one in training_queries())
    assert len({one.id for one in bank}) == len({one.query for one in bank}) == len(bank)


def test_no_query_for_fitting_resembles_one_for_reporting() -> None:
    tested = [one for one in judged_queries() if one.split == "test"]
    own = [one for one in training_queries() if one.id.startswith("t")]
    assert _close(own, tested) == []
    reporting = [*tested, *fresh_queries(), *later_queries(), *latest_queries()]
    assert _close([*bank_queries(), *kept_back_queries()], reporting) == []


def test_fresh_queries_are_nobodys_copy_and_enough_have_no_precedent() -> None:
    fresh = fresh_queries()
    assert {one.split for one in fresh} == {"fresh"}
    assert sum(not one.relevant for one in fresh) >= 30
    assert {one.query for one in fresh}.isdisjoint(one.query for one in (*judged_queries(), *training_queries()))


def test_later_and_latest_queries_have_three_judges_and_resemble_no_other() -> None:
    others = [*judged_queries(), *training_queries(), *fresh_queries()]
    for split in (later_queries(), latest_queries()):
        assert len(split) >= 200
        assert sum(not one.relevant for one in split) >= 40
        assert _close(others, split) == []
        others.extend(split)


def test_what_is_reported_is_test_fresh_later_and_latest_by_their_best_judgement() -> None:
    reported = {one.id: one for one in reported_queries()}
    tested = [one for one in judged_queries() if one.split == "test"]
    assert len(reported) == len(tested) + len(fresh_queries()) + len(later_queries()) + len(latest_queries())
    assert {one.split for one in reported.values()} == {"test", "fresh", "later", "latest"}
    assert all(reported[one.id] == by_majority(one) for one in tested)


def _close(queries: Sequence[JudgedQuery], reporting: Sequence[JudgedQuery]) -> list[str]:
    """Those that share most of their pairs of characters (six of ten of the shorter one's) with one for reporting."""
    pairs = CountVectorizer(analyzer="char", ngram_range=(2, 2), binary=True, lowercase=False)
    both = pairs.fit_transform([one.query for one in (*queries, *reporting)])
    ours, theirs = both[: len(queries)], both[len(queries) :]
    shorter = np.minimum(ours.sum(axis=1), theirs.sum(axis=1).T)
    alike = (ours @ theirs.T).toarray() / np.maximum(1, shorter)
    return [queries[row].id for row in np.flatnonzero((alike > 0.6).any(axis=1))]


def test_two_more_judges_judged_every_query_of_test_and_the_majority_decides() -> None:
    tested = [one for one in judged_queries() if one.split == "test"]
    second, third = other_judges()
    assert set(second) == set(third) == {one.id for one in tested}
    for one in tested:
        three = (one.relevant, _relevant(second[one.id]), _relevant(third[one.id]))
        two_say = {name for name in frozenset().union(*three) if sum(name in judge for judge in three) >= 2}
        assert by_majority(one).relevant == two_say, one.id


def test_measured_as_a_search_a_judge_answers_with_what_it_graded_best_first() -> None:
    query = judged_queries()[0].model_copy(update={"id": "q", "grades": {"inc.b": 3}})
    found = judged_by({"q": {"inc.a": 1, "inc.b": 3}}, [query])[0]
    nothing = judged_by({"q": {"inc.a": 1}}, [query])[0]
    assert (found.ids, found.no_precedent) == (("inc.b", "inc.a"), False)
    assert (nothing.ids, nothing.no_precedent) == (("inc.a",), True)


def test_of_two_grades_the_one_in_the_middle_counts_the_higher_one_of_two() -> None:
    assert [between(*both) for both in ((0, 0), (1, 0), (2, 0), (3, 0), (2, 1), (3, 2))] == [0, 1, 1, 2, 2, 3]


def _relevant(grades: Mapping[str, int]) -> frozenset[str]:
    return frozenset(name for name, grade in grades.items() if grade >= RELEVANT)
