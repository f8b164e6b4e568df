"""Hybrid search over incidents, playbooks and templates: nearest in meaning, with words in common beside it.

How the legs are weighed, and whether the best hit is a precedent at all, was fitted on queries
(`retrieval.calibration`). Once built, nothing changes: searching from several threads is safe.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np

from knowledge.schema import AnyEntry, Category, Level
from retrieval.answering import Answering
from retrieval.calibration import Calibration, Features, Fusion, load_calibration
from retrieval.corpus import Corpus, IncidentPassages
from retrieval.embedder import Counter, Embedder, Vectors
from retrieval.errors import NotCalibrated, QueryError
from retrieval.filters import ANYTHING, SearchFilters
from retrieval.index import VectorIndex, stable_id
from retrieval.learned import Learned, Questions, Tuning, load_learned
from retrieval.parts import Parts
from retrieval.passages import Document, Kind
from retrieval.proven import Prior
from retrieval.ranking import SMALL, Match, match
from retrieval.reasons import Wanted
from retrieval.remembering import Remembering
from retrieval.results import Hit, SearchResult
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
        if len(corpus.vectors) > SMALL:
            corpus.prepare()

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
        learned: Learned | None = None,
    ) -> Self:
        """Index the entries; with a `cache` folder only passages never seen before are embedded, unless `anew`.
        What was `learned` for this embedder is found like its calibration.

        Raises NotCalibrated when no calibration is given, none came with the program for this embedder and none lies in
        the cache folder.
        """
        fitted, known = _fitted(embedder, cache, calibration, learned)
        return cls(Corpus.build(entries, embedder, cache, progress, anew=anew, learned=known), embedder, fitted)

    @classmethod
    def over(
        cls,
        documents: Sequence[Document],
        vectors: Vectors,
        embedder: Embedder,
        calibration: Calibration | None = None,
        index: VectorIndex | None = None,
        learned: Learned | None = None,
    ) -> Self:
        """Search over documents whose passages are embedded already, for benchmarks and large collections.

        `documents` have unique ids and at least one passage each. `vectors` is float32, C-contiguous, of shape
        (passages, `embedder.dimension`), rows of length 1, in the order of `documents` and of the passages in each; it
        is kept and not copied where no tuning was learned, and may be mapped from a file. `index` has the same vectors
        under `stable_id(passage.text)`; without one it is made here. `embedder` embeds the queries, and the background
        sentences now. Raises ValueError for vectors of another shape, NotCalibrated as `build`.
        """
        fitted, known = _fitted(embedder, None, calibration, learned)
        wanted = sum(len(one.passages) for one in documents)
        if vectors.shape != (wanted, embedder.dimension):
            raise ValueError(f"{wanted} passages of {embedder.dimension} dimensions, vectors of shape {vectors.shape}")
        found = index or _index(documents, vectors)
        return cls(Corpus.over(documents, vectors, embedder, found, known), embedder, fitted)

    def with_parts(self, parts: Parts) -> "SearchEngine":
        """The same search with some parts switched off. It shares the index."""
        learned = self.learned
        if not parts.asked:
            learned = replace(learned, questions=Questions.none())
        if not parts.tuning:
            learned = replace(learned, tuning=Tuning.none())
        return SearchEngine(self._corpus.with_learned(learned), self._embedder, self._calibration, parts)

    def with_learned(self, learned: Learned) -> "SearchEngine":
        """The same search with what else was learned; another tuning only for what `build` made. It shares the
        index.
        """
        return SearchEngine(self._corpus.with_learned(learned), self._embedder, self._calibration, self._parts)

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
    def fusion(self) -> Fusion:
        """How the legs are weighed, those that are switched off at 0."""
        return self._fusion

    @property
    def learned(self) -> Learned:
        """What was learned from judged questions."""
        return self._corpus.learned

    def incident_passages(self, ids: Collection[str]) -> IncidentPassages:
        """The vectors of these past incidents' passages, tuned if anything is; those that are not here are left out."""
        return self._corpus.incident_passages(ids)

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
        vector = self._embedder.question(query.text)
        return match(self._corpus, query, vector, passing, leaning, self._fusion, self._small)

    def features_of(self, found: Match) -> Features:
        """See `Answering.features_of`."""
        return self._answering.features_of(found)

    @property
    def _answering(self) -> Answering:
        return Answering(self._corpus, self._calibration, self._fusion, self._parts.diversity, self._priors)

    def _result(self, asked: str, query: Query, k: int, filters: SearchFilters, wanted: Wanted) -> SearchResult:
        found = self.match(query, filters, wanted.categories, wanted.leaves_out)
        return self._answering.result(asked, found, k, wanted)


def _fitted(
    embedder: Embedder, cache: Path | None, calibration: Calibration | None, learned: Learned | None
) -> tuple[Calibration, Learned]:
    """What is given, else what came with the program or is kept in the cache folder. Raises NotCalibrated where there
    is no calibration, or one that was fitted with something else learned.
    """
    fitted = calibration or load_calibration(embedder.fingerprint, cache)
    known = load_learned(embedder.fingerprint, cache) if learned is None else learned
    if calibration is None and learned is None and fitted.learned != known.mark:
        raise NotCalibrated(
            "检索暂不可用：校准与学到的问句不是同一次做的，或学到的问句读不出。请先运行 crisisdesk reindex。"
        )
    return fitted, known


def is_entry_id(text: str) -> bool:
    """Whether a text is the id of an entry, there or not."""
    return _ID.fullmatch(text) is not None


def _one(name: str | None) -> frozenset[str]:
    return frozenset((str(name),)) if name else frozenset()


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
