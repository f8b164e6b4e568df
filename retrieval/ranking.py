"""A query against the documents: candidates, then every leg worked out for each of them.

While the knowledge is small every document is a candidate. Above that, those are whose ranking value is highest when
the dense leg is estimated (`retrieval.sketch`): all other legs are worked out for every document.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.calibration import Fusion, Unasked
from retrieval.closeness import Nearness, Numbers, nearness
from retrieval.corpus import Corpus
from retrieval.embedder import Vector
from retrieval.judging import GAINS
from retrieval.learned import Answered
from retrieval.learned.questions import FLOOR
from retrieval.understanding import Query
from retrieval.words import pairs

SMALL: Final = 4096
"""Passages up to which every document is compared: less work than choosing among them."""

NEAREST: Final = 512
"""Nearest passages that are asked for where the dense leg is alone."""

BOUNDS: Final = (log(FLOOR), log(GAINS[-1] + FLOOR))
"""Between these lies what judged questions say, so what is guessed must too."""

ANSWERING: Final = 24
"""Documents that are candidates for what judged questions say of them."""

LEANING: Final = 0.9
"""What a document of the category that the matter is known to be about gains in the ranking: as much as the category
leg gave a sure category before topics took its place in the fit."""

EVEN: Final = Fusion(dense=1, lexical=4, characters=16, category=0, topic=1, asked=1)
"""Weights by which candidates are chosen where nobody says which."""

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Match:
    """A query against its candidates, all arrays in the order of `documents` (numbers in the corpus).

    `dense` are cosines in standard deviations above the usual, `lexical` and `characters` shares of the highest
    possible BM25 over words and over pairs of characters, `category` is the chance that the query is about a document's
    category.
    `topic` is how much the query is about the best topic of each document (see `Topics.standing`).
    `asked` is what judged questions like the query say of each document (a logarithm, see `retrieval.learned`), not a
    number where none knows it.
    `leaning` is 1 for documents of the category that the matter is known to be about, else 0.
    `unrelated` is what `dense` is for the sentences about other things, `kinship` how much more like incidents
    than like those the query is, and `topicality` its cosine with the topic that it comes closest to;
    `precedented` are the log odds that judged questions like it have a precedent.
    """

    query: Query
    documents: Numbers
    dense: Values
    lexical: Values
    characters: Values
    category: Values
    topic: Values
    asked: Values
    leaning: Values
    row: Numbers
    unrelated: float
    kinship: float
    topicality: float
    precedented: float

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
            asked=self.asked[places],
            leaning=self.leaning[places],
            row=self.row[places],
        )

    def mixed(self, fusion: Fusion) -> Values:
        """The ranking value of every candidate."""
        words = fusion.lexical * self.lexical + fusion.characters * self.characters
        about = fusion.category * self.category + fusion.topic * self.topic + LEANING * self.leaning
        mixed: Values = fusion.dense * self.dense + words + about
        return mixed + fusion.asked * self._asked(fusion.unasked) if fusion.asked else mixed

    def _asked(self, guess: Unasked) -> Values:
        """What judged questions say, guessed where they do not know the document."""
        words = guess.lexical * self.lexical + guess.characters * self.characters
        about = guess.category * self.category + guess.topic * self.topic
        guessed = guess.intercept + guess.dense * self.dense + words + about
        np.maximum(guessed, np.float32(BOUNDS[0]), out=guessed)
        np.minimum(guessed, np.float32(BOUNDS[1]), out=guessed)
        return np.where(np.isnan(self.asked), guessed, self.asked)


def match(
    corpus: Corpus,
    query: Query,
    vector: Vector,
    passing: NDArray[np.bool_] | None,
    leaning: frozenset[str] = frozenset(),
    fusion: Fusion = EVEN,
    small: int = SMALL,
) -> Match:
    """Compare a query (`vector`: as the embedder gave it) with its candidates among the documents that pass (None:
    all). Documents of the categories in `leaning` come nearer. Among more passages than `small` the candidates are
    chosen for `fusion`.
    """
    tuned = corpus.learned.tuning.query(vector)
    answered = corpus.learned.questions.like(vector, corpus.answering(passing))
    every = _Every.of(corpus, query, tuned, answered)
    centred = every.centred
    few = _few(corpus, passing, small)
    documents = _likely(corpus, every, vector, passing, leaning, fusion) if few is None else few
    table = corpus.segments.table(documents)
    near = nearness(corpus.centred.cosines(corpus.vectors, table.rows, centred), table)
    return Match(
        query=query,
        documents=documents,
        dense=_standard(corpus, near),
        lexical=every.words[documents],
        characters=every.characters[documents],
        category=every.chances[corpus.categories.of_documents[documents]],
        topic=corpus.topics.values(every.topics, documents),
        asked=corpus.asked(answered.shares, documents),
        leaning=corpus.categories.are_of(documents, leaning).astype(np.float32),
        row=near.row,
        unrelated=(corpus.closest_unrelated(centred) - corpus.usual_cosine) / corpus.usual_spread,
        kinship=corpus.kinship.with_query(centred),
        topicality=every.topicality,
        precedented=answered.precedented,
    )


@dataclass(frozen=True)
class _Every:
    """What is worked out for every document: scores of words and of pairs of characters; and what of the query the
    others need: its vector without the mean, the chance of every category, the standing of every topic, the closeness
    of the closest, and what judged questions say of every incident that they know.
    """

    words: Values
    characters: Values
    centred: Vector
    chances: Values
    topics: Values
    topicality: float
    shares: Values

    @classmethod
    def of(cls, corpus: Corpus, query: Query, tuned: Vector, answered: Answered) -> Self:
        centred = corpus.centred.query(tuned)
        written = dict.fromkeys(pairs(query.meant), 1.0)
        closeness = corpus.topics.closeness(centred)
        return cls(
            words=corpus.lexical.scores(query.words),
            characters=corpus.characters.scores(written),
            centred=centred,
            chances=corpus.categories.each(centred),
            topics=corpus.topics.standing(closeness, written),
            topicality=float(closeness.max(initial=0)),
            shares=answered.shares,
        )


def _few(corpus: Corpus, passing: NDArray[np.bool_] | None, small: int) -> Numbers | None:
    """All that pass, in ascending order; None when they have too many passages to compare each."""
    if passing is None:
        return np.arange(len(corpus.documents)) if len(corpus.vectors) <= small else None
    if np.count_nonzero(passing) > small:
        return None
    allowed = np.flatnonzero(passing)
    return allowed if corpus.segments.counts[allowed].sum() <= small else None


def _likely(
    corpus: Corpus,
    every: _Every,
    vector: Vector,
    passing: NDArray[np.bool_] | None,
    leaning: frozenset[str],
    fusion: Fusion,
) -> Numbers:
    """Those of the highest estimated ranking value, in ascending order."""
    if fusion.only_dense:
        return _nearest(corpus, vector, passing)
    fusion, asked = _of_unasked(fusion), fusion.asked
    said = np.float32(fusion.lexical) * every.words
    said += np.float32(fusion.characters) * every.characters
    kinds = np.float32(fusion.category) * every.chances
    if leaning:
        kinds += np.float32(LEANING) * corpus.categories.those(leaning)
    topics = np.float32(fusion.topic) * every.topics
    likely = corpus.sketch.chosen(every.centred, fusion.dense / corpus.usual_spread, topics, kinds, said, passing)
    best = _answering(corpus, every.shares, passing).tolist() if asked else ()
    return np.array(sorted({*likely.tolist(), *best}), np.int64)


@lru_cache(maxsize=16)
def _of_unasked(fusion: Fusion) -> Fusion:
    """`Fusion.of_unasked`, which takes longer to make than the sums that it is for."""
    return fusion.of_unasked()


def _answering(corpus: Corpus, shares: Values, passing: NDArray[np.bool_] | None) -> Numbers:
    """The documents of which judged questions say most."""
    places, known = corpus.known
    if passing is not None:
        passed = passing[known]
        places, known = places[passed], known[passed]
    return known[np.argsort(-shares[places], kind="stable")[:ANSWERING]]


def _nearest(corpus: Corpus, vector: Vector, passing: NDArray[np.bool_] | None) -> Numbers:
    """Those with the nearest passages, where no other leg says anything."""
    near = corpus.nearest(vector, NEAREST)
    return near if passing is None else near[passing[near]]


def _standard(corpus: Corpus, near: Nearness) -> Values:
    return ((near.cosine - corpus.usual_cosine) / corpus.usual_spread).astype(np.float32)
