"""Products of many rows with one vector, in one thread.

BLAS would share a product this size among threads. Waking them takes longer than it saves, many times longer while
others use the processor; einsum stays in one thread but takes half as long again.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 16
"""Rows of one call of BLAS: so few that it leaves its threads asleep (it wakes them from 9,216 numbers on)."""

Values = NDArray[np.float32]


def products(rows: Values, vector: Values) -> Values:
    """Of each row (C-contiguous, count x dimension) with a vector."""
    count, dimension = rows.shape
    whole = count - count % BLOCK
    found = np.empty(count, np.float32)
    np.matmul(rows[:whole].reshape(-1, BLOCK, dimension), vector, out=found[:whole].reshape(-1, BLOCK))
    np.matmul(rows[whole:], vector, out=found[whole:])
    return found
