"""Vectors under stable ids in FAISS (exact inner product), saved in one file that says what it belongs to."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.bundle.files import write_atomically
from retrieval.embedder import Vector, Vectors
from retrieval.errors import IndexMismatch

# A search is far below a millisecond of work: starting threads costs more, and much more on a busy machine.
faiss.omp_set_num_threads(1)

FORMAT = 1
_MAGIC = b"crisisdesk index\n"


def stable_id(key: str) -> int:
    """The same non-negative 63-bit id for the same key, everywhere."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


@dataclass(frozen=True)
class IndexHeader:
    """What an index was made from: vectors of another embedder or knowledge must not be mixed with these."""

    embedder: str
    knowledge: str
    dimension: int
    format: int = FORMAT


_FIELD_TITLES = {"embedder": "向量模型", "knowledge": "知识库内容", "dimension": "向量维数", "format": "文件格式"}


class VectorIndex:
    """IndexIDMap2 over a flat inner-product index: exact, up to about 100,000 vectors in milliseconds."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._faiss: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    def ids(self) -> NDArray[np.int64]:
        """All ids, in the order they were added."""
        return np.array(faiss.vector_to_array(self._faiss.id_map), dtype=np.int64)

    def upsert(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors, replacing those with the same id (FAISS itself would keep both)."""
        if len(set(ids)) != len(ids) or vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"{len(ids)} ids ({len(set(ids))} different) for vectors of shape {vectors.shape}")
        self.remove(ids)
        self._faiss.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.array(ids, np.int64))

    def remove(self, ids: Sequence[int]) -> None:
        """Forget these ids; unknown ones are no fault."""
        self._faiss.remove_ids(np.array(ids, np.int64))

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The stored vectors of known ids; raises KeyError for an unknown one."""
        try:
            rows = [self._faiss.reconstruct(number) for number in ids]
        except RuntimeError as error:
            raise KeyError(str(error)) from error
        return np.vstack(rows).astype(np.float32) if rows else np.zeros((0, self.dimension), np.float32)

    def search(self, vector: Vector, k: int) -> list[tuple[int, float]]:
        """The k best (id, inner product), best first, ties by id."""
        wanted = min(k, len(self))
        if wanted <= 0:
            return []
        scores, ids = self._faiss.search(vector.reshape(1, -1), wanted)
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def save(self, path: Path, header: IndexHeader) -> None:
        """Write the whole file or nothing: temporary file, fsync, rename, fsync of the folder."""
        payload = faiss.serialize_index(self._faiss).tobytes()
        about = asdict(header) | {"sha256": hashlib.sha256(payload).hexdigest()}
        write_atomically(path, [_MAGIC, json.dumps(about, sort_keys=True).encode() + b"\n", payload])

    @classmethod
    def load(cls, path: Path, expected: IndexHeader, *, any_knowledge: bool = False) -> Self:
        """Read an index and check that it belongs here; raises IndexMismatch, or FileNotFoundError.

        `any_knowledge` accepts one of other knowledge, whose vectors can be taken over.
        """
        about, payload = _split(path)
        _check(path, about, asdict(expected), ignored={"knowledge"} if any_knowledge else set())
        if hashlib.sha256(payload).hexdigest() != about.get("sha256"):
            raise IndexMismatch(f"检索索引 {path} 已损坏，请重建索引。")
        index = cls(expected.dimension)
        index._faiss = faiss.deserialize_index(np.frombuffer(payload, np.uint8))
        return index


def _split(path: Path) -> tuple[dict[str, object], bytes]:
    magic, _, rest = path.read_bytes().partition(b"\n")
    line, _, payload = rest.partition(b"\n")
    try:
        about = json.loads(line)
    except ValueError:
        about = None
    if magic + b"\n" != _MAGIC or not isinstance(about, dict):
        raise IndexMismatch(f"{path} 不是检索索引，或文件已损坏，请重建索引。")
    return about, payload


def _check(path: Path, found: dict[str, object], expected: dict[str, object], ignored: set[str]) -> None:
    wrong = [title for key, title in _FIELD_TITLES.items() if key not in ignored and found.get(key) != expected[key]]
    if wrong:
        raise IndexMismatch(f"检索索引 {path} 与当前的{'、'.join(wrong)}不一致，请重建索引。")
