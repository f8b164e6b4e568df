"""A query against the documents: candidates from both legs, then every leg worked out for each of them.

While the knowledge is small every document is a candidate. Above that, the nearest passages and the documents with the
query's rarest words are; what neither finds near the top cannot come first in a mixture of both.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from retrieval.calibration import Fusion
from retrieval.closeness import Nearness, Numbers, nearness
from retrieval.corpus import Corpus
from retrieval.embedder import Vector
from retrieval.understanding import Query
from retrieval.words import pairs

SMALL: Final = 4096
"""Passages up to which every document is compared: less work than choosing among them."""

NEAREST, FARTHEST = 128, 1024
"""Nearest passages asked for, and at most: the fewer documents pass the filters, the more are needed."""

WORDY: Final = 48
"""Documents that are taken for their words alone."""

LEANING: Final = 0.9
"""What a document of the category that the matter is known to be about gains in the ranking: as much as the category
leg gave a sure category before topics took its place in the fit."""

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Match:
    """A query against its candidates, all arrays in the order of `documents` (numbers in the corpus).

    `dense` are cosines in standard deviations above the usual, `lexical` and `characters` shares of the highest
    possible BM25 over words and over pairs of characters, `category` is the chance that the query is about a document's
    category.
    `topic` is how close the query comes to the best topic of each document, in standard deviations above the others.
    `leaning` is 1 for documents of the category that the matter is known to be about, else 0.
    `unrelated` is what `dense` is for the sentences about other things, `kinship` how much more like incidents
    than like those the query is, and `topicality` its cosine with the topic that it comes closest to.
    """

    query: Query
    vector: Vector
    documents: Numbers
    dense: Values
    lexical: Values
    characters: Values
    category: Values
    topic: Values
    leaning: Values
    row: Numbers
    unrelated: float
    kinship: float
    topicality: float

    def among(self, places: Numbers) -> "Match":
        """The same with some of the candidates only."""
        return replace(
            self,
            documents=self.documents[places],
            dense=self.dense[places],
            lexical=self.lexical[places],
            characters=self.characters[places],
            category=self.category[places],
            topic=self.topic[places],
            leaning=self.leaning[places],
            row=self.row[places],
        )

    def mixed(self, fusion: Fusion) -> Values:
        """The ranking value of every candidate."""
        words = fusion.lexical * self.lexical + fusion.characters * self.characters
        about = fusion.category * self.category + fusion.topic * self.topic + LEANING * self.leaning
        mixed: Values = fusion.dense * self.dense + words + about
        return mixed


def match(
    corpus: Corpus,
    query: Query,
    vector: Vector,
    passing: NDArray[np.bool_] | None,
    leaning: frozenset[str] = frozenset(),
) -> Match:
    """Compare a query with its candidates among the documents that pass (None: all). Documents of the
    categories in `leaning` come nearer.
    """
    words = corpus.lexical.scores(query.words)
    documents = _candidates(corpus, vector, words, passing)
    rows, begins = corpus.segments.rows(documents)
    near = nearness(corpus.centred.cosines(corpus.vectors, rows, vector), rows, begins)
    centred = corpus.centred.query(vector)
    topics = corpus.topics.closeness(centred)
    return Match(
        query=query,
        vector=vector,
        documents=documents,
        dense=_standard(corpus, near),
        lexical=words[documents],
        characters=corpus.characters.scores_of(dict.fromkeys(pairs(query.meant), 1.0), documents),
        category=corpus.categories.chances(centred, documents),
        topic=corpus.topics.values(topics, documents),
        leaning=corpus.categories.are_of(documents, leaning).astype(np.float32),
        row=near.row,
        unrelated=(corpus.closest_unrelated(vector) - corpus.usual_cosine) / corpus.usual_spread,
        kinship=corpus.kinship(centred),
        topicality=float(topics.max(initial=0)),
    )


def _candidates(corpus: Corpus, vector: Vector, words: Values, passing: NDArray[np.bool_] | None) -> Numbers:
    """Numbers in ascending order."""
    if passing is not None:
        allowed = np.flatnonzero(passing)
        if corpus.segments.counts[allowed].sum() <= SMALL:
            return allowed
        words = np.where(passing, words, np.float32(0))
    elif len(corpus.vectors) <= SMALL:
        return np.arange(len(corpus.documents))
    wordy = corpus.lexical.best(words, WORDY)
    share = 1.0 if passing is None else max(float(passing.mean()), NEAREST / FARTHEST)
    near = corpus.nearest(vector, int(NEAREST / share))
    return np.union1d(near if passing is None else near[passing[near]], wordy)


def _standard(corpus: Corpus, near: Nearness) -> Values:
    return ((near.cosine - corpus.usual_cosine) / corpus.usual_spread).astype(np.float32)
