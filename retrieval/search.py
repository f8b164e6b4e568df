"""Hybrid search over incidents, playbooks and templates: nearest in meaning, with words in common beside it.

How the legs are weighed, and whether the best hit is a precedent at all, was fitted on queries
(`retrieval.calibration`). Once built, nothing changes: searching from several threads is safe.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np

from knowledge.schema import AnyEntry, Category, Level
from retrieval.calibration import Calibration, Features, Fusion, chance, load_calibration
from retrieval.closeness import Numbers
from retrieval.corpus import Corpus
from retrieval.diversity import diverse
from retrieval.embedder import Counter, Embedder, Vectors
from retrieval.errors import QueryError
from retrieval.filters import ANYTHING, SearchFilters
from retrieval.highlights import highlights
from retrieval.index import VectorIndex, stable_id
from retrieval.parts import Parts
from retrieval.passages import Document, Kind
from retrieval.proven import Prior, prefer_proven
from retrieval.ranking import SMALL, Match, Values, match
from retrieval.reasons import Wanted, reasons, telling
from retrieval.remembering import Remembering
from retrieval.results import Hit, HitFacts, SearchResult
from retrieval.understanding import Query, Reading, understand

__all__ = ["ANYTHING", "Hit", "Parts", "SearchEngine", "SearchFilters", "SearchResult"]

_ID = re.compile(r"(inc|pb|tpl|reg)\.[a-z0-9_.]+")


class SearchEngine:
    """Search over one state of the knowledge base. Make it with `build`, or with `over` from vectors at hand."""

    _priors: Mapping[str, Prior] = MappingProxyType({})
    _small: int = SMALL

    def __init__(self, corpus: Corpus, embedder: Embedder, calibration: Calibration, parts: Parts = Parts()) -> None:
        self._corpus = corpus
        self._embedder = embedder
        self._calibration = calibration
        self._parts = parts
        self._fusion = parts.weights(calibration.fusion)
        self._spelling = corpus.spelling

    @classmethod
    def build(
        cls,
        entries: Sequence[AnyEntry],
        embedder: Embedder,
        *,
        cache: Path | None,
        calibration: Calibration | None = None,
        progress: Counter | None = None,
        anew: bool = False,
    ) -> Self:
        """Index the entries; with a `cache` folder only passages never seen before are embedded, unless `anew`.

        Raises NotCalibrated when no calibration is given, none came with the program for this embedder and none lies in
        the cache folder.
        """
        fitted = calibration or load_calibration(embedder.fingerprint, cache)
        return cls(Corpus.build(entries, embedder, cache, progress, anew=anew), embedder, fitted)

    @classmethod
    def over(
        cls,
        documents: Sequence[Document],
        vectors: Vectors,
        embedder: Embedder,
        calibration: Calibration | None = None,
        index: VectorIndex | None = None,
    ) -> Self:
        """Search over documents whose passages are embedded already, for benchmarks and large collections.

        `documents` have unique ids and at least one passage each. `vectors` is float32, C-contiguous, of shape
        (passages, `embedder.dimension`), rows of length 1, in the order of `documents` and of the passages in each; it
        is kept, not copied, and may be mapped from a file. `index` has the same vectors under
        `stable_id(passage.text)`; without one it is made here. `embedder` embeds the queries, and the background
        sentences now. Raises ValueError for vectors of another shape, NotCalibrated as `build`.
        """
        fitted = calibration or load_calibration(embedder.fingerprint)
        wanted = sum(len(one.passages) for one in documents)
        if vectors.shape != (wanted, embedder.dimension):
            raise ValueError(f"{wanted} passages of {embedder.dimension} dimensions, vectors of shape {vectors.shape}")
        return cls(Corpus.over(documents, vectors, embedder, index or _index(documents, vectors)), embedder, fitted)

    def with_parts(self, parts: Parts) -> "SearchEngine":
        """The same search with some parts switched off. It shares the index."""
        return SearchEngine(self._corpus, self._embedder, self._calibration, parts)

    def with_calibration(self, calibration: Calibration) -> "SearchEngine":
        """The same search with other parameters. It shares the index."""
        return SearchEngine(self._corpus, self._embedder, calibration, self._parts)

    def remembering(self) -> "SearchEngine":
        """The same search that embeds each query once, for measuring. It shares the index."""
        return SearchEngine(self._corpus, Remembering(self._embedder), self._calibration, self._parts)

    def choosing_above(self, passages: int) -> "SearchEngine":
        """The same search that compares every document up to so many passages, and chooses candidates above: for
        measuring. It shares the index.
        """
        found = copy(self)
        found._small = passages
        return found

    def with_priors(self, priors: Mapping[str, Prior]) -> "SearchEngine":
        """The same search that breaks near ties between playbooks or templates by outcomes. It shares the index."""
        found = copy(self)
        found._priors = priors
        return found

    @property
    def calibrated(self) -> bool:
        """Whether weights and verdict were fitted for this very embedder."""
        return self._calibration.embedder == self._embedder.fingerprint

    @property
    def embedder(self) -> str:
        """The fingerprint of the embedder."""
        return self._embedder.fingerprint

    @property
    def knowledge(self) -> str:
        """A hash of what is searched."""
        return self._corpus.knowledge

    @property
    def documents(self) -> tuple[Document, ...]:
        """What is searched."""
        return self._corpus.documents

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
        """The `k` best entries that pass the filters; the verdict is about these alone.

        `kinds`, `category` and `level` are short for the filters of that name and narrow them.
        Raises QueryError for a query without a word and for filters that nothing could pass.
        """
        narrowed = _narrowed(filters, kinds, category, level)
        found = understand(query, self._spelling, self._parts.reading)
        return self._result(query, found, k, narrowed, Wanted(narrowed.categories, narrowed.platforms))

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
        """Entries like an entry (by its id; never itself), or like what a long text tells of.

        `category`, `level` and `platforms` are those of the matter: for the reasons, and the category as a leaning, not
        as a filter. An entry has its own. Raises QueryError for an id that is not there, and as `search`.
        """
        number = self._corpus.numbers.get(of)
        if number is None:
            if is_entry_id(of):
                raise QueryError(f"知识库中没有“{of}”，无法查找与它相似的条目")
            found = understand(of, self._spelling, self._parts.reading)
            return self._result(of, found, k, filters, Wanted(_one(category), frozenset(platforms), _one(level)))
        document = self._corpus.documents[number]
        found = understand(document.gist, self._spelling, Reading(traditional=False, typos=False))
        own = document.facts.platforms if document.facts else ()
        levels = frozenset(map(str, document.levels))
        wanted = Wanted(_one(document.category), frozenset(own), levels if document.facts else frozenset(), number)
        return self._result(of, found, k, filters, wanted)

    def features(self, query: str, filters: SearchFilters = ANYTHING) -> Features:
        """See `features_of`."""
        return self.features_of(self.match(self.understand(query), filters))

    def understand(self, query: str) -> Query:
        """How a query is read. Raises QueryError for one without a word."""
        return understand(query, self._spelling, self._parts.reading)

    def match(
        self,
        query: Query,
        filters: SearchFilters = ANYTHING,
        leaning: frozenset[str] = frozenset(),
        leaves_out: int | None = None,
    ) -> Match:
        """Every candidate with what each leg says of it. Documents of the categories in `leaning` come nearer."""
        passing = self._corpus.filters.passing(filters) if filters.active else None
        if leaves_out is not None:
            passing = np.ones(len(self.documents), np.bool_) if passing is None else passing
            passing[leaves_out] = False
        vector = self._embedder.query(query.text)
        return match(self._corpus, query, vector, passing, leaning, self._fusion, self._small)

    def _result(self, asked: str, query: Query, k: int, filters: SearchFilters, wanted: Wanted) -> SearchResult:
        found = self.match(query, filters, wanted.categories, wanted.leaves_out)
        order, values = _best(found, self._fusion, max(k, 0) * 4)
        if not len(order):
            return SearchResult(query=asked, no_precedent=True, hits=(), understood=query.understood)
        ranked = found.documents[order]
        shown = diverse(self._corpus, ranked, values, k) if self._parts.diversity else np.arange(min(k, len(order)))
        hits, most = [], 1.0
        for number in order[shown].tolist():
            most = min(most, chance(self._calibration.logit(self._features(found, number))))
            hits.append(self._hit(found, number, most, wanted))
        nothing = self._chance_of_precedent(found) < self._calibration.threshold
        return SearchResult(query=asked, no_precedent=nothing, hits=self._ordered(hits), understood=query.understood)

    def _ordered(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return prefer_proven(hits, self._priors)

    def _chance_of_precedent(self, found: Match) -> float:
        """That of the best past incident; of the best entry of all where no incident is searched."""
        return chance(self._calibration.logit(self.features_of(found)))

    def features_of(self, found: Match) -> Features:
        """How the best past incident stands out; the best entry of all where no incident is among the candidates, of
        which there must be one.
        """
        values = found.mixed(self._fusion)
        incidents = self._corpus.filters.incidents[found.documents]
        best = int(np.argmax(np.where(incidents, values, -np.inf) if incidents.any() else values))
        return self._features(found, best)

    def _features(self, found: Match, number: int) -> Features:
        coverage = self._corpus.lexical.coverage(found.query.asked, int(found.documents[number]))
        return Features(
            margin=float(found.dense[number]) - found.unrelated,
            likeness=float(found.mixed(self._fusion)[number]),
            coverage=coverage,
            kinship=found.kinship,
            topicality=found.topicality,
        )

    def _hit(self, found: Match, number: int, score: float, wanted: Wanted) -> Hit:
        place = int(found.documents[number])
        document = self._corpus.documents[place]
        passage = self._corpus.passage(place, int(found.row[number]))
        lexical = self._corpus.lexical
        shared = lexical.shared(found.query.asked, place) or lexical.shared(found.query.words, place)
        return Hit(
            id=document.id,
            kind=document.kind,
            title=document.title,
            score=round(score, 4),
            reasons=reasons(document, passage, shared, wanted),
            category=str(document.category),
            level=str(document.levels[0]) if len(document.levels) == 1 else None,
            highlights=highlights(document, passage, telling(shared)),
            facts=_facts(document),
        )


def is_entry_id(text: str) -> bool:
    """Whether a text is the id of an entry, there or not."""
    return _ID.fullmatch(text) is not None


def _one(name: str | None) -> frozenset[str]:
    return frozenset((str(name),)) if name else frozenset()


def _facts(document: Document) -> HitFacts | None:
    facts = document.facts
    if facts is None:
        return None
    return HitFacts(
        occurred_on=facts.occurred_on,
        platforms=facts.platforms,
        outcome_grade=facts.outcome_grade,
        strategy=facts.strategy,
    )


def _best(found: Match, fusion: Fusion, count: int) -> tuple[Numbers, Values]:
    """Positions of the best candidates, best first, ties by document, and their ranking values."""
    values = found.mixed(fusion)
    order = np.lexsort((found.documents, -values))[:count]
    return order, values[order]


def _index(documents: Sequence[Document], vectors: Vectors) -> VectorIndex:
    texts = (passage.text for one in documents for passage in one.passages)
    rows = {stable_id(text): row for row, text in enumerate(texts)}
    index = VectorIndex(vectors.shape[1])
    index.upsert(list(rows), vectors[list(rows.values())])
    if index.merge_due:
        index.merge()
    return index


def _narrowed(
    filters: SearchFilters, kinds: frozenset[Kind] | None, category: str | None, level: str | None
) -> SearchFilters:
    if not (kinds or category or level):
        return filters
    given = {"kinds": kinds, "categories": category, "levels": level}
    return SearchFilters(**{**dict(filters), **{name: value for name, value in given.items() if value}})
