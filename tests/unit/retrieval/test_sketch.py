"""Search over many entries compares a few hundred of them, and finds what comparing all finds."""

import numpy as np
import pytest

from knowledge.loader import load_knowledge
from retrieval.closeness import Centred, Segments
from retrieval.filters import SearchFilters
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.judging import judged_queries
from retrieval.search import SearchEngine
from retrieval.sketch import CHOSEN, WORDED, Sketch, best
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
    assert 0 < len(few) < min(len(all_), CHOSEN + WORDED + 200)
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
    said[:WORDED] = 0.1
    worth = np.array([0, 0, 0, 1, 0], np.float32)
    found = sketch.chosen(vectors[0], 0.0, np.zeros(0, np.float32), worth, said)
    assert set(np.flatnonzero(kinds == 3)) <= {*found}


def test_the_best_of_many_values_are_found_whatever_their_number() -> None:
    values = np.random.default_rng(3).standard_normal(5000).astype(np.float32)
    for count in (1, 7, 100, 4999, 5000, 9000):
        assert sorted(best(values, count)) == sorted(np.argsort(-values)[:count])
    values[10:] = -np.inf
    assert sorted(best(values, 50)) == list(range(10))
    assert len(best(np.zeros(300, np.float32), 20)) == 20
