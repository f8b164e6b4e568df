"""Vectors in rows sorted by id, never changed: what is searched exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors

Ids = NDArray[np.int64]
Found = tuple[Ids, NDArray[np.float32]]
"""Ids and inner products, best first, ties by id."""


@dataclass(frozen=True)
class Rows:
    """`ids` ascending and different, `vectors` of shape (ids, dimension); either may be mapped from a file."""

    ids: Ids
    vectors: Vectors

    @classmethod
    def empty(cls, dimension: int) -> Self:
        """No rows."""
        return cls(np.zeros(0, np.int64), np.zeros((0, dimension), np.float32))

    @classmethod
    def of(cls, ids: Sequence[int] | Ids, vectors: Vectors) -> Self:
        """Rows of different ids in any order."""
        numbers = np.asarray(ids, np.int64)
        order = np.argsort(numbers)
        return cls(numbers[order], np.ascontiguousarray(np.asarray(vectors, np.float32)[order]))

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, ids: Ids) -> Ids:
        """Where each id stands, -1 where it is not there."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, places, -1)

    def chosen(self, which: NDArray[np.bool_]) -> "Rows":
        """A copy of some rows."""
        return Rows(self.ids[which], self.vectors[which])

    def without(self, ids: Ids) -> "Rows":
        """The rows of all other ids."""
        gone = np.isin(self.ids, ids)
        return self.chosen(~gone) if gone.any() else self

    def put(self, fresh: "Rows") -> "Rows":
        """These rows and `fresh` ones, which replace those of the same id."""
        kept = self.without(fresh.ids)
        if not len(kept):
            return fresh
        return Rows.of(np.concatenate([kept.ids, fresh.ids]), np.concatenate([kept.vectors, fresh.vectors]))

    def search(self, vector: Vector, k: int, alive: NDArray[np.bool_] | None = None) -> Found:
        """The k best rows (of those that are `alive`)."""
        scores = products(self.vectors, vector)
        if alive is None:
            return best(self.ids, scores, k)
        return best(self.ids[alive], scores[alive], k)


def products(vectors: Vectors, vector: Vector) -> NDArray[np.float32]:
    """Inner products of rows with a vector.

    Not `@`: BLAS lets a product depend on where its row stands, so that equal vectors would get different scores.
    """
    return np.asarray(np.einsum("ij,j->i", vectors, np.asarray(vector, np.float32)), np.float32)


def best(ids: Ids, scores: NDArray[np.float32], k: int) -> Found:
    """The k best of candidates; which of equal scores are left out follows from their ids."""
    if k <= 0:
        return ids[:0], scores[:0]
    if k < len(scores):
        enough = scores >= np.partition(scores, -k)[-k]
        ids, scores = ids[enough], scores[enough]
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]
