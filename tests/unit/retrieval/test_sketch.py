"""Search over many entries compares a few hundred of them, and finds what comparing all finds."""

import numpy as np
import pytest

from knowledge.loader import load_knowledge
from retrieval.closeness import Centred, Segments
from retrieval.filters import SearchFilters
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.judging import judged_queries
from retrieval.parts import Parts
from retrieval.search import SearchEngine
from retrieval.sketch import MOST, PLACES, Sketch, likely
from retrieval.topics import Topics

QUERIES = [one.query for one in judged_queries() if one.split == "test"][::8]


@pytest.fixture(scope="module")
def exact() -> SearchEngine:
    found = load_knowledge()
    entries = (*found.incidents.values(), *found.playbooks.values(), *found.templates.values())
    return SearchEngine.build(entries, HashingEmbedder(), cache=None).remembering()


@pytest.fixture(scope="module")
def choosing(exact: SearchEngine) -> SearchEngine:
    return exact.choosing_above(0)


def ids(engine: SearchEngine, query: str, filters: SearchFilters = SearchFilters()) -> list[str]:
    return [hit.id for hit in engine.search(query, filters=filters).hits]


def test_only_some_documents_are_compared(exact: SearchEngine, choosing: SearchEngine) -> None:
    few, all_ = (engine.match(engine.understand(QUERIES[0])).documents for engine in (choosing, exact))
    assert len(all_) == len(exact.documents)
    assert PLACES <= len(few) < len(all_) / 2
    assert (np.diff(few) > 0).all()


def test_the_hits_are_those_of_comparing_all(exact: SearchEngine, choosing: SearchEngine) -> None:
    pairs = [(ids(choosing, query), ids(exact, query)) for query in QUERIES]
    assert [ours[0] for ours, _ in pairs] == [true[0] for _, true in pairs]
    assert np.mean([len({*ours} & {*true}) / len(true) for ours, true in pairs]) >= 0.97


def test_what_a_compared_document_is_worth_does_not_depend_on_how_it_was_chosen(
    exact: SearchEngine, choosing: SearchEngine
) -> None:
    query = exact.understand(QUERIES[1])
    few, every = choosing.match(query), exact.match(query)
    for leg in ("dense", "lexical", "characters", "topic", "row"):
        assert (getattr(few, leg) == getattr(every, leg)[few.documents]).all(), leg


def test_filters_leave_out_no_document_that_passes_and_would_be_a_hit(
    exact: SearchEngine, choosing: SearchEngine
) -> None:
    narrow = SearchFilters.model_validate({"kinds": ["incident"], "levels": ["high", "medium"]})
    for query in QUERIES[::3]:
        assert ids(choosing, query, narrow) == ids(exact, query, narrow)


def test_documents_of_the_category_that_is_worth_most_are_chosen() -> None:
    vectors = np.random.default_rng(5).standard_normal((600, 32)).astype(np.float32)
    centred, each = Centred.of(vectors, np.zeros(0, np.int64)), Segments.of([1] * 600)
    topics = Topics.of((), vectors[:0], centred, [[] for _ in vectors])
    kinds = np.arange(600) % 5
    sketch = Sketch.of(vectors, centred, each, topics, kinds)
    said = np.zeros(600, np.float32)
    said[:PLACES] = 0.1
    worth = np.array([0, 0, 0, 1, 0], np.float32)
    found = sketch.chosen(vectors[0], 0.0, np.zeros(0, np.float32), worth, said)
    assert set(np.flatnonzero(kinds == 3)) <= {*found}


def test_meaning_alone_finds_what_comparing_all_finds(exact: SearchEngine) -> None:
    alone = Parts(lexical=False, characters=False, category=False, topic=False, diversity=False)
    all_ = exact.with_parts(alone)
    few = all_.choosing_above(0)
    assert [ids(few, query)[0] for query in QUERIES[::3]] == [ids(all_, query)[0] for query in QUERIES[::3]]


def test_what_could_be_among_the_first_is_left_and_nothing_else() -> None:
    for count in (PLACES, 300, 5000):
        values = np.random.default_rng(3).standard_normal(count).astype(np.float32)
        last = np.sort(values)[-PLACES]
        for error in (0.0, 0.1):
            found = likely(values, error, 9000)
            assert set(np.flatnonzero(values >= last - error)) <= {*found}
            assert (np.diff(found) > 0).all()
        assert len(likely(values, 0.1, 9000)) < PLACES + 0.3 * count


def test_no_more_are_left_than_may_be_and_these_are_the_highest() -> None:
    values = np.random.default_rng(4).standard_normal(5000).astype(np.float32)
    assert set(likely(values, 100, 50)) == set(np.argsort(-values)[:50])
    assert len(likely(np.zeros(3000, np.float32), 0, MOST[2])) == MOST[2]


def test_what_does_not_pass_is_never_left() -> None:
    values = np.random.default_rng(5).standard_normal(5000).astype(np.float32)
    values[10:] = -np.inf
    assert likely(values, 1, 50).tolist() == list(range(10))
    assert len(likely(np.full(5000, -np.inf, np.float32), 1, 50)) == 0
    assert len(likely(np.full(3, -np.inf, np.float32), 1, 50)) == 0
