"""The vector index: exact while small, a base with inverted lists and a delta when large; always one consistent state.

Readers take the current snapshot and need no lock; writers take turns. Merging builds a new base beside the old one,
which serves on, and then replaces the snapshot in one step (in memory an assignment, on disk a rename).
"""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vector, Vectors
from retrieval.index.base import Base
from retrieval.index.folder import Folder, Overtaken
from retrieval.index.header import IndexHeader
from retrieval.index.rows import Rows
from retrieval.index.snapshot import Snapshot

EXACT_UP_TO: Final = 20_000
"""Up to so many vectors all are compared: 3 ms of a search here, a tenth of embedding the query."""

_DELTA_SHARE: Final = 0.1
_DEAD_SHARE: Final = 0.2
_LEAST_BASE: Final = 39


@dataclass(frozen=True)
class _Saved:
    """What was committed last, and where."""

    folder: Folder
    header: IndexHeader
    snapshot: Snapshot
    generation: int


class VectorIndex:
    """Vectors under 63-bit ids, found by inner product. Safe to search from several threads while one changes it."""

    def __init__(self, dimension: int, *, exact_up_to: int = EXACT_UP_TO) -> None:
        self.dimension = dimension
        self.exact_up_to = max(exact_up_to, _LEAST_BASE)
        self._now = Snapshot.empty(dimension)
        self._saved: _Saved | None = None
        self._changing = Lock()
        self._merging = Lock()
        self._touched: set[int] | None = None  # ids changed while a merge runs

    def __len__(self) -> int:
        return len(self._now)

    @property
    def exact(self) -> bool:
        """Whether every search compares all vectors."""
        return self._now.base is None

    @property
    def header(self) -> IndexHeader | None:
        """What the index was saved or loaded as; None when it never was."""
        return self._saved.header if self._saved else None

    def ids(self) -> NDArray[np.int64]:
        """All ids, ascending."""
        return self._now.parts.ids

    def upsert(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors, replacing those with the same id. Raises ValueError for what cannot be searched."""
        if len(set(ids)) != len(ids) or vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"{len(ids)} ids ({len(set(ids))} different) for vectors of shape {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors with values that are no numbers")
        with self._changing:
            self._change(ids, self._now.put(Rows.of(ids, vectors)))

    def remove(self, ids: Sequence[int]) -> None:
        """Forget these ids; unknown ones are no fault."""
        with self._changing:
            self._change(ids, self._now.without(np.array(ids, np.int64)))

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The stored vectors of known ids, as they were given; raises KeyError for an unknown one."""
        return self._now.vectors(np.array(ids, np.int64))

    def search(self, vector: Vector, k: int) -> list[tuple[int, float]]:
        """The k best (id, inner product), best first, ties by id; products are exact also where the search is not."""
        ids, scores = self._now.search(vector, k)
        return list(zip(ids.tolist(), scores.tolist(), strict=True))

    @property
    def merge_due(self) -> bool:
        """Whether merging would make searches quicker: a large delta, or many dead vectors in the base."""
        now = self._now
        if now.base is None:
            return len(now) > self.exact_up_to
        dead = len(now.base) - now.alive.count
        return len(now.delta) > max(_DELTA_SHARE * len(now.base), self.exact_up_to / 4) or dead > _DEAD_SHARE * len(
            now.base
        )

    def merge(self, threads: int | None = None) -> None:
        """Make base and delta one new base (none, if all is small enough to be compared), while the old one serves.

        Two merges of one index take turns. What is saved is switched too, unless there are changes that were not saved
        or another process has saved since.
        With `threads` (of this process) lists are built faster than they are beside other work.
        """
        with self._merging:
            with self._changing:
                start, saved, self._touched = self._now, self._saved, set()
            try:
                base = self._build(start, saved, threads)
                with self._changing:
                    self._switch(base)
            finally:
                self._touched = None

    def merge_in_background(self) -> "Future[None]":
        """The same in a thread, where it is long in a process of low priority; the future tells when it is done, or why
        it failed.
        """
        done: Future[None] = Future()
        Thread(target=_merge_quietly, args=(self, done), name="index-merge", daemon=True).start()
        return done

    def merge_if_due(self) -> "Future[None] | None":
        """Merge when it is due: at once if there is no base yet, in the background if one serves meanwhile."""
        if not self.merge_due:
            return None
        if not self.exact:
            return self.merge_in_background()
        self.merge()
        return None

    def save(self, path: Path, header: IndexHeader) -> None:
        """Commit everything to a folder, or nothing: afterwards it is what `load` gives, also when the power fails."""
        with self._changing:
            folder = self._saved.folder if self._saved and self._saved.folder.path == path else Folder(path)
            self._now, generation = folder.commit(self._now, header)
            self._saved = _Saved(folder, header, self._now, generation)

    @classmethod
    def load(
        cls,
        path: Path,
        expected: IndexHeader,
        *,
        any_knowledge: bool = False,
        verify: bool = False,
        exact_up_to: int = EXACT_UP_TO,
    ) -> Self:
        """Open an index folder and check that it belongs here; raises IndexMismatch, or FileNotFoundError.

        `any_knowledge` accepts one of other knowledge, whose vectors can be taken over. `verify` reads every byte;
        otherwise of files above 64 MiB only samples are, and rows of theirs when they are used.
        """
        folder = Folder(path)
        snapshot, manifest = folder.open(expected, any_knowledge=any_knowledge, whole=verify)
        index = cls(expected.dimension, exact_up_to=exact_up_to)
        index._now = snapshot
        index._saved = _Saved(folder, manifest.header, snapshot, manifest.generation)
        return index

    def _change(self, ids: Sequence[int], fresh: Snapshot) -> None:
        if len(ids):
            self._now = fresh
        if self._touched is not None:
            self._touched.update(ids)

    def _build(self, start: Snapshot, saved: _Saved | None, threads: int | None) -> Base | None:
        if len(start) <= self.exact_up_to:
            return None
        return saved.folder.build(start.parts, threads) if saved else Base.build(start.parts, threads)

    def _switch(self, base: Base | None) -> None:
        """Put the present content over a base of an earlier moment, on disk first."""
        fresh = self._now.rebased(base, np.array(sorted(self._touched or ()), np.int64))
        saved = self._saved
        if saved and saved.snapshot is self._now:
            with suppress(Overtaken):  # what another process saved stays; this one goes on with what it has
                fresh, generation = saved.folder.commit(fresh, saved.header, after=saved.generation)
                self._saved = _Saved(saved.folder, saved.header, fresh, generation)
        self._now = fresh


def _merge_quietly(index: VectorIndex, done: "Future[None]") -> None:
    try:
        index.merge()
    except BaseException as error:  # noqa: BLE001 - handed to whoever asks
        done.set_exception(error)
    else:
        done.set_result(None)
