"""Memory of an index that was saved: what a fresh process grows by when it opens it and answers queries.

Run as `python -m engine.bench.retrieval_memory KIND PATH QUERIES`; prints MB. KIND is `product`, `exact` or `hnswlib`.
Pages of mapped files that were touched count.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np

from retrieval.embedder import Vectors
from retrieval.index import IndexHeader, VectorIndex

HEADER_NAME: Final = "bench"
_NEIGHBOURS: Final = 10
_LEAST_BYTES: Final = 10_000_000
_STATM: Final = Path("/proc/self/statm")
_FAISS: Final[Any] = faiss


def memory_mb(kind: str, path: Path, queries: Path) -> float | None:
    """Measured in a process of its own; None where a process cannot read its memory, and for what is too small."""
    size = sum(one.stat().st_size for one in [path, *path.rglob("*")])
    if not _STATM.exists() or size < _LEAST_BYTES:
        return None
    command = [sys.executable, "-m", "engine.bench.retrieval_memory", kind, str(path), str(queries)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    return float(done.stdout.split()[-1])


def _resident_mb() -> float:
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _product(path: Path, queries: Vectors) -> None:
    header = IndexHeader(HEADER_NAME, HEADER_NAME, queries.shape[1])
    index = VectorIndex.load(path, header)
    for query in queries:
        index.search(query, _NEIGHBOURS)
    _tell()


def _exact(path: Path, queries: Vectors) -> None:
    index = _FAISS.read_index(str(path))
    for query in queries[:20]:
        index.search(query[None], _NEIGHBOURS)
    _tell()


def _hnswlib(path: Path, queries: Vectors) -> None:
    index: Any = hnswlib.Index(space="ip", dim=queries.shape[1])
    index.load_index(str(path))
    index.set_ef(100)
    for query in queries:
        index.knn_query(query[None], k=_NEIGHBOURS, num_threads=1)
    _tell()


def _tell() -> None:
    sys.stdout.write(f"{_resident_mb() - BEFORE:.1f}\n")


if __name__ == "__main__":
    asked = np.load(sys.argv[3])
    if sys.argv[1] == "hnswlib":
        import hnswlib
    _FAISS.omp_set_num_threads(1)
    BEFORE = _resident_mb()
    {"product": _product, "exact": _exact, "hnswlib": _hnswlib}[sys.argv[1]](Path(sys.argv[2]), asked)
