"""Search that is built at its first use: embedding the knowledge base for the first time takes half a minute."""

import threading
from collections.abc import Callable, Iterable, Sequence

from knowledge.schema import AnyEntry, Category, Level
from retrieval.calibration import Features
from retrieval.filters import ANYTHING, SearchFilters
from retrieval.passages import Document, Kind
from retrieval.results import SearchResult
from retrieval.search import SearchEngine


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

    def _engine(self) -> SearchEngine:
        with self._building:
            key, entries = self._searched()
            if self._built is None or self._built[0] != key:
                self._built = (key, self._build(entries))
            return self._built[1]
