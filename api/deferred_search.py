"""Search that is built at its first use: embedding the knowledge base for the first time takes half a minute."""

import threading
from collections.abc import Callable

from engine.releases.release import Release
from knowledge.schema import Category, Level
from retrieval.calibration import Features
from retrieval.passages import Kind
from retrieval.search import SearchEngine, SearchResult


class DeferredSearch(SearchEngine):
    """A `SearchEngine` over the knowledge of the release in force: made by `build` when it is first asked, and again
    when another release has come; several threads wait for one build.
    """

    def __init__(self, in_force: Callable[[], Release], build: Callable[[Release], SearchEngine]) -> None:
        self._in_force = in_force
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
        release = self._in_force()
        with self._building:
            if self._built is None or self._built[0] != release.hash:
                self._built = (release.hash, self._build(release))
            return self._built[1]
