"""Arrays in NumPy files that are either whole or not there."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.bundle.files import write_atomically
from retrieval.index.manifest import StoredFile
from retrieval.index.rows import Ids, Rows
from retrieval.index.snapshot import Snapshot


def write_array(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], parts: Iterable[NDArray[Any]]) -> StoredFile:
    """Write a NumPy file whose rows come in parts, atomically."""
    digest = write_atomically(path, _pieces(shape, dtype, parts))
    return StoredFile.of(path, digest)


def write_changes(path: Path, snapshot: Snapshot) -> StoredFile:
    """Delta and tombstones, three arrays one after the other: one file is one flush to the disk."""
    arrays: list[NDArray[Any]] = [snapshot.delta.ids, snapshot.delta.vectors, snapshot.dead()]
    pieces = (piece for array in arrays for piece in _pieces(array.shape, array.dtype, [array]))
    return StoredFile.of(path, write_atomically(path, pieces))


def read_changes(path: Path) -> tuple[Rows, Ids]:
    """Delta and the ids of dead rows."""
    with path.open("rb") as stream:
        ids, vectors, dead = (np.load(stream) for _ in range(3))
    return Rows(ids, vectors), dead


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
