"""Search that is built at its first use: embedding the knowledge base for the first time takes half a minute."""

import threading
from collections.abc import Callable, Sequence

from knowledge.schema import AnyEntry, Category, Level
from retrieval.calibration import Features
from retrieval.passages import Kind
from retrieval.search import SearchEngine, SearchResult


class DeferredSearch(SearchEngine):
    """A `SearchEngine` over the entries in force: `searched` gives them with a key that changes with them; `build`
    makes the engine when it is first asked, and again when the key has changed; several threads wait for one build.
    """

    def __init__(
        self,
        searched: Callable[[], tuple[str, Sequence[AnyEntry]]],
        build: Callable[[Sequence[AnyEntry]], SearchEngine],
    ) -> None:
        self._searched = searched
        self._build = build
        self._building = threading.Lock()
        self._built: tuple[str, SearchEngine] | None = None

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
            key, entries = self._searched()
            if self._built is None or self._built[0] != key:
                self._built = (key, self._build(entries))
            return self._built[1]
