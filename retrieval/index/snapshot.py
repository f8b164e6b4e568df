"""One state of an index that never changes: base, which of its rows live, and the delta. Updates make a new one."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from retrieval.embedder import Vector, Vectors
from retrieval.index.base import Alive, Base, Parts
from retrieval.index.rows import Found, Ids, Rows, best


@dataclass(frozen=True)
class Snapshot:
    """An id lives either in the base or in the delta, never in both."""

    base: Base | None
    alive: Alive
    delta: Rows

    @classmethod
    def empty(cls, dimension: int) -> Self:
        """Nothing yet."""
        return cls.flat(Rows.empty(dimension))

    @classmethod
    def flat(cls, rows: Rows) -> Self:
        """Without a base: searched exactly."""
        return cls(None, Alive.of(np.zeros(0, np.bool_)), rows)

    def __len__(self) -> int:
        return self.alive.count + len(self.delta)

    @property
    def parts(self) -> Parts:
        """What a new base would be made of."""
        return Parts.of(self.base, self.alive, self.delta)

    def dead(self) -> Ids:
        """Ids of the base that are removed or replaced (tombstones)."""
        return self.base.rows.ids[~self.alive.flags] if self.base else self.delta.ids[:0]

    def put(self, fresh: Rows) -> "Snapshot":
        """With these rows added, or in place of those of the same id."""
        return Snapshot(self.base, self._buried(fresh.ids), self.delta.put(fresh))

    def without(self, ids: Ids) -> "Snapshot":
        """Without these ids."""
        return Snapshot(self.base, self._buried(ids), self.delta.without(ids))

    def vectors(self, ids: Ids) -> Vectors:
        """The stored vectors; raises KeyError for an unknown id, IndexMismatch for a damaged row."""
        found = np.zeros((len(ids), self.delta.vectors.shape[1]), np.float32)
        fresh, old = self.delta.positions(ids), self._living(ids)
        unknown = (fresh < 0) & (old < 0)
        if unknown.any():
            raise KeyError(int(ids[unknown][0]))
        found[fresh >= 0] = self.delta.vectors[fresh[fresh >= 0]]
        if self.base is not None and (old >= 0).any():
            found[old >= 0] = self.base.read(old[old >= 0])
        return found

    def search(self, vector: Vector, k: int) -> Found:
        """The k best: exact without a base, likely with one; scores are exact in both cases."""
        fresh = self.delta.search(vector, k)
        if self.base is None:
            return fresh
        old = self.base.search(vector, k, self.alive)
        return best(np.concatenate([old[0], fresh[0]]), np.concatenate([old[1], fresh[1]]), k)

    def rebased(self, base: Base | None, touched: Ids) -> "Snapshot":
        """The same content over a base of an earlier state, since which only `touched` ids changed."""
        if base is None:
            parts = self.parts
            return Snapshot.flat(Rows(parts.ids, np.concatenate([self.delta.vectors[:0], *parts.vectors()])))
        alive = Alive.of(~np.isin(base.rows.ids, touched))
        return Snapshot(base, alive, self.delta.chosen(np.isin(self.delta.ids, touched)))

    def _living(self, ids: Ids) -> Ids:
        """Positions in the base, -1 for those that are not there or dead."""
        if self.base is None:
            return np.full(len(ids), -1, np.int64)
        found = self.base.rows.positions(ids)
        return np.where((found >= 0) & self.alive.flags[found], found, -1)

    def _buried(self, ids: Ids) -> Alive:
        return self.alive.without(self.base.rows.positions(ids)) if self.base else self.alive
