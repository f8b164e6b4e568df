"""Character n-grams as 64-bit numbers: one deterministic hash for features and for near-duplicates.

numpy only, no vocabulary: nothing of a text can be read back from what is built on them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_A: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B: Final = np.uint64(0x94D049BB133111EB)


def mix(values: Hashes) -> Hashes:
    """The SplitMix64 finaliser (Steele, Lea, Flood 2014): spreads every input bit over all output bits."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_A
    values = (values ^ (values >> np.uint64(27))) * _MIX_B
    return values ^ (values >> np.uint64(31))


def code_points(text: str) -> Hashes:
    """The characters of a text as numbers, uint64[len(text)]; lone surrogates are kept as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def ngram_hashes(points: Hashes, size: int) -> Hashes:
    """One hash per n-gram of `size` characters, uint64[max(0, len - size + 1)]; sizes never collide by design."""
    count = len(points) - size + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    hashes = np.full(count, np.uint64(size), dtype=np.uint64)
    for offset in range(size):
        hashes = mix(hashes + _STEP + points[offset : offset + count])
    return hashes
