"""Whether a query is about crises of lending at all: more like what incidents tell than like other things."""

from dataclasses import dataclass
from math import tanh
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.categories import discriminant
from retrieval.embedder import Vector, Vectors

_MOST: Final = 20_000


@dataclass(frozen=True)
class Kinship:
    """What tells passages of incidents from sentences about other things: weights and an intercept, in units of what
    passages of incidents reach on average.
    """

    weights: NDArray[np.float32]
    intercept: float

    @classmethod
    def of(cls, ours: Vectors, others: Vectors) -> Self:
        """From the passages of incidents and the sentences about other things, all centred and of length 1."""
        chosen = ours[:: max(1, -(-len(ours) // _MOST))]
        codes = np.repeat(np.array([0, 1], np.int64), (len(others), len(chosen)))
        weights, intercepts = discriminant(np.vstack([others, chosen]), codes, 2)
        if not weights.size:
            return cls(np.zeros(ours.shape[1], np.float32), 0.0)
        weight, intercept = weights[:, 1] - weights[:, 0], float(intercepts[1] - intercepts[0])
        usual = max(float((chosen @ weight).mean()) + intercept, 1.0)
        return cls(weight / np.float32(usual), intercept / usual)

    def with_query(self, centred: Vector) -> float:
        """How much more a centred query is like what incidents tell than like other things, from -1 to 1; 0 when nobody
        can say. It is bounded so that no filter makes a precedent of something that is merely about lending.
        """
        return tanh(float(centred @ self.weights) + self.intercept)
