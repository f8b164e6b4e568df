"""Hybrid search over incidents, playbooks and templates: nearest in meaning, with words in common beside it.

Ranking is z-scored cosine + 0.3 x z-scored BM25 (measured on AFQMC: better than either alone and than rank fusion);
an entry is as close as its two closest passages. Whether the best hit is a precedent at all is a calibrated question of
its own (`retrieval.calibration`). Once built, nothing changes: searching from several threads is safe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from knowledge.schema import AnyEntry, Category, Level
from retrieval.calibration import Calibration, Features, chance, load_calibration
from retrieval.corpus import Corpus
from retrieval.embedder import Counter, Embedder, readable
from retrieval.errors import QueryError
from retrieval.lexical import words
from retrieval.passages import Document, Kind
from retrieval.reasons import reasons

LEXICAL_WEIGHT = 0.3
KINDS: frozenset[Kind] = frozenset(("incident", "playbook", "template"))

Scores = NDArray[np.float64]


class Hit(BaseModel):
    """An entry that was found. `score` (0-1) of the first is the calibrated chance of a precedent; others follow it
    down. `reasons` are Chinese sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Kind
    title: str
    score: float
    reasons: tuple[str, ...]
    category: str
    level: str | None


class SearchResult(BaseModel):
    """What was found, best first. With `no_precedent` the hits are only the least distant ones 没有相近先例."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    no_precedent: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class _Match:
    """A query against every document, in corpus order."""

    words: tuple[str, ...]
    unrelated: float
    cosine: Scores
    ranking: Scores
    nearest: NDArray[np.int64]


class SearchEngine:
    """Search over one state of the knowledge base. Make it with `build`."""

    def __init__(self, corpus: Corpus, embedder: Embedder, calibration: Calibration) -> None:
        self._corpus = corpus
        self._embedder = embedder
        self._calibration = calibration

    @classmethod
    def build(
        cls,
        entries: Sequence[AnyEntry],
        embedder: Embedder,
        *,
        cache: Path | None,
        calibration: Calibration | None = None,
        progress: Counter | None = None,
    ) -> Self:
        """Index the entries; with a `cache` folder only passages never seen before are embedded."""
        corpus = Corpus.build(entries, embedder, cache, progress)
        return cls(corpus, embedder, calibration or load_calibration())

    @property
    def calibrated(self) -> bool:
        """Whether the verdict on precedents was fitted for this very embedder; otherwise it is an approximation."""
        return self._calibration.embedder == self._embedder.fingerprint

    def search(
        self,
        query: str,
        *,
        k: int = 5,
        kinds: frozenset[Kind] | None = None,
        category: Category | str | None = None,
        level: Level | str | None = None,
    ) -> SearchResult:
        """The `k` best entries of these kinds, category and level (None: any).

        Templates for any category pass every category filter. Raises QueryError for a query without a word.
        """
        match = self._match(query)
        wanted = [
            number
            for number, document in enumerate(self._corpus.documents)
            if _passes(document, kinds or KINDS, category, level)
        ]
        order = sorted(wanted, key=lambda number: (-match.ranking[number], self._corpus.documents[number].id))[
            : max(k, 0)
        ]
        if not order:
            return SearchResult(query=query, no_precedent=True, hits=())
        logit = self._calibration.logit(self._features(match, order[0]))
        hits = tuple(self._hit(match, number, logit, order[0], category) for number in order)
        return SearchResult(query=query, no_precedent=chance(logit) < self._calibration.threshold, hits=hits)

    def features(self, query: str) -> Features:
        """How the best entry of all stands out, for calibration. The knowledge base must not be empty."""
        match = self._match(query)
        return self._features(match, int(np.argmax(match.ranking)))

    def _match(self, query: str) -> _Match:
        text = readable(query)
        found = words(text)
        if not found:
            raise QueryError("检索内容中没有可用的文字，请输入一句话或几个词。")
        vector = self._embedder.query(" ".join(text.split()))
        cosine, nearest = self._corpus.closest(vector)
        unrelated = self._corpus.closest_unrelated(vector)
        ranking = _z(cosine) + LEXICAL_WEIGHT * _z(self._corpus.lexical.scores(found))
        return _Match(tuple(found), unrelated, cosine, ranking, nearest)

    def _features(self, match: _Match, number: int) -> Features:
        closest, spread = float(match.cosine[number]), self._corpus.usual_spread
        return Features(
            closeness=(closest - self._corpus.usual_cosine) / spread,
            margin=(closest - match.unrelated) / spread,
            coverage=self._corpus.lexical.coverage(match.words, number),
        )

    def _hit(self, match: _Match, number: int, logit: float, first: int, category: str | None) -> Hit:
        document = self._corpus.documents[number]
        behind = float(match.ranking[first] - match.ranking[number])
        passage = self._corpus.passages[match.nearest[number]]
        return Hit(
            id=document.id,
            kind=document.kind,
            title=document.title,
            score=round(chance(logit - behind), 4),
            reasons=reasons(document, passage, self._corpus.lexical.shared(match.words, number), category),
            category=str(document.category),
            level=str(document.levels[0]) if len(document.levels) == 1 else None,
        )


def _z(values: Scores) -> Scores:
    """Standard scores; zeros when all values are the same."""
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _passes(document: Document, kinds: frozenset[Kind], category: str | None, level: str | None) -> bool:
    return (
        document.kind in kinds
        and (category is None or document.category in (category, "any"))
        and (level is None or level in document.levels)
    )
