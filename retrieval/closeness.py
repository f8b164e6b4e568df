"""How close documents are to a query, from the cosines of their passages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors
from retrieval.products import products

BEST: Final = 3
GIST: Final = 32767
"""The length of a gist."""

_MANY: Final = 4096

Numbers = NDArray[np.int64]
Cosines = NDArray[np.float32]


@dataclass(frozen=True)
class Table:
    """Rows of some documents as a table (documents x most rows), each one's in order. Where a document has fewer its
    first row stands again, and is `missing`: nothing is, where that is None.
    """

    rows: Numbers
    missing: NDArray[np.bool_] | None
    counts: Numbers

    @classmethod
    def of(cls, starts: Numbers, counts: Numbers) -> Self:
        """Of documents whose rows begin at `starts`, `counts` of them: at least one."""
        within = np.arange(max(int(counts.max(initial=0)), BEST))
        rows = starts[:, None] + within
        if int(counts.min(initial=len(within))) == len(within):
            return cls(rows, None, counts)
        missing = within >= counts[:, None]
        np.copyto(rows, starts[:, None], where=missing)
        return cls(rows, missing, counts)


@dataclass(frozen=True)
class Segments:
    """Which rows belong to which document: those of document i from `starts[i]`, `counts[i]` of them."""

    starts: Numbers
    counts: Numbers
    owner: Numbers

    @classmethod
    def of(cls, counts: Sequence[int]) -> Self:
        """Rows in document order."""
        numbers = np.array(counts, np.int64)
        return cls(np.cumsum(numbers) - numbers, numbers, np.repeat(np.arange(len(numbers)), numbers))

    def rows(self, documents: Numbers) -> tuple[Numbers, Numbers]:
        """The rows of some documents one after the other, and where those of each begin."""
        counts = self.counts[documents]
        begins = np.cumsum(counts) - counts
        within = np.arange(int(counts.sum())) - np.repeat(begins, counts)
        return np.repeat(self.starts[documents], counts) + within, begins

    def table(self, documents: Numbers) -> Table:
        """The rows of some documents, which are in ascending order, each once."""
        if len(documents) == len(self.counts):
            return self._every
        return Table.of(self.starts.take(documents), self.counts.take(documents))

    @cached_property
    def _every(self) -> Table:
        return Table.of(self.starts, self.counts)


@dataclass(frozen=True)
class Centred:
    """Cosines after the mean of all passages is taken away from passages and query: what all texts about lending share
    says nothing about which of them is meant (nDCG@10 of the dense leg on the dev queries .52 without, .62 with it).

    A cosine is worked out from the product of a row as it is with the centred query, less the mean's: `length` is each
    row's length without the mean.
    """

    mean: NDArray[np.float32]
    length: Cosines

    @classmethod
    def of(cls, vectors: Vectors, telling: Numbers) -> Self:
        """The mean is that of the `telling` rows (of all, when there are none)."""
        return cls._with(_mean(vectors, telling), vectors)

    @classmethod
    def _with(cls, mean: NDArray[np.float32], vectors: Vectors) -> Self:
        shift = vectors @ mean
        squares = np.einsum("ij,ij->i", vectors, vectors) - 2 * shift + float(mean @ mean)
        return cls(mean, np.sqrt(np.maximum(squares, 1e-6)).astype(np.float32))

    def applied_to(self, vectors: Vectors) -> Self:
        """The same mean for other vectors."""
        return self._with(self.mean, vectors)

    def apart(self, vectors: Vectors) -> Vectors:
        """The vectors themselves without the mean, of length 1."""
        return np.asarray((vectors - self.mean) / self.length[:, None], np.float32)

    def query(self, vector: Vector) -> Vector:
        """A query without the mean, of length 1."""
        left = vector - self.mean
        return np.asarray(left / (sqrt(left @ left) or 1.0), np.float32)

    def cosines(self, vectors: Vectors, rows: Numbers, centred: Vector) -> Cosines:
        """Of these rows (an array of any shape) of the vectors with a centred query."""
        if rows.size >= len(vectors):  # copying them would take longer than multiplying all where they are
            return self._cosines(vectors, self.length, centred).take(rows)
        flat = rows.ravel()
        return self._cosines(vectors.take(flat, axis=0), self.length.take(flat), centred).reshape(rows.shape)

    def _cosines(self, vectors: Vectors, length: Cosines, centred: Vector) -> Cosines:
        found = products(vectors, centred)
        found -= self.mean @ centred
        found /= length
        return found


def _mean(vectors: Vectors, telling: Numbers) -> NDArray[np.float32]:
    chosen = vectors[telling] if len(telling) else vectors
    mean = chosen.mean(axis=0) if len(chosen) else np.zeros(vectors.shape[1], np.float32)
    return np.asarray(mean, np.float32)


def gists(vectors: Vectors, segments: Segments, telling: Numbers) -> NDArray[np.int16]:
    """What each document is about as one vector of length `GIST`: the mean of its passages, each centred (by the mean
    of the `telling` rows) and of length 1. In whole numbers of 16 bits, which are quicker to read than half precision.
    """
    found = np.zeros((len(segments.starts), vectors.shape[1]), np.int16)
    mean = _mean(vectors, telling)
    for start in range(0, len(found), _MANY):
        part = np.arange(start, min(start + _MANY, len(found)))
        rows, begins = segments.rows(part)
        apart = vectors[rows] - mean
        apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-3)
        means = np.add.reduceat(apart, begins, axis=0)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-3)
        found[part] = np.rint(means * GIST)
    return found


@dataclass(frozen=True)
class Nearness:
    """Of some documents: the mean of the three best cosines, and the row of the best passage."""

    cosine: Cosines
    row: Numbers


def nearness(cosines: Cosines, table: Table) -> Nearness:
    """How close documents are, by the cosines of the rows of a table, which change places.

    The mean of the three best: one lucky passage counts a third (nDCG@10 .50 for the best alone, .54 for two, .52 for
    three; after centring .59 and .62).
    """
    missing = table.missing
    if missing is not None:
        cosines[missing] = -np.inf
    row = table.rows[:, 0] + cosines.argmax(axis=1)
    cosines.sort(axis=1)
    best = cosines[:, : -BEST - 1 : -1]
    if missing is None:
        return Nearness(best.sum(axis=1) / np.float32(BEST), row)
    best[missing[:, :BEST]] = 0
    return Nearness(best.sum(axis=1) / np.minimum(table.counts, BEST).astype(np.float32), row)
