"""The queries for fitting and the fresh ones: all judged, over incidents that exist; none serves both purposes."""

from collections import Counter
from pathlib import Path

import knowledge
from retrieval.judging import NONE, fresh_queries, judged_queries, training_queries

INCIDENTS = Path(knowledge.__file__).parent / "incidents"


def test_grades_are_one_to_three_and_name_incidents_that_exist() -> None:
    there = {f"inc.{file.parent.name}.{file.stem}" for file in INCIDENTS.glob("*/*.yaml")}
    queries = (*training_queries(), *fresh_queries())
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
    assert max(about.values()) - min(about.values()) <= 1
    assert unanswerable >= min(about.values())


def test_enough_queries_have_a_precedent_and_enough_have_none() -> None:
    shares = Counter(bool(one.relevant) for one in training_queries())
    assert min(shares.values()) >= len(training_queries()) / 4


def test_no_query_for_fitting_resembles_one_for_reporting() -> None:
    reporting = [_pairs(one.query) for one in judged_queries() if one.split == "test"]
    close = [one.id for one in training_queries() if max(_alike(_pairs(one.query), other) for other in reporting) > 0.6]
    assert close == []


def test_fresh_queries_are_nobodys_copy_and_enough_have_no_precedent() -> None:
    fresh = fresh_queries()
    assert {one.split for one in fresh} == {"fresh"}
    assert sum(not one.relevant for one in fresh) >= 30
    assert {one.query for one in fresh}.isdisjoint(one.query for one in (*judged_queries(), *training_queries()))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
