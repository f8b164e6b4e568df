"""Shares that are known from few cases: a Beta distribution on a grid."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_CELLS: Final = 2000
_MIDDLES: Final = (np.arange(_CELLS) + 0.5) / _CELLS


@dataclass(frozen=True)
class Beta:
    """What is believed of a share after `good` and `bad` cases (both above 0, prior included)."""

    good: float
    bad: float

    @property
    def mean(self) -> float:
        """The expected share."""
        return self.good / (self.good + self.bad)

    def interval(self, chance: float) -> tuple[float, float]:
        """The middle range that holds the share with this chance."""
        tail = (1 - chance) / 2
        low, high = np.searchsorted(np.cumsum(self._weights), (tail, 1 - tail))
        return float(_MIDDLES[min(low, _CELLS - 1)]), float(_MIDDLES[min(high, _CELLS - 1)])

    def above(self, other: "Beta") -> float:
        """The chance that this share is higher than another one, both independent."""
        below = np.cumsum(other._weights) - other._weights / 2
        return float(np.sum(self._weights * below))

    @cached_property
    def _weights(self) -> NDArray[np.float64]:
        log: Any = (self.good - 1) * np.log(_MIDDLES) + (self.bad - 1) * np.log1p(-_MIDDLES)
        weights = np.exp(log - log.max())
        found: NDArray[np.float64] = weights / weights.sum()
        return found
