"""The files of a base: ids, vectors and sums as NumPy files, lists as FAISS writes them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vectors
from retrieval.index.array_files import write_array
from retrieval.index.base import Base, Parts, Sums, sums_of
from retrieval.index.building import write_lists
from retrieval.index.lists import Lists
from retrieval.index.manifest import StoredFile
from retrieval.index.rows import Rows

BASE_PARTS: Final = ("ids.npy", "vectors.npy", "sums.npy", "lists.faiss")


def write_base(folder: Path, name: str, parts: Parts, threads: int | None) -> dict[str, StoredFile]:
    """Write the files of a new base block by block: memory holds its lists and one block, never all vectors."""
    rows, dimension = len(parts.ids), parts.delta.vectors.shape[1]
    sums: list[Sums] = []

    def summed() -> Iterator[Vectors]:
        for block in parts.vectors():
            sums.append(sums_of(block))
            yield block

    vectors = write_array(folder / f"{name}.vectors.npy", (rows, dimension), np.dtype(np.float32), summed())
    write_lists(folder / vectors.name, folder / f"{name}.lists.faiss", threads)
    return {vectors.name: vectors} | _rest(folder, name, parts.ids, np.concatenate(sums))


def copy_base(folder: Path, name: str, base: Base) -> dict[str, StoredFile]:
    """Write the files of a base that was built in memory or lies in another folder."""
    stored = base.rows.vectors
    vectors = write_array(folder / f"{name}.vectors.npy", stored.shape, stored.dtype, [stored])
    base.lists.write(folder / f"{name}.lists.faiss")
    return {vectors.name: vectors} | _rest(folder, name, base.rows.ids, base.sums)


def map_base(folder: Path, name: str) -> Base:
    """A base whose vectors stay in their file."""
    ids, sums, vectors, lists = (
        folder / f"{name}.{part}" for part in ("ids.npy", "sums.npy", "vectors.npy", "lists.faiss")
    )
    return Base(Rows(np.load(ids), _mapped(vectors)), np.load(sums), Lists.read(lists), name)


def _rest(folder: Path, name: str, ids: NDArray[np.int64], sums: Sums) -> dict[str, StoredFile]:
    """Write ids and sums, flush the lists, describe all three."""
    lists = folder / f"{name}.lists.faiss"
    with lists.open("rb") as stream:
        os.fsync(stream.fileno())
    arrays: dict[str, NDArray[Any]] = {"ids": ids, "sums": sums}
    written = [
        write_array(folder / f"{name}.{part}.npy", array.shape, array.dtype, [array]) for part, array in arrays.items()
    ]
    return {one.name: one for one in (StoredFile.of(lists), *written)}


def _mapped(path: Path) -> Vectors:
    return np.asarray(np.load(path, mmap_mode="r"))
