"""How many lists a search must read, measured on the vectors themselves when their lists are built.

The share depends on how the vectors lie: for texts of one matter each a few lists are enough, for free combinations of
clauses a third of them is needed. A fixed number would be wrong for one embedder or knowledge or another.
"""

from bisect import bisect_left
from typing import Final

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vectors
from retrieval.index.lists import Lists, blocks, sample
from retrieval.index.rows import best, products

CANDIDATES: Final = 128
"""Rows that are compared exactly, at least."""

RECALL: Final = 0.98
"""What is asked of recall@10 over the sample; above the 0.97 that is promised, as queries are not in the index."""

_SCAN_SHARE: Final = 0.05
_NEIGHBOURS: Final = 10
_QUERIES: Final = 160
_SEED: Final = 7
_SHARES: Final = (0.01, 0.02, 0.03, 0.045, 0.0625, 0.09, 0.125, 0.18, 0.25, 0.3, 0.35, 0.42, 0.5, 0.6, 0.7, 0.85, 1)


def enough_lists(lists: Lists, vectors: Vectors) -> int | None:
    """The least number of lists that finds RECALL of the ten neighbours of stored vectors (the same ones always).

    None when all of them do not: the quantisation is too coarse for these vectors.
    """
    if scanning_pays(len(vectors), CANDIDATES):
        return lists.count
    queries = sample(vectors, _QUERIES, _SEED)
    truth = nearest(vectors, queries, _NEIGHBOURS + 1)
    choices = sorted({max(1, round(share * lists.count)) for share in _SHARES})
    enough = bisect_left(choices, True, key=lambda one: _recall(lists, vectors, queries, truth, one) >= RECALL)
    return choices[enough] if enough < len(choices) else None


def scanning_pays(rows: int, candidates: int) -> bool:
    """Whether so many candidates are so large a share of the rows that all may as well be compared."""
    return candidates > _SCAN_SHARE * rows


def nearest(vectors: Vectors, queries: Vectors, k: int) -> NDArray[np.int64]:
    """Row numbers of the k rows nearest to each query, shape (queries, k), by comparing all."""
    scores = np.full((len(queries), 0), -np.inf, np.float32)
    rows = np.zeros((len(queries), 0), np.int64)
    for part in blocks(len(vectors)):
        scores = np.hstack([scores, queries @ vectors[part].T])
        rows = np.hstack(
            [rows, np.broadcast_to(np.arange(part.start, part.stop), (len(queries), part.stop - part.start))]
        )
        kept = np.argpartition(-scores, min(k, scores.shape[1]) - 1, axis=1)[:, :k]
        scores, rows = np.take_along_axis(scores, kept, 1), np.take_along_axis(rows, kept, 1)
    return rows


def _recall(lists: Lists, vectors: Vectors, queries: Vectors, truth: NDArray[np.int64], probed: int) -> float:
    """The share of the ten true neighbours that are found, a vector itself not counted."""
    found = 0.0
    for query, expected in zip(queries, truth, strict=True):
        rows = lists.search(query, CANDIDATES, None, probed)
        near, _ = best(rows, products(vectors[rows], query), len(expected))
        found += len(np.intersect1d(near, expected)) - 1
    return float(found / (len(truth) * (truth.shape[1] - 1)))
