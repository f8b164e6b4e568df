"""The searchable knowledge: documents, their passages as vectors, and their words."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.schema import AnyEntry
from knowledge.topics import load_topics
from retrieval.categories import Categories
from retrieval.closeness import BEST, Centred, Segments, gists
from retrieval.embedder import Counter, Embedder, Vector, Vectors
from retrieval.filters import FilterIndex
from retrieval.index import VectorIndex, stable_id
from retrieval.kinship import Kinship
from retrieval.learned import NOTHING, Learned
from retrieval.lexical import LexicalIndex
from retrieval.passage_index import indexed
from retrieval.passages import Document, document
from retrieval.products import products
from retrieval.sketch import Sketch
from retrieval.topics import Topics, filed, phrases
from retrieval.typos import Spelling
from retrieval.words import pairs

_USUAL_SAMPLE = 2000

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class IncidentPassages:
    """Past incidents by id, and the vectors of the passages of each, one after the other."""

    ids: tuple[str, ...]
    vectors: Vectors
    segments: Segments


@dataclass(frozen=True)
class Corpus:
    """Documents in a fixed order; `vectors` has one row for each passage, in document order.

    `unrelated` are vectors of sentences that are about other things (`background.txt`). `usual_cosine` and
    `usual_spread` are mean and standard deviation of the centred cosine between passages of different categories: what
    "nothing to do with each other" looks like for this embedder. `gists` are of what the embedder gave, before anything
    was learned (see `closeness.gists`).
    """

    documents: tuple[Document, ...]
    vectors: Vectors
    segments: Segments
    centred: Centred
    index: VectorIndex
    lexical: LexicalIndex
    characters: LexicalIndex
    filters: FilterIndex
    topics: Topics
    unrelated: Vectors
    usual_cosine: float
    usual_spread: float
    learned: Learned
    gists: NDArray[np.int16]

    @classmethod
    def build(
        cls,
        entries: Sequence[AnyEntry],
        embedder: Embedder,
        cache: Path | None,
        progress: Counter | None = None,
        *,
        anew: bool = False,
        learned: Learned = NOTHING,
    ) -> Self:
        """Index the entries, sorted by id, taking known vectors over from the cache folder unless all are made anew."""
        found = (document(entry) for entry in entries)
        documents = tuple(sorted((one for one in found if one is not None), key=lambda one: one.id))
        texts = [passage.text for one in documents for passage in one.passages]
        background = _background_lines()
        told_by = phrases()
        index = indexed([*texts, *background, *told_by], embedder, cache, progress, anew=anew)
        return cls._in(documents, index, learned)

    @classmethod
    def _in(cls, documents: tuple[Document, ...], index: VectorIndex, learned: Learned) -> Self:
        """Of documents whose passages lie in the index, with the background and the phrases of topics."""
        texts = [passage.text for one in documents for passage in one.passages]
        vectors, unrelated, told = (
            index.vectors([stable_id(text) for text in part]) for part in (texts, _background_lines(), phrases())
        )
        return cls._of(documents, vectors, unrelated, told, index, learned)

    def with_learned(self, learned: Learned) -> Self:
        """The same documents, searched with what else was learned; another tuning only for what `build` made."""
        if learned is self.learned:
            return self
        if learned.tuning is self.learned.tuning or not (learned.tuning.changes or self.learned.tuning.changes):
            return replace(self, learned=learned)
        return self._in(self.documents, self.index, learned)

    @classmethod
    def over(
        cls,
        documents: Sequence[Document],
        vectors: Vectors,
        embedder: Embedder,
        index: VectorIndex,
        learned: Learned = NOTHING,
    ) -> Self:
        """Of passages that are embedded already; see `SearchEngine.over`."""
        unrelated, told = embedder.passages(_background_lines()), embedder.passages(phrases())
        return cls._of(tuple(documents), vectors, unrelated, told, index, learned)

    @classmethod
    def _of(
        cls,
        documents: tuple[Document, ...],
        raw: Vectors,
        unrelated: Vectors,
        told: Vectors,
        index: VectorIndex,
        learned: Learned,
    ) -> Self:
        tuned = learned.tuning.passages
        vectors, told = tuned(raw), tuned(told)
        segments = Segments.of([len(one.passages) for one in documents])
        incidents = np.array([one.kind == "incident" for one in documents], np.bool_)
        centred = Centred.of(vectors, np.flatnonzero(incidents[segments.owner]))
        usual, spread = _usual(vectors, centred, segments, documents)
        texts = [one.text for one in documents]
        topics = tuple(load_topics().values())
        return cls(
            documents=documents,
            vectors=vectors,
            segments=segments,
            centred=centred,
            index=index,
            lexical=LexicalIndex(texts),
            characters=LexicalIndex(texts, pairs),
            filters=FilterIndex(documents),
            topics=Topics.of(topics, told, centred, filed(documents, vectors[segments.starts], told, centred)),
            unrelated=tuned(unrelated),
            usual_cosine=usual,
            usual_spread=spread,
            learned=learned,
            gists=gists(raw, segments, np.flatnonzero(incidents[segments.owner])),
        )

    def nearest(self, vector: Vector, count: int) -> Numbers:
        """Numbers of the documents that have one of the `count` nearest passages, each once."""
        ids, places = self._sorted_ids
        found = np.array([number for number, _ in self.index.search(vector, count)], np.int64)
        firsts, lasts = np.searchsorted(ids, found, "left"), np.searchsorted(ids, found, "right")
        counts = lasts - firsts
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.unique(self.segments.owner[places[np.repeat(firsts, counts) + within]])

    def asked(self, shares: NDArray[np.float32], documents: Numbers) -> NDArray[np.float32]:
        """What judged questions say of these documents, from what they say of each incident that they know; not a
        number for one that they do not.
        """
        return np.append(shares, np.float32(np.nan)).take(self._places.take(documents))

    def answering(self, passing: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Which incidents of the judged questions are here and pass (None: all)."""
        found = np.zeros(len(self.learned.questions.incidents), np.bool_)
        places, documents = self.known
        found[places] = True if passing is None else passing[documents]
        return found

    @cached_property
    def _places(self) -> Numbers:
        """Of each document, its place among the incidents of the judged questions; after the last where it has none."""
        found = np.full(len(self.documents), len(self.learned.questions.incidents), np.int64)
        places, documents = self.known
        found[documents] = places
        return found

    @cached_property
    def known(self) -> tuple[Numbers, Numbers]:
        """Incidents of the judged questions that are here: their places there, and their numbers here."""
        names = enumerate(self.learned.questions.incidents)
        pairs = [(place, self.numbers[name]) for place, name in names if name in self.numbers]
        found = np.array(pairs, np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def incident_passages(self, ids: Collection[str]) -> IncidentPassages:
        """Of these past incidents, as far as they are here."""
        wanted = np.array([one.id in ids for one in self.documents], np.bool_)
        chosen = np.flatnonzero(self.filters.incidents & wanted)
        rows, _ = self.segments.rows(chosen)
        ids = tuple(self.documents[number].id for number in chosen.tolist())
        return IncidentPassages(ids, self.vectors[rows], Segments.of(self.segments.counts[chosen].tolist()))

    def prepare(self) -> None:
        """Work out now what large knowledge needs, so that the first search need not wait for it."""
        _ = self.sketch, self._sorted_ids

    @cached_property
    def _sorted_ids(self) -> tuple[Numbers, Numbers]:
        texts = (passage.text for one in self.documents for passage in one.passages)
        ids = np.fromiter((stable_id(text) for text in texts), np.int64, len(self.vectors))
        order = np.argsort(ids, kind="stable")
        return ids[order], order

    @cached_property
    def sketch(self) -> Sketch:
        """A rough value of every document, which small knowledge never needs."""
        return Sketch.of(self.vectors, self.centred, self.segments, self.topics, self.categories.of_documents)

    def closest_unrelated(self, centred: Vector) -> float:
        """How close the sentences about other things come to a centred query, measured as one document."""
        cosines = products(self._apart, centred)
        cosines.sort()
        best = cosines[-BEST:]
        return float(best.sum()) / len(best) if len(best) else 0.0

    @cached_property
    def _apart(self) -> Vectors:
        return self._unrelated.apart(self.unrelated)

    @cached_property
    def _unrelated(self) -> Centred:
        return self.centred.applied_to(self.unrelated)

    @cached_property
    def categories(self) -> Categories:
        """What tells the categories apart."""
        names = [str(one.category) for one in self.documents]
        return Categories.of(names, self.centred.apart(self.vectors), self.segments.owner)

    @cached_property
    def kinship(self) -> Kinship:
        """What tells queries about crises of lending from others."""
        ours = self.centred.apart(self.vectors)[self.filters.incidents[self.segments.owner]]
        return Kinship.of(ours, self._apart)

    @cached_property
    def spelling(self) -> Spelling:
        """Puts queries right towards its words; read once, whatever parts of search are on."""
        return Spelling(self.lexical)

    @cached_property
    def knowledge(self) -> str:
        """A hash of the ids and passages."""
        told = json.dumps([[one.id, *(passage.text for passage in one.passages)] for one in self.documents])
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """A document's number by its id."""
        return {one.id: number for number, one in enumerate(self.documents)}

    def passage(self, document: int, row: int) -> int:
        """Which passage of a document has this row of `vectors`."""
        return row - int(self.segments.starts[document])


def _background_lines() -> list[str]:
    return files("retrieval").joinpath("background.txt").read_text(encoding="utf-8").splitlines()


def _usual(
    vectors: Vectors, centred: Centred, segments: Segments, documents: Sequence[Document]
) -> tuple[float, float]:
    """Mean and spread of cosines between (at most 2,000 evenly chosen) passages of different categories; (0, 1) when
    there are too few.
    """
    chosen = np.arange(0, len(vectors), max(1, -(-len(vectors) // _USUAL_SAMPLE)))
    category = np.array([str(documents[number].category) for number in segments.owner[chosen]])
    apart = centred.applied_to(vectors[chosen]).apart(vectors[chosen])
    product = (apart @ apart.T).astype(np.float64)
    others = product[category[:, None] != category[None, :]] if len(category) else product.ravel()
    if len(others) < 2 or float(others.std()) < 1e-6:
        return 0.0, 1.0
    return float(others.mean()), float(others.std())
