"""How close documents are to a query, from the cosines of their passages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors

BEST: Final = 3
_MANY: Final = 4096

Numbers = NDArray[np.int64]
Cosines = NDArray[np.float32]


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


@dataclass(frozen=True)
class Centred:
    """Cosines after the mean of all passages is taken away from passages and query: what all texts about lending share
    says nothing about which of them is meant (nDCG@10 of the dense leg on the dev queries .52 without, .62 with it).

    A cosine is worked out from the product of the vectors as they are: `shift` is the mean's product with each row and
    `length` each row's length without the mean.
    """

    mean: NDArray[np.float32]
    shift: Cosines
    length: Cosines

    @classmethod
    def of(cls, vectors: Vectors, telling: Numbers) -> Self:
        """The mean is that of the `telling` rows (of all, when there are none)."""
        return cls._with(_mean(vectors, telling), vectors)

    @classmethod
    def _with(cls, mean: NDArray[np.float32], vectors: Vectors) -> Self:
        shift = vectors @ mean
        squares = np.einsum("ij,ij->i", vectors, vectors) - 2 * shift + float(mean @ mean)
        return cls(mean, shift, np.sqrt(np.maximum(squares, 1e-6)).astype(np.float32))

    def applied_to(self, vectors: Vectors) -> Self:
        """The same mean for other vectors."""
        return self._with(self.mean, vectors)

    def apart(self, vectors: Vectors) -> Vectors:
        """The vectors themselves without the mean, of length 1."""
        return np.asarray((vectors - self.mean) / self.length[:, None], np.float32)

    def query(self, vector: Vector) -> Vector:
        """A query without the mean, of length 1."""
        left = vector - self.mean
        return np.asarray(left / (float(np.linalg.norm(left)) or 1.0), np.float32)

    def cosines(self, vectors: Vectors, rows: Numbers, query: Vector) -> Cosines:
        """Of these rows of the vectors with a query."""
        own = float(np.linalg.norm(query - self.mean)) or 1.0
        # einsum: for so few rows BLAS costs more in waking its threads than it saves
        products = np.einsum("ij,j->i", vectors[rows], query)
        products -= self.shift[rows] + np.float32(self.mean @ (query - self.mean))
        return np.asarray(products / (self.length[rows] * np.float32(own)), np.float32)


def _mean(vectors: Vectors, telling: Numbers) -> NDArray[np.float32]:
    chosen = vectors[telling] if len(telling) else vectors
    mean = chosen.mean(axis=0) if len(chosen) else np.zeros(vectors.shape[1], np.float32)
    return np.asarray(mean, np.float32)


def gists(vectors: Vectors, segments: Segments, telling: Numbers) -> NDArray[np.float16]:
    """What each document is about as one vector of length 1: the mean of its passages, each centred (by the mean of the
    `telling` rows) and of length 1. In half precision: cosines are right to .001.
    """
    found = np.zeros((len(segments.starts), vectors.shape[1]), np.float16)
    mean = _mean(vectors, telling)
    for start in range(0, len(found), _MANY):
        part = np.arange(start, min(start + _MANY, len(found)))
        rows, begins = segments.rows(part)
        apart = vectors[rows] - mean
        apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-3)
        means = np.add.reduceat(apart, begins, axis=0)
        found[part] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-3)
    return found


@dataclass(frozen=True)
class Nearness:
    """Of some documents: the mean of the three best cosines, and the row of the best passage."""

    cosine: Cosines
    row: Numbers


def nearness(cosines: Cosines, rows: Numbers, begins: Numbers) -> Nearness:
    """How close documents are; `begins` says where the cosines of each begin, none may be empty.

    The mean of the three best: one lucky passage counts a third (nDCG@10 .50 for the best alone, .54 for two, .52 for
    three; after centring .59 and .62).
    """
    if not len(begins):
        return Nearness(np.zeros(0, np.float32), np.zeros(0, np.int64))
    counts = np.diff(np.append(begins, len(cosines)))
    table = np.full((len(begins), max(int(counts.max()), BEST)), -np.inf, np.float32)
    table[np.arange(table.shape[1]) < counts[:, None]] = cosines
    first = table.argmax(axis=1)
    table.sort(axis=1)
    best = table[:, : -BEST - 1 : -1]
    total = np.where(best > -np.inf, best, np.float32(0)).sum(axis=1)
    mean: Cosines = np.asarray(total / np.minimum(counts, BEST), np.float32)
    return Nearness(mean, rows[begins + first])
