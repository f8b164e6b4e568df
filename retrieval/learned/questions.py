"""What judges found to answer questions like this one: a memory of judged questions, as a leg of the search.

A kernel regression (Nadaraya 1964, Watson 1964) over the nearest questions: each speaks for the incidents that answer
it, the louder the more it is like the query. Passages tell what happened; this tells what people find useful who ask
such things, second precedents of another cause among them.

Two questions are alike as the embedder says (seven parts of ten) and as the tuning says: recall@5 of this leg alone
.887 on the fitting queries, .863 by the embedder alone. Only the nearest speak: what a thousand others say together
drowns the few that are really like the query (area under the curve of "is there a precedent" .94, with all .91).
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
from retrieval.learned.tuning import Tuning
from retrieval.products import products

NEAREST: Final = 32
"""Questions that speak."""

SHARPNESS: Final = 12.0
"""How fast a question's say falls with its likeness: one at .8 has three times the say of one at .7."""

LEVEL: Final = 0.5
"""The likeness at which a lone question counts as much as knowing nothing."""

PRECEDENT: Final = GAINS[RELEVANT]
"""The gain from which an incident is a precedent."""

FLOOR: Final = 0.02
"""The share of an incident that no question speaks for."""

AXES: Final = 384
"""Coordinates of a question, along the axes in which questions differ most (of 768; 256 cost .007 of the whole
search's recall@5).
"""

UNTUNED: Final = 0.7
"""How much of the likeness is the embedder's own. From .5 to .85 there is little to choose: F1 of "no precedent" on the
fitting queries .778, .784, .779, recall@5 .894, .893, .892.
"""

FIRST, LIKELY = 64, 256
"""The nearest questions are sought among the likeliest by their first coordinates (99.6 % of them are there)."""

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
    """`places` (questions x axes) are coordinates along `axes` (axes x dimension, twice the dimension where `tuning`
    changes anything) of each question's vector without the `mean` and, beside it, of its tuned vector; `gains`
    (questions x incidents) is what each incident of `incidents` is worth as an answer (`judging.GAINS`).
    """

    mean: NDArray[np.float32]
    tuning: Tuning
    axes: NDArray[np.float32]
    places: Vectors
    incidents: tuple[str, ...]
    gains: NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        """No question was ever judged."""
        line, square = np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
        return cls(line, Tuning.none(), square, square, (), square)

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        mean: NDArray[np.float32],
        incidents: Sequence[str],
        gains: NDArray[np.float32],
        tuning: Tuning,
    ) -> Self:
        """Of vectors as the embedder gave them."""
        mean = mean.astype(np.float32)
        apart = vectors - mean
        apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
        both = _beside(apart, tuning.passages(vectors)) if tuning.changes else apart
        exact = both.astype(np.float64)
        _, axes = np.linalg.eigh(exact.T @ exact)
        chosen = np.ascontiguousarray(axes[:, ::-1][:, :AXES].T, np.float32)
        return cls(mean, tuning, chosen, np.ascontiguousarray(both @ chosen.T, np.float32), tuple(incidents), gains)

    def __len__(self) -> int:
        return len(self.places)

    def like(self, vector: Vector, here: NDArray[np.bool_], tuned: Vector | None = None) -> Answered:
        """What the questions say that are like a query, by its vector as the embedder gave it (and its `tuned` one,
        where that is at hand); `here` tells which incidents are searched.
        """
        if not len(self):
            return Answered(np.zeros(0, np.float32), 0.0)
        near, likeness = self._nearest(self._place(vector, tuned))
        say = np.exp(np.float32(SHARPNESS) * (likeness - np.float32(LEVEL)))
        gains = self.gains[near]
        whole = float(say.sum()) + 1
        counted = gains[:, here] if here.any() else gains
        answered = float(say[counted.max(axis=1) >= PRECEDENT].sum())
        chance = (answered + 0.5) / whole
        shares = np.log((say @ gains) / np.float32(whole) + np.float32(FLOOR))
        return Answered(shares.astype(np.float32), log(chance / (1 - chance)))

    def _place(self, vector: Vector, tuned: Vector | None) -> Values:
        apart = vector - self.mean
        apart /= max(float(np.linalg.norm(apart)), 1e-6)
        if self.tuning.changes:
            apart = _beside(apart, self.tuning.query(vector) if tuned is None else tuned)
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


def _beside(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Both as one vector of length 1, the cosine of which is theirs in the parts of `UNTUNED`."""
    return np.concatenate((one * np.float32(UNTUNED**0.5), other * np.float32((1 - UNTUNED) ** 0.5)), axis=-1)


def _highest(values: Values, count: int) -> Numbers:
    """Positions of the highest, ascending."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.sort(np.argpartition(-values, count)[:count])
