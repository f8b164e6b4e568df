"""Vectors tuned to the field: what an embedder of all the world's texts thinks alike is told apart by a small network.

An adapter in the sense of Houlsby et al. (2019), set on top of a frozen encoder: a vector without the mean goes through
one hidden layer, and what comes out is added to it. The same for queries and passages, so that an incident which nobody
has judged gains from it too. `retrieval.learned.training` fits it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors
from retrieval.products import products

_BLOCK: Final = 20_000

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Tuning:
    """`mean` (dimension) is taken away first; `inner` (dimension x hidden) and `bias` (hidden) lead to the hidden
    layer, `outer` (hidden x dimension) back. Without a hidden unit vectors stay as they are.
    """

    mean: Weights
    inner: Weights
    bias: Weights
    outer: Weights

    @classmethod
    def none(cls) -> Self:
        """Leaves vectors of any dimension as they are."""
        line, square = np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
        return cls(line, square, line, square)

    @property
    def changes(self) -> bool:
        """Whether it does anything."""
        return bool(self.bias.size)

    def query(self, vector: Vector) -> Vector:
        """One vector, of length 1 before and after."""
        if not self.changes:
            return vector
        inward, outward = self._turned
        apart = _unit((vector - self.mean)[None])[0]
        hidden = np.maximum(products(inward, apart) + self.bias, 0)
        tuned: Vector = _unit((apart + products(outward, hidden))[None])[0]
        return tuned

    def passages(self, vectors: Vectors) -> Vectors:
        """Rows of length 1 before and after; the very same array when nothing changes."""
        if not self.changes or not len(vectors):
            return vectors
        found = np.empty(vectors.shape, np.float32)
        for start in range(0, len(vectors), _BLOCK):
            found[start : start + _BLOCK] = self._tuned(vectors[start : start + _BLOCK])
        return found

    @cached_property
    def _turned(self) -> tuple[Weights, Weights]:
        """Both layers with a row for each of what comes out."""
        return np.ascontiguousarray(self.inner.T), np.ascontiguousarray(self.outer.T)

    def _tuned(self, vectors: Vectors) -> Vectors:
        apart = _unit(vectors - self.mean)
        hidden = np.maximum(apart @ self.inner + self.bias, 0)
        return _unit(apart + hidden @ self.outer)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(lengths, 1e-6)[:, None], np.float32)
