"""Which topics a query is about: how close it comes to the phrases of the controlled vocabulary (`knowledge.topics`),
in meaning and in writing.

A document has the value of its best topic. Worth more than any single passage, because an incident tells of one matter
in its own words while the phrases say in many ways what such matters have in common (recall@5 on the dev queries: .61
for passages alone, .79 for topics alone).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from knowledge.topics import Topic, load_topics
from retrieval.closeness import Centred, Numbers, Segments
from retrieval.embedder import Vector, Vectors
from retrieval.lexical import LexicalIndex
from retrieval.passages import Document
from retrieval.products import products
from retrieval.words import pairs

BEST: Final = 2
"""Phrases that speak for a topic: the mean of the closest two."""

GUESSED: Final = 2
"""Topics of a past incident that nobody filed under any: those that its title comes closest to."""

WRITTEN: Final = 10.0
"""What a topic gains that has all of a query's pairs of characters, in standard deviations of closeness (nDCG@10 on the
training and dev queries, cross-validated: .72 with 0, .73 with 10 and 15).
"""

_CHUNK: Final = 8192

Values = NDArray[np.float32]


def phrases_of(topics: Sequence[Topic]) -> list[list[str]]:
    """What is embedded for each topic."""
    return [[*topic.phrases, f"{topic.title}：{topic.meaning}"] for topic in topics]


@dataclass(frozen=True)
class Topics:
    """`phrases` (all, one topic's after the other's) are centred and of length 1; `places` (topics x most phrases) are
    those of each topic among them, `len(phrases)` where it has fewer; `written` are the same phrases as pairs of
    characters; `filed` says which topics each document has: `topics` in document order, `segments` where those of each
    begin.
    """

    phrases: Vectors
    places: Numbers
    written: LexicalIndex
    filed: Numbers
    segments: Segments

    @classmethod
    def of(cls, topics: Sequence[Topic], vectors: Vectors, centred: Centred, filed: Sequence[Sequence[int]]) -> Self:
        """`vectors` are those of `phrases_of`, one after the other; `filed` are topic numbers of each document."""
        said = phrases_of(topics)
        counts = np.array([len(told) for told in said], np.int64)
        within = np.arange(counts.max(initial=1))
        begins = np.cumsum(counts) - counts
        places = np.where(within < counts[:, None], begins[:, None] + within, len(vectors))
        own = centred.applied_to(vectors).apart(vectors) if len(vectors) else vectors
        flat = np.array([topic for one in filed for topic in one], np.int64)
        written = LexicalIndex(["\n".join(told) for told in said], pairs)
        return cls(own, places, written, flat, Segments.of([len(one) for one in filed]))

    def closeness(self, centred: Vector) -> Values:
        """How close a centred query comes to each topic: the mean cosine with the closest phrases (0 for one that a
        topic lacks).
        """
        cosines = np.append(products(self.phrases, centred), np.float32(0)).take(self.places)
        cosines.sort(axis=1)
        best = cosines[:, -BEST:]
        return np.asarray(best.sum(axis=1) / np.float32(best.shape[1] or 1), np.float32)

    def standing(self, closeness: Values, written: Mapping[str, float]) -> Values:
        """How much a query is about each topic: its closeness in standard deviations above that of all topics, and what
        the topic's phrases have of its pairs of characters.
        """
        return standard(closeness) + np.float32(WRITTEN) * self.written.scores(written)

    def values(self, standing: Values, documents: Numbers) -> Values:
        """Of these documents the standing of the best topic; 0 for one without a topic."""
        each = np.append(standing, np.float32(-np.inf)).take(self._table.take(documents, axis=0))
        best = each.max(axis=1, initial=-np.inf)
        best[best == -np.inf] = 0
        return np.asarray(best)

    @cached_property
    def _table(self) -> Numbers:
        """Topics of each document (documents x most topics), the number after the last where it has fewer."""
        counts = self.segments.counts
        found = np.full((len(counts), int(counts.max(initial=0))), len(self.places), np.int64)
        found[np.arange(found.shape[1]) < counts[:, None]] = self.filed
        return found


def guessed(topics: Sequence[Topic], vectors: Vectors, centred: Centred, titles: Vectors) -> Iterator[list[int]]:
    """The likeliest topics of documents by the vectors of their titles."""
    if not len(topics):
        yield from ([] for _ in titles)
        return
    known = Topics.of(topics, vectors, centred, [])
    for start in range(0, len(titles), _CHUNK):
        chunk = titles[start : start + _CHUNK]
        own = centred.applied_to(chunk).apart(chunk)
        close = np.stack([known.closeness(one) for one in own])
        yield from np.argsort(-close, axis=1, kind="stable")[:, :GUESSED].tolist()


def phrases() -> list[str]:
    """What is embedded for all topics, one after the other."""
    return [phrase for told in phrases_of(tuple(load_topics().values())) for phrase in told]


def filed(documents: Sequence[Document], titles: Vectors, told: Vectors, centred: Centred) -> list[list[int]]:
    """Topic numbers of every document: those that an incident is filed under (the likeliest by its title when nobody
    did), all of its category for a playbook or template.
    """
    topics = load_topics()
    numbers = {name: number for number, name in enumerate(topics)}
    of_category: dict[str, list[int]] = {}
    for name, topic in topics.items():
        of_category.setdefault(str(topic.category), []).append(numbers[name])
    numbered = [
        [numbers[name] for name in one.topics if name in numbers]
        if one.kind == "incident"
        else of_category.get(str(one.category), [])
        for one in documents
    ]
    unfiled = [place for place, one in enumerate(documents) if one.kind == "incident" and not numbered[place]]
    guesses = guessed(tuple(topics.values()), told, centred, titles[unfiled])
    for place, found in zip(unfiled, guesses, strict=True):
        numbered[place] = found
    return numbered


def standard(values: Values) -> Values:
    """In standard deviations above the mean; zeros where all are equal."""
    if not len(values):
        return values
    apart = values - values.sum() / np.float32(len(values))
    spread = sqrt(float(apart @ apart) / len(apart))
    return apart / np.float32(spread) if spread > 1e-6 else np.zeros_like(values)
