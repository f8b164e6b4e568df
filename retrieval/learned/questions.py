"""What judges found to answer questions like this one: a memory of judged questions, as a leg of the search.

A kernel regression (Nadaraya 1964, Watson 1964) over the questions' vectors: every judged question speaks for the
incidents that answer it, the louder the more it is like the query. Passages tell what happened; this tells what people
find useful who ask such things, second precedents of another cause among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped]
from scipy.sparse._sparsetools import csr_matvec  # type: ignore[import-untyped]

from retrieval.embedder import Vector, Vectors
from retrieval.judging import GAINS, RELEVANT
from retrieval.products import products

SHARPNESS: Final = 24.0
"""How fast a question's say falls with its centred cosine: one at .8 has eleven times the say of one at .7. (nDCG@10 on
the dev and training queries with 1,400 questions: .77 with 10, .81 with 24 and 36.)
"""

WIDE: Final = 12.0
"""The same for the verdict, which wants more opinions."""

LEVEL: Final = 0.5
"""The cosine at which a lone question counts as much as knowing nothing."""

PRECEDENT: Final = GAINS[RELEVANT]
"""The gain from which an incident is a precedent."""

FLOOR: Final = 0.02
"""The share of an incident that no question speaks for."""

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
    """`vectors` (questions x dimension) are centred by `mean` and of length 1; `gains` (questions x incidents) is what
    each incident of `incidents` is worth as an answer (`judging.GAINS`).
    """

    mean: NDArray[np.float32]
    vectors: Vectors
    incidents: tuple[str, ...]
    gains: csr_array

    @classmethod
    def none(cls) -> Self:
        """No question was ever judged."""
        line, square = np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
        return cls(line, square, (), csr_array((0, 0), dtype=np.float32))

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        mean: NDArray[np.float32],
        incidents: Sequence[str],
        gains: NDArray[np.float32],
    ) -> Self:
        """Of vectors as the embedder gave them and gains as a full matrix."""
        apart = vectors - mean
        apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
        return cls(mean.astype(np.float32), apart.astype(np.float32), tuple(incidents), csr_array(gains))

    def __len__(self) -> int:
        return len(self.vectors)

    def like(self, vector: Vector, here: NDArray[np.bool_]) -> Answered:
        """What the questions say that are like a query, by its vector as the embedder gave it; `here` tells which
        incidents are searched.
        """
        if not len(self):
            return Answered(np.zeros(0, np.float32), 0.0)
        apart = vector - self.mean
        cosines = products(self.vectors, (apart / (float(np.linalg.norm(apart)) or 1.0)).astype(np.float32))
        wide = np.exp(WIDE * (cosines - LEVEL))
        say = wide ** (SHARPNESS / WIDE)
        shares = _times(self._by_incident, say) / np.float32(say.sum() + 1)
        chance = float((wide[self._answered(here)].sum() + 0.5) / (wide.sum() + 1))
        return Answered(np.log(shares + np.float32(FLOOR)).astype(np.float32), float(np.log(chance / (1 - chance))))

    def _answered(self, here: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which questions have a precedent among these incidents, or among all where there is none of them."""
        counted = here if here.any() else np.ones_like(here)
        found: NDArray[np.bool_] = _times(self._precedents, counted.astype(np.float32)) > 0
        return found

    @cached_property
    def _by_incident(self) -> csr_array:
        """Incidents x questions: the gains the other way round."""
        return csr_array(self.gains.T)

    @cached_property
    def _precedents(self) -> csr_array:
        """Questions x incidents: 1 where an incident is a precedent, else 0."""
        return (self.gains >= PRECEDENT).astype(np.float32)


def _times(matrix: csr_array, vector: Values) -> Values:
    """Their product by the function that SciPy multiplies with: finding it takes SciPy longer than multiplying."""
    found = np.zeros(matrix.shape[0], np.float32)
    csr_matvec(*matrix.shape, matrix.indptr, matrix.indices, matrix.data, vector, found)
    return found
