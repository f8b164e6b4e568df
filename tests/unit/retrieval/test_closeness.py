"""How close documents are: the mean of the best three passages, however many they have."""

import numpy as np
import pytest

from retrieval.closeness import Centred, Segments, nearness

COUNTS = [1, 4, 2, 7, 3]
SEGMENTS = Segments.of(COUNTS)
VECTORS = np.random.default_rng(2).standard_normal((sum(COUNTS), 8)).astype(np.float32)
CENTRED = Centred.of(VECTORS, np.arange(5))
QUERY = CENTRED.query(VECTORS[6] + VECTORS[11])


def cosine(row: int) -> float:
    apart = VECTORS[row] - CENTRED.mean
    return float(apart @ QUERY / np.linalg.norm(apart))


@pytest.mark.parametrize("documents", [[0, 1, 2, 3, 4], [1, 3], [0, 2], [3, 4], []])
def test_a_document_is_as_close_as_its_best_three_passages_on_average(documents: list[int]) -> None:
    table = SEGMENTS.table(np.array(documents, np.int64))
    near = nearness(CENTRED.cosines(VECTORS, table.rows, QUERY), table)
    for place, number in enumerate(documents):
        rows = range(SEGMENTS.starts[number], SEGMENTS.starts[number] + COUNTS[number])
        best = sorted(rows, key=cosine, reverse=True)
        assert near.row[place] == best[0]
        assert near.cosine[place] == pytest.approx(np.mean([cosine(row) for row in best[:3]]), abs=1e-6)
    assert len(near.cosine) == len(near.row) == len(documents)
