"""What the vector index is compared with, each built and searched as its users would: FAISS, exactly, and hnswlib."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from engine.bench.retrieval_memory import HEADER_NAME, Memory, memory_of
from retrieval.embedder import Vector, Vectors
from retrieval.index import EXACT_UP_TO, IndexHeader, VectorIndex

Neighbours = NDArray[np.int64]
"""Row numbers, (queries, k)."""

THREADS: Final = 2
"""Of every build; searches use one."""

NEIGHBOURS: Final = 10
EXACT_NAME: Final = "FAISS 精确检索（IndexFlatIP）"
_FAISS: Final[Any] = faiss
USUAL, LIGHTER = (16, 100), (12, 40)
"""hnswlib's M and ef_construction."""

LIGHTER_FROM: Final = 500_000
"""From so many vectors on hnswlib is built with less effort: with the usual one it takes most of an hour."""

_EFS: Final = (16, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True)
class Place:
    """A folder to save in, and the file of the queries."""

    folder: Path

    def keep(self, queries: Vectors) -> Path:
        """Write the queries for a process that measures memory."""
        path = self.folder / "queries.npy"
        np.save(path, queries)
        return path


@dataclass(frozen=True)
class Contender:
    """`find` gives row numbers of the ten nearest; `about` says how it was set."""

    find: Callable[[Vector], list[int]]
    build_seconds: float
    memory: Memory | None
    about: str

    def recall(self, queries: Vectors, truth: Neighbours) -> float:
        """The share of the true neighbours that are found."""
        return recall_of([self.find(query) for query in queries], truth)


def recall_of(found: list[list[int]], truth: Neighbours) -> float:
    """The share of the true neighbours among what was found."""
    return sum(len(set(one) & set(true)) for one, true in zip(found, truth.tolist(), strict=True)) / truth.size


def nearest(vectors: Vectors, queries: Vectors) -> Neighbours:
    """The true ten, by comparing all."""
    _FAISS.omp_set_num_threads(THREADS)
    found: Neighbours = _FAISS.knn(queries, vectors, NEIGHBOURS, _FAISS.METRIC_INNER_PRODUCT)[1]
    return found


def product_index(vectors: Vectors, queries: Vectors, place: Place, exact_up_to: int = EXACT_UP_TO) -> Contender:
    """The product's index: filled, saved, merged, opened again."""
    header, path = IndexHeader(HEADER_NAME, HEADER_NAME, vectors.shape[1]), place.folder / "product"
    start = time.perf_counter()
    filled = VectorIndex(vectors.shape[1], exact_up_to=exact_up_to)
    filled.upsert(range(len(vectors)), vectors)
    filled.save(path, header)
    if filled.merge_due:
        filled.merge(THREADS)
    took = time.perf_counter() - start
    del filled
    index = VectorIndex.load(path, header, exact_up_to=exact_up_to)

    def find(vector: Vector) -> list[int]:
        return [number for number, _ in index.search(vector, NEIGHBOURS)]

    return Contender(find, took, memory_of("product", path, place.keep(queries)), HEADER_NAME)


def exact_search(vectors: Vectors, queries: Vectors, place: Place) -> Contender:
    """faiss.IndexFlatIP."""
    start = time.perf_counter()
    index = _FAISS.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    took = time.perf_counter() - start

    def find(vector: Vector) -> list[int]:
        _FAISS.omp_set_num_threads(1)
        found: list[int] = index.search(vector[None], NEIGHBOURS)[1][0].tolist()
        return found

    path = place.folder / "exact.faiss"
    _FAISS.write_index(index, str(path))
    return Contender(find, took, memory_of("exact", path, place.keep(queries)), EXACT_NAME)


def hnswlib_index(vectors: Vectors, queries: Vectors, truth: Neighbours, wanted: float, place: Place) -> Contender:
    """The package hnswlib with the least `ef` that reaches the wanted recall, or the largest; raises ImportError."""
    import hnswlib  # noqa: PLC0415 - an optional package

    start = time.perf_counter()
    index: Any = hnswlib.Index(space="ip", dim=vectors.shape[1])
    links, effort = LIGHTER if len(vectors) >= LIGHTER_FROM else USUAL
    index.init_index(max_elements=len(vectors), M=links, ef_construction=effort, random_seed=1)
    index.add_items(vectors, num_threads=THREADS)
    took = time.perf_counter() - start

    def find(vector: Vector) -> list[int]:
        found: list[int] = index.knn_query(vector[None], k=NEIGHBOURS, num_threads=1)[0][0].tolist()
        return found

    recall, ef = 0.0, 0
    for ef in _EFS:
        index.set_ef(ef)
        recall = recall_of([find(query) for query in queries], truth)
        if recall >= wanted:
            break
    path = place.folder / "hnswlib.bin"
    index.save_index(str(path))
    about = f"hnswlib（M={links}，ef_construction={effort}，ef={ef}，召回率 {recall:.3f}）"
    return Contender(find, took, memory_of("hnswlib", path, place.keep(queries)), about)
