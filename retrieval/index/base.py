"""The immutable base of a large index: all vectors as they were given, and inverted lists that find candidates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors
from retrieval.errors import IndexMismatch
from retrieval.index.building import tuned_lists
from retrieval.index.lists import Lists, blocks
from retrieval.index.rows import Found, Ids, Rows, best, products
from retrieval.index.tuning import CANDIDATES, scanning_pays

_CANDIDATES_PER_WANTED = 4
Sums = NDArray[np.uint32]
"""The sum of each row's 32-bit words: a damaged row is noticed when it is read, not only by reading everything."""


@dataclass(frozen=True)
class Base:
    """Rows, their sums and their lists; `name` is that of its files once it has some."""

    rows: Rows
    sums: Sums
    lists: Lists
    name: str | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def build(cls, parts: "Parts", threads: int | None = None) -> Self:
        """A base in memory."""
        ids, vectors = parts.ids, np.concatenate(list(parts.vectors()))
        return cls(Rows(ids, vectors), sums_of(vectors), tuned_lists(vectors, threads or 1))

    def search(self, vector: Vector, k: int, alive: "Alive") -> Found:
        """The k best rows that are alive, with exact inner products."""
        wanted = min(k, alive.count)
        candidates = max(CANDIDATES, k * _CANDIDATES_PER_WANTED)
        if scanning_pays(len(self), candidates):
            return self._scan(vector, k, alive)
        found = self.lists.search(vector, candidates, alive.bits)
        if len(found) < wanted:  # the lists nearby were emptied: look further
            found = self.lists.search(vector, candidates, alive.bits, self.lists.count)
        if len(found) < wanted:
            return self._scan(vector, k, alive)
        return best(self.rows.ids[found], products(self.read(found), vector), k)

    def read(self, positions: Ids) -> Vectors:
        """The vectors at these positions; raises IndexMismatch for a damaged one."""
        vectors = self.rows.vectors[positions]
        check_sums(vectors, self.sums[positions])
        return vectors

    def _scan(self, vector: Vector, k: int, alive: "Alive") -> Found:
        found = self.rows.search(vector, k, None if alive.bits is None else alive.flags)
        self.read(self.rows.positions(found[0]))
        return found


@dataclass(frozen=True)
class Alive:
    """Which rows of a base are neither removed nor replaced: as flags, and as bits for FAISS (None: all are)."""

    flags: NDArray[np.bool_]
    bits: NDArray[np.uint8] | None
    count: int

    @classmethod
    def of(cls, flags: NDArray[np.bool_]) -> Self:
        """From one flag a row."""
        count = int(flags.sum())
        return cls(flags, None if count == len(flags) else np.packbits(flags, bitorder="little"), count)

    def without(self, positions: Ids) -> "Alive":
        """The same with more rows dead."""
        gone = positions[positions >= 0]
        if not len(gone):
            return self
        flags = self.flags.copy()
        flags[gone] = False
        return Alive.of(flags)


@dataclass(frozen=True)
class Parts:
    """What a new base is made of: the living rows of an old one and the delta, whose ids differ."""

    ids: Ids
    old: Base | None
    positions: Ids
    """Rows of the old base."""

    delta: Rows

    @classmethod
    def of(cls, old: Base | None, alive: Alive, delta: Rows) -> Self:
        """All living rows."""
        positions = np.flatnonzero(alive.flags)
        kept = old.rows.ids[positions] if old else delta.ids[:0]
        return cls(np.sort(np.concatenate([kept, delta.ids])), old, positions, delta)

    def vectors(self) -> Iterator[Vectors]:
        """The vectors in the order of the ids, block by block; raises IndexMismatch for a damaged row."""
        for part in blocks(len(self.ids)):
            ids = self.ids[part]
            found = np.zeros((len(ids), self.delta.vectors.shape[1]), np.float32)
            fresh = self.delta.positions(ids)
            found[fresh >= 0] = self.delta.vectors[fresh[fresh >= 0]]
            if self.old is not None:
                found[fresh < 0] = self.old.read(self.old.rows.positions(ids[fresh < 0]))
            yield found


def sums_of(vectors: Vectors) -> Sums:
    """Sums of rows, modulo 2^32."""
    words = np.ascontiguousarray(vectors, np.float32).view(np.uint32)
    return np.asarray(words.sum(axis=1, dtype=np.uint32), np.uint32)


def check_sums(vectors: Vectors, expected: Sums) -> None:
    """Raise IndexMismatch when a row is not what was stored."""
    if not np.array_equal(sums_of(vectors), expected):
        raise IndexMismatch("检索索引的向量文件已损坏，请运行 crisisdesk reindex 重建索引。")
