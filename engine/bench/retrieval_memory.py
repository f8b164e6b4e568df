"""Memory of an index that was saved: what a fresh process grows by when it opens it and answers queries.

Run as `python -m engine.bench.retrieval_memory KIND PATH QUERIES`; prints MB of its own, and with the pages of mapped
files that were touched (the system takes those back when it needs them). KIND is `product`, `exact` or `hnswlib`.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import faiss
import numpy as np

from retrieval.embedder import Vectors
from retrieval.index import IndexHeader, VectorIndex

HEADER_NAME: Final = "bench"
_NEIGHBOURS: Final = 10
_LEAST_BYTES: Final = 10_000_000
_STATUS: Final = Path("/proc/self/status")
_FAISS: Final[Any] = faiss


class Memory(NamedTuple):
    """MB."""

    own: float
    with_mapped: float


def memory_of(kind: str, path: Path, queries: Path) -> Memory | None:
    """Measured in a process of its own; None where a process cannot read its memory, and for what is too small."""
    size = sum(one.stat().st_size for one in [path, *path.rglob("*")])
    if not _STATUS.exists() or size < _LEAST_BYTES:
        return None
    command = [sys.executable, "-m", "engine.bench.retrieval_memory", kind, str(path), str(queries)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    own, with_mapped = done.stdout.split()[-2:]
    return Memory(float(own), float(with_mapped))


def _memory() -> Memory:
    found = dict(line.split(":") for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines())
    return Memory(*(int(found[name].split()[0]) / 1024 for name in ("RssAnon", "VmRSS")))


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
    now = _memory()
    sys.stdout.write(f"{now.own - BEFORE.own:.1f} {now.with_mapped - BEFORE.with_mapped:.1f}\n")


if __name__ == "__main__":
    asked = np.load(sys.argv[3])
    if sys.argv[1] == "hnswlib":
        import hnswlib
    _FAISS.omp_set_num_threads(1)
    BEFORE = _memory()
    {"product": _product, "exact": _exact, "hnswlib": _hnswlib}[sys.argv[1]](Path(sys.argv[2]), asked)
