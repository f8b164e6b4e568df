"""Search that is built at its first use: embedding the knowledge base for the first time takes half a minute."""

import threading
from collections.abc import Callable

from knowledge.schema import Category, Level
from retrieval.calibration import Features
from retrieval.passages import Kind
from retrieval.search import SearchEngine, SearchResult


class DeferredSearch(SearchEngine):
    """A `SearchEngine` that is made by `build` when it is first asked; several threads wait for one build."""

    def __init__(self, build: Callable[[], SearchEngine]) -> None:
        self._build = build
        self._building = threading.Lock()
        self._built: SearchEngine | None = None

    def warm_up(self, _stop: threading.Event | None = None) -> None:
        """Build now."""
        self._engine()

    def search(
        self,
        query: str,
        *,
        k: int = 5,
        kinds: frozenset[Kind] | None = None,
        category: Category | str | None = None,
        level: Level | str | None = None,
    ) -> SearchResult:
        """See `SearchEngine.search`."""
        return self._engine().search(query, k=k, kinds=kinds, category=category, level=level)

    def features(self, query: str) -> Features:
        """See `SearchEngine.features`."""
        return self._engine().features(query)

    def _engine(self) -> SearchEngine:
        with self._building:
            if self._built is None:
                self._built = self._build()
            return self._built
