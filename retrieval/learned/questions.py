"""What judges found to answer questions like this one: a memory of judged questions, as a leg of the search.

A kernel regression (Nadaraya 1964, Watson 1964) over the nearest questions: each speaks for the incidents that answer
it, the louder the more it is like the query. Passages tell what happened; this tells what people find useful who ask
such things, second precedents of another cause among them.

Two questions are alike as the embedder says, which was taught for it where it is the bundled one
(`retrieval.learned.teaching`). Only the nearest speak: what a thousand others say together drowns the few that are
really like the query (area under the curve of "is there a precedent" .94, with all .91, before it was taught).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors
from retrieval.judging import GAINS, RELEVANT
from retrieval.products import products

NEAREST: Final = 32
"""Questions that speak."""

SHARPNESS: Final = 20.0
"""How fast a question's say falls with its likeness: one at .8 has seven times the say of one at .7."""

LEVEL: Final = 0.5
"""The likeness at which a lone question counts as much as knowing nothing."""

PRECEDENT: Final = GAINS[RELEVANT]
"""The gain from which an incident is a precedent."""

FLOOR: Final = 0.02
"""The share of an incident that no question speaks for."""

AXES: Final = 256
"""Coordinates of a question, along the axes in which questions differ most."""

FIRST, LIKELY = 64, 256
"""The nearest questions are sought among the likeliest by their first coordinates (99.8 % of them are there)."""

Numbers = NDArray[np.int64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Answered:
    """`shares` are logarithms, for every known incident, of the gain that questions like the query found in it;
    `precedented` is the logarithm of the odds that such questions have a precedent among those that are searched.
    """

    shares: Values
    precedented: float


@dataclass(frozen=True)
class Questions:
    """`places` (questions x axes) are coordinates along `axes` (axes x dimension) of each question's vector without the
    `mean`; `gains` (questions x incidents) is what each incident of `incidents` is worth as an answer
    (`judging.GAINS`); `agreed` is the share of a question's judges who found a precedent, where any did.
    """

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    places: Vectors
    incidents: tuple[str, ...]
    gains: NDArray[np.float32]
    agreed: NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        """No question was ever judged."""
        line, square = np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
        return cls(line, square, square, (), square, line)

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        mean: NDArray[np.float32],
        incidents: Sequence[str],
        gains: NDArray[np.float32],
        agreed: NDArray[np.float32] | None = None,
    ) -> Self:
        """Of vectors as the embedder gave them; all judges agreed where it is not said."""
        mean = mean.astype(np.float32)
        apart = vectors - mean
        apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
        exact = apart.astype(np.float64)
        _, axes = np.linalg.eigh(exact.T @ exact)
        chosen = np.ascontiguousarray(axes[:, ::-1][:, :AXES].T, np.float32)
        places = np.ascontiguousarray(apart @ chosen.T, np.float32)
        sure = np.ones(len(places), np.float32) if agreed is None else agreed
        return cls(mean, chosen, places, tuple(incidents), gains, sure)

    def __len__(self) -> int:
        return len(self.places)

    def like(self, vector: Vector, here: NDArray[np.bool_]) -> Answered:
        """What the questions say that are like a query, by its vector as the embedder gave it; `here` tells which
        incidents are searched.
        """
        if not len(self):
            return Answered(np.zeros(0, np.float32), 0.0)
        near, likeness = self._nearest(self._place(vector))
        say = np.exp(np.float32(SHARPNESS) * (likeness - np.float32(LEVEL)))
        gains = self.gains[near]
        whole = float(say.sum()) + 1
        counted = gains[:, here] if here.any() else gains
        answered = float((say * self.agreed[near])[counted.max(axis=1) >= PRECEDENT].sum())
        chance = (answered + 0.5) / whole
        shares = np.log((say @ gains) / np.float32(whole) + np.float32(FLOOR))
        return Answered(shares.astype(np.float32), log(chance / (1 - chance)))

    def _place(self, vector: Vector) -> Values:
        apart = vector - self.mean
        apart /= max(float(np.linalg.norm(apart)), 1e-6)
        return products(self.axes, apart)

    def _nearest(self, place: Values) -> tuple[Numbers, Values]:
        """Numbers of the nearest questions, ascending, and how like each is."""
        likely = _highest(products(self._first, place[:FIRST]), LIKELY)
        likeness = np.einsum("ij,j->i", self.places.take(likely, axis=0), place)
        nearest = _highest(likeness, NEAREST)
        return likely[nearest], likeness[nearest]

    @cached_property
    def _first(self) -> Vectors:
        return np.ascontiguousarray(self.places[:, :FIRST])


def _highest(values: Values, count: int) -> Numbers:
    """Positions of the highest, ascending."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.sort(np.argpartition(-values, count)[:count])
