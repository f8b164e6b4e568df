"""The files of a base: ids, vectors and sums as NumPy files, lists as FAISS writes them."""

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from retrieval.bundle.files import write_atomically
from retrieval.embedder import Vectors
from retrieval.index.base import Base, Parts, Sums, sums_of
from retrieval.index.lists import Lists
from retrieval.index.manifest import StoredFile
from retrieval.index.rows import Rows
from retrieval.index.tuning import enough_lists

BASE_PARTS: Final = ("ids.npy", "vectors.npy", "sums.npy", "lists.faiss")


def write_base(folder: Path, name: str, parts: Parts, threads: int) -> dict[str, StoredFile]:
    """Write the files of a new base block by block: memory holds its lists and one block, never all vectors."""
    rows, dimension = len(parts.ids), parts.delta.vectors.shape[1]
    sums: list[Sums] = []

    def summed() -> Iterator[Vectors]:
        for block in parts.vectors():
            sums.append(sums_of(block))
            yield block

    vectors = write_array(folder / f"{name}.vectors.npy", (rows, dimension), np.dtype(np.float32), summed())
    mapped = _mapped(folder / vectors.name)
    lists = Lists.build(mapped, threads)
    lists.probed = enough_lists(lists, mapped)
    return {vectors.name: vectors} | _write_rest(folder, name, parts.ids, np.concatenate(sums), lists)


def copy_base(folder: Path, name: str, base: Base) -> dict[str, StoredFile]:
    """Write the files of a base that was built in memory or lies in another folder."""
    stored = base.rows.vectors
    vectors = write_array(folder / f"{name}.vectors.npy", stored.shape, stored.dtype, [stored])
    return {vectors.name: vectors} | _write_rest(folder, name, base.rows.ids, base.sums, base.lists)


def map_base(folder: Path, name: str) -> Base:
    """A base whose vectors stay in their file."""
    ids, sums, vectors, lists = (
        folder / f"{name}.{part}" for part in ("ids.npy", "sums.npy", "vectors.npy", "lists.faiss")
    )
    return Base(Rows(np.load(ids), _mapped(vectors)), np.load(sums), Lists.read(lists), name)


def write_array(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], parts: Iterable[NDArray[Any]]) -> StoredFile:
    """Write a NumPy file whose rows come in parts, atomically."""
    digest = write_atomically(path, _pieces(shape, dtype, parts))
    return StoredFile.of(path, digest)


def _write_rest(folder: Path, name: str, ids: NDArray[np.int64], sums: Sums, lists: Lists) -> dict[str, StoredFile]:
    path = folder / f"{name}.lists.faiss"
    lists.write(path)
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    arrays: dict[str, NDArray[Any]] = {"ids": ids, "sums": sums}
    written = [
        write_array(folder / f"{name}.{part}.npy", array.shape, array.dtype, [array]) for part, array in arrays.items()
    ]
    return {one.name: one for one in (StoredFile.of(path), *written)}


def _pieces(
    shape: tuple[int, ...], dtype: np.dtype[Any], parts: Iterable[NDArray[Any]]
) -> Iterator[bytes | memoryview]:
    head = io.BytesIO()
    about = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, about)
    yield head.getvalue()
    for part in parts:
        if part.size:
            yield np.ascontiguousarray(part).data.cast("B")


def _mapped(path: Path) -> Vectors:
    return np.asarray(np.load(path, mmap_mode="r"))
