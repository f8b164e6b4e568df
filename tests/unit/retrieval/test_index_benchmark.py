"""The index is measured on new texts of real wording whose vectors are real, kept, and made in a way that is named."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.bench.report import Result, Skipped
from engine.bench.retrieval_index import Material, measured
from engine.bench.retrieval_texts import NONE, Texts
from engine.bench.retrieval_vectors import VectorCache, composed
from retrieval.embedder import Counter, Vectors
from retrieval.hashing_embedder import HashingEmbedder


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.written(650)


class Counting(HashingEmbedder):
    """Counts the texts that it embedded, and can be interrupted after some."""

    def __init__(self, most: int = 10_000) -> None:
        super().__init__(64)
        self.embedded, self.most = 0, most

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        self.embedded += len(texts)
        if self.embedded > self.most:
            raise KeyboardInterrupt
        return super().passages(texts, progress)


def silent(_: str) -> None: ...


def test_clauses_differ_and_have_no_open_slots(texts: Texts) -> None:
    assert len(set(texts.clauses)) == len(texts.clauses) == 650
    assert not any("{" in one for one in texts.clauses)
    assert texts == Texts.written(650)


def test_texts_differ_in_their_clauses_and_queries_are_none_of_them(texts: Texts) -> None:
    base = texts.rows(5000, seed=1)
    queries = texts.rows(300, seed=2, without=base)
    sets = {frozenset(row) - {NONE} for row in base.tolist()}
    assert len(sets) == 5000
    assert {len(one) for one in sets} == {2, 3}
    assert not sets & {frozenset(row) - {NONE} for row in queries.tolist()}


def test_the_first_texts_are_the_same_however_many_there_are(texts: Texts) -> None:
    np.testing.assert_array_equal(texts.rows(2000, seed=1)[:100], texts.rows(100, seed=1))


def test_an_interrupted_embedding_goes_on_where_it_stopped(texts: Texts, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        VectorCache(Counting(most=600), tmp_path, silent).passages(texts.clauses, "分句")
    again = Counting()
    vectors = VectorCache(again, tmp_path, silent).passages(texts.clauses, "分句")
    assert again.embedded == 150
    np.testing.assert_array_equal(vectors[7], again.query(texts.clauses[7]))


def test_a_composed_vector_is_the_scaled_mean_of_its_clauses() -> None:
    clauses = np.eye(4, dtype=np.float32)
    found = composed(clauses, np.array([[2, 1, NONE], [3, 2, 0]], np.int32))
    np.testing.assert_allclose(found, [[0, 0.5**0.5, 0.5**0.5, 0], [3**-0.5, 0, 3**-0.5, 3**-0.5]], rtol=1e-6)


def test_figures_name_the_way_and_compare_with_exact_search_and_hnswlib(texts: Texts, tmp_path: Path) -> None:
    said: list[str] = []
    found = measured(Material(texts, VectorCache(Counting(), tmp_path, said.append), said.append), [1000])
    results = {one.name: one for one in found if isinstance(one, Result)}
    assert results["index.1k.whole.recall"].value == pytest.approx(1, abs=0.01)
    assert results["index.1k.whole.recall"].gate
    assert {"index.1k.whole.lists_tuned.recall", "index.1k.composed.lists_tuned.recall"} <= results.keys()
    assert results["index.1k.whole.latency_of_exact"].rounds == 3
    compared = [one.name if isinstance(one, Result) else one.bench for one in found]
    assert any("hnswlib" in name for name in compared)
    assert all("crisisdesk[bench]" in one.reason for one in found if isinstance(one, Skipped))
    assert any("index.1k.whole" in one for one in said)
