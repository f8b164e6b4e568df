"""Search that is built at its first use, embedding the knowledge base for the first time takes half a minute, and built
anew beside the one in use when the entries in force have changed.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from math import inf
from time import monotonic
from typing import Final, NamedTuple

import structlog

from knowledge.schema import AnyEntry, Category, Level
from retrieval.calibration import Features
from retrieval.filters import ANYTHING, SearchFilters
from retrieval.passages import Document, Kind
from retrieval.results import SearchResult
from retrieval.search import SearchEngine

PATIENCE: Final = 2.0
"""Seconds that a search waits for entries that have just changed."""
PAUSE: Final = 60.0
"""Seconds after which a build that failed is tried again though nothing has changed."""

Entries = Sequence[AnyEntry]


class _Wanted(NamedTuple):
    """Entries that are in force but not built yet, and since when that is known."""

    key: str
    entries: Entries
    since: float


class _Failure(NamedTuple):
    """A build that failed, and when."""

    key: str
    at: float


class DeferredSearch(SearchEngine):
    """A `SearchEngine` over the entries in force: `searched` gives them with a key that changes with them, and `build`
    the engine. Everybody waits for the first build, and a fault of it is theirs.

    When the key has changed the next call starts one build in the background. Calls within `patience` seconds of that
    wait for it; later ones are answered from the engine before until the new one is there, after a change of the
    release too: with its wording, for as long as the build takes and not longer. When a build fails the engine before
    stays in use, the fault is logged, and it is tried again when the key changes or after `pause` seconds. Who needs
    what is in force now calls `warm_up` first.
    """

    def __init__(
        self,
        searched: Callable[[], tuple[str, Entries]],
        build: Callable[[Entries], SearchEngine],
        *,
        patience: float = PATIENCE,
        pause: float = PAUSE,
    ) -> None:
        self._searched = searched
        self._build = build
        self._patience = patience
        self._pause = pause
        self._first = threading.Lock()
        self._turn = threading.Condition()
        self._built: tuple[str, SearchEngine] | None = None
        self._wanted: _Wanted | None = None
        self._failure: _Failure | None = None
        self._building = False

    def warm_up(self, _stop: threading.Event | None = None) -> None:
        """Build what is in force now, and wait for it. A fault of the first build is raised, of a later one logged."""
        self._engine(to_the_end=True)

    def search(
        self,
        query: str,
        *,
        k: int = 5,
        filters: SearchFilters = ANYTHING,
        kinds: frozenset[Kind] | None = None,
        category: Category | str | None = None,
        level: Level | str | None = None,
    ) -> SearchResult:
        """See `SearchEngine.search`."""
        return self._engine().search(query, k=k, filters=filters, kinds=kinds, category=category, level=level)

    def similar(
        self,
        of: str,
        *,
        k: int = 5,
        filters: SearchFilters = ANYTHING,
        category: Category | str | None = None,
        level: Level | str | None = None,
        platforms: Iterable[str] = (),
    ) -> SearchResult:
        """See `SearchEngine.similar`."""
        engine = self._engine()
        return engine.similar(of, k=k, filters=filters, category=category, level=level, platforms=platforms)

    def features(self, query: str, filters: SearchFilters = ANYTHING) -> Features:
        """See `SearchEngine.features`."""
        return self._engine().features(query, filters)

    @property
    def documents(self) -> tuple[Document, ...]:
        """See `SearchEngine.documents`."""
        return self._engine().documents

    @property
    def calibrated(self) -> bool:
        """See `SearchEngine.calibrated`."""
        return self._engine().calibrated

    def _engine(self, *, to_the_end: bool = False) -> SearchEngine:
        key, entries = self._searched()
        with self._first:
            if self._built is None:
                self._built = (key, self._build(entries))
        with self._turn:
            if self._built[0] != key:
                since = self._want(key, entries)
                left = None if to_the_end else max(0.0, since + self._patience - monotonic())
                self._turn.wait_for(lambda: self._has(key) or not self._building, left)
            return self._built[1]

    def _has(self, key: str) -> bool:
        return self._built is not None and self._built[0] == key

    def _want(self, key: str, entries: Entries) -> float:
        """Have these built by the one thread that builds; since when they are wanted."""
        if self._wanted is None or self._wanted.key != key:
            self._wanted = _Wanted(key, entries, monotonic())
        if not self._building and not self._failed(key, self._pause):
            self._building, self._failure = True, None
            threading.Thread(target=self._catch_up, name="search-build", daemon=True).start()
        return self._wanted.since

    def _failed(self, key: str, within: float) -> bool:
        failure = self._failure
        return failure is not None and failure.key == key and monotonic() - failure.at < within

    def _catch_up(self) -> None:
        """Build until what is wanted is built, or cannot be."""
        while (wanted := self._next()) is not None:
            try:
                engine = self._build(wanted.entries)
            except Exception as error:  # noqa: BLE001 - the edge of a thread: search goes on with what it has
                structlog.get_logger("crisisdesk.search").error("search_build_failed", exc_info=error)
                self._settle(_Failure(wanted.key, monotonic()))
            else:
                self._settle(None, (wanted.key, engine))

    def _next(self) -> _Wanted | None:
        with self._turn:
            wanted = self._wanted
            if wanted is not None and not self._has(wanted.key) and not self._failed(wanted.key, inf):
                return wanted
            self._wanted, self._building = None, False
            self._turn.notify_all()
            return None

    def _settle(self, failure: _Failure | None, built: tuple[str, SearchEngine] | None = None) -> None:
        with self._turn:
            self._failure, self._built = failure, built or self._built
            self._turn.notify_all()
