"""FAISS inverted lists of row numbers with quantised vectors: finds candidates fast. The only importer of faiss.

Lists hold one bit a dimension, a twenty-fourth of the vectors: enough to find candidates, which are then compared
exactly. Row numbers are FAISS's native ids: IndexIDMap2 over IVF loses track of ids when some are removed. Nothing is
ever added or removed here.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors

_FAISS: Final[Any] = faiss  # its type stubs know less than it does

ONE_BIT: Final = "RaBitQfs"
"""RaBitQ (Gao & Long 2024) in FAISS's fast-scan layout: for some hundred dimensions."""

EIGHT_BITS: Final = "SQ8"
"""For few dimensions, where one bit of each says too little."""

_LISTS_PER_ROOT: Final = 2
"""Lists = this x the square root of the number of vectors."""

_SEED: Final = 20261122
_TRAINING_PER_LIST: Final = 64
_LEAST_PER_LIST: Final = 39  # below it, k-means warns of too few points
_ROUNDS: Final = 8


class Lists:
    """Inverted lists over rows 0..n-1. A search reads the `probed` lists nearest to the query."""

    def __init__(self, index: Any) -> None:
        self._faiss = index
        self.count = int(index.nlist)

    @classmethod
    def build(cls, vectors: Vectors, quantisation: str = ONE_BIT, threads: int = 1) -> Self:
        """Train on a sample with a fixed seed, then add all rows; the same rows give the same lists."""
        _FAISS.omp_set_num_threads(threads)
        rows, dimension = vectors.shape
        lists = max(1, min(int(_LISTS_PER_ROOT * rows**0.5), rows // _LEAST_PER_LIST))
        index = _FAISS.index_factory(dimension, f"IVF{lists},{quantisation}", _FAISS.METRIC_INNER_PRODUCT)
        index.cp.seed, index.cp.niter, index.cp.max_points_per_centroid = _SEED, _ROUNDS, _TRAINING_PER_LIST
        index.train(sample(vectors, max(lists * _TRAINING_PER_LIST, 1000)))
        for part in blocks(rows):
            index.add(np.ascontiguousarray(vectors[part]))
        index.nprobe = lists
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Lists from a file that was verified before: FAISS does not survive every damage."""
        return cls(_FAISS.read_index(str(path), _FAISS.IO_FLAG_MMAP | _FAISS.IO_FLAG_READ_ONLY))

    def write(self, path: Path) -> None:
        """Write a file; neither atomic nor durable."""
        _FAISS.write_index(self._faiss, str(path))

    @property
    def probed(self) -> int:
        """How many lists a search reads; written with the lists."""
        return int(self._faiss.nprobe)

    @probed.setter
    def probed(self, lists: int) -> None:
        self._faiss.nprobe = min(lists, self.count)

    def search(
        self, vector: Vector, count: int, alive: NDArray[np.uint8] | None = None, probed: int | None = None
    ) -> NDArray[np.int64]:
        """Row numbers of up to `count` likely neighbours; `alive` has a bit for each row that may be found."""
        _FAISS.omp_set_num_threads(1)  # counts for this thread alone; more than one costs more than it gains
        chosen = None if alive is None else _FAISS.IDSelectorBitmap(alive)
        parameters = _FAISS.SearchParametersIVF(sel=chosen, nprobe=min(probed or self.probed, self.count))
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        _, found = self._faiss.search(query, count, params=parameters)
        rows: NDArray[np.int64] = found[0]
        return rows[(rows >= 0) & (rows < int(self._faiss.ntotal))]


def blocks(rows: int, size: int = 1 << 16) -> Iterable[slice]:
    """Slices that cover rows in order."""
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


def sample(vectors: Vectors, count: int, seed: int = _SEED) -> Vectors:
    """A copy of some rows, all if there are not more."""
    if count >= len(vectors):
        return np.ascontiguousarray(vectors)
    chosen = np.random.default_rng(seed).choice(len(vectors), count, replace=False)
    return np.ascontiguousarray(vectors[np.sort(chosen)])
