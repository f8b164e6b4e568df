"""Which of many documents are compared exactly: those that could be among the first for all that is known of them.

Every leg but the dense one is known exactly for all documents. The dense leg is estimated from a sketch: vectors
projected on the axes in which passages differ most (principal components), in bytes. Three steps leave fewer and fewer
documents: by the other legs alone; with the mean of a document's passages; with the passages themselves, as the leg is
about the best three of them. A document stays while being underestimated by as much as estimates err would bring it
among the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.closeness import Centred, Numbers, Segments, nearness
from retrieval.embedder import Vector, Vectors
from retrieval.products import products
from retrieval.topics import Topics

PLACES: Final = 20
"""Places that are looked at for a page of five (`retrieval.diversity`)."""

ERRORS: Final = (0.1, 0.06, 0.03)
"""By how much the cosine of a document may be underestimated in each step: hardly one of the first is by more."""

MOST: Final = (16384, 2048, 512)
"""Documents that are left after each step, at most."""

_MEAN_AXES, _AXES = 64, 128
_BYTE: Final = 127
_SAMPLE: Final = 20_000
_CHUNK: Final = 10_000
_STRIPES: Final = 1024
_LOWEST: Final = np.finfo(np.float32).min

Values = NDArray[np.float32]
Bytes = NDArray[np.int8]


@dataclass(frozen=True)
class Runs:
    """Values of groups that follow each other are the same: `numbers` of what is repeated, `lengths` how often each."""

    numbers: Numbers
    lengths: Numbers

    @classmethod
    def of(cls, each: Sequence[int]) -> Self:
        """Of the number that each group has."""
        found = [(number, len(list(same))) for number, same in groupby(each)]
        numbers, lengths = np.array(found, np.int64).reshape(-1, 2).T
        return cls(np.ascontiguousarray(numbers), np.ascontiguousarray(lengths))

    def values(self, of_numbers: Values) -> Values:
        """The value of each group."""
        return of_numbers.take(self.numbers).repeat(self.lengths)


@dataclass(frozen=True)
class Groups:
    """Documents of one category that are filed under the same topics: `of_documents` says which group each is in,
    `kinds` the category of each group, `first` their first topics, `more` the second ones of the groups that have two,
    and so on: groups with most topics come first. No topic is the number after the last.
    """

    of_documents: Numbers
    kinds: Runs
    first: Runs
    more: tuple[Numbers, ...]

    @classmethod
    def of(cls, topics: Topics, kinds: Numbers) -> Self:
        """`kinds` are the categories of the documents, as numbers."""
        starts, counts = topics.segments.starts.tolist(), topics.segments.counts.tolist()
        filed, nothing = topics.filed.tolist(), (len(topics.places),)
        sets = [tuple(filed[at : at + count]) or nothing for at, count in zip(starts, counts, strict=True)]
        every = list(zip(kinds.tolist(), sets, strict=True))
        known = sorted(set(every), key=lambda one: (-len(one[1]), one))
        numbers = {one: number for number, one in enumerate(known)}
        columns = ([own[place] for _, own in known if place < len(own)] for place in range(1, len(known[0][1])))
        return cls(
            np.array([numbers[one] for one in every], np.int64),
            Runs.of([kind for kind, _ in known]),
            Runs.of([own[0] for _, own in known]),
            tuple(np.array(column, np.int64) for column in columns),
        )

    def values(self, topics: Values, kinds: Values) -> Values:
        """Of each document, what the best of its topics and its category are worth; no topic is worth 0."""
        each = np.append(topics, np.float32(0))
        found = self.first.values(each)
        for numbers in self.more:
            best = found[: len(numbers)]
            np.maximum(best, each.take(numbers, mode="clip"), out=best)  # quicker than with a check
        found += self.kinds.values(kinds)
        return found.take(self.of_documents, mode="clip")


@dataclass(frozen=True)
class Sketch:
    """`passages` (in the order of the vectors) and `means` (in that of the documents; as whole, but ready to be
    multiplied) are coordinates along `axes`, in units of `unit`.
    """

    axes: NDArray[np.float32]
    unit: np.float32
    means: Values
    passages: Bytes
    segments: Segments
    groups: Groups

    @classmethod
    def of(cls, vectors: Vectors, centred: Centred, segments: Segments, topics: Topics, kinds: Numbers) -> Self:
        """From the passages of documents and the numbers of their categories."""
        sample = _apart(vectors, centred, np.arange(0, len(vectors), max(1, -(-len(vectors) // _SAMPLE))))
        axes = _axes(sample)
        unit = np.float32(max(float(np.abs(sample @ axes.T).max(initial=0)), 1e-6) / _BYTE)
        count, size = len(segments.counts), len(axes)
        means = np.zeros((count, min(_MEAN_AXES, size)), np.float32)
        passages = np.zeros((len(vectors), size), np.int8)
        for start in range(0, count, _CHUNK):
            part = np.arange(start, min(start + _CHUNK, count))
            rows, begins = segments.rows(part)
            places = _apart(vectors, centred, rows) @ axes.T
            passages[rows] = _bytes(places, unit)
            sums = np.add.reduceat(places[:, : means.shape[1]], begins)
            means[part] = _bytes(np.asarray(sums / segments.counts[part, None], np.float32), unit)
        return cls(axes, unit, means, passages, segments, Groups.of(topics, kinds))

    def chosen(
        self,
        query: Vector,
        scale: float,
        topics: Values,
        kinds: Values,
        said: Values,
        passing: NDArray[np.bool_] | None = None,
    ) -> Numbers:
        """Numbers of the likeliest documents (that pass), ascending: by `scale` x the estimated cosine with a centred
        query, plus the best of the `topics` that they are filed under (a value for each topic), plus that of their
        category (a value for each of the `kinds`), plus what is `said` of each document beside.
        """
        values = self.groups.values(topics, kinds)
        values += said
        if passing is not None:
            np.copyto(values, np.float32(-np.inf), where=~passing)
        place = products(self.axes, query) * (np.float32(scale) * self.unit)
        documents = likely(values, scale * ERRORS[0], MOST[0])
        values = values.take(documents)
        means = products(self.means.take(documents, axis=0), place[: self.means.shape[1]])
        left = likely(values + means, scale * ERRORS[1], MOST[1])
        documents, values = documents.take(left), values.take(left)
        table = self.segments.table(documents)
        passages = self.passages.take(table.rows.ravel(), axis=0).astype(np.float32)
        near = nearness(products(passages, place).reshape(table.rows.shape), table)
        return documents.take(likely(values + near.cosine, scale * ERRORS[2], MOST[2]))


def likely(values: Values, error: float, most: int) -> Numbers:
    """Positions, ascending, of the values that would be among the first `PLACES` if they were higher by `error`; the
    highest of them where they are more than `most`. Minus infinity never is.
    """
    bar = _last_place(values) - np.float32(error) if len(values) > PLACES else _LOWEST
    found = (values >= max(bar, _LOWEST)).nonzero()[0]
    return found if len(found) <= most else np.sort(found[np.argpartition(-values[found], most)[:most]])


def _last_place(values: Values) -> np.float32:
    """The value in the last place, or a little less: among many it is sought in the highest values of stripes."""
    stripes = min(len(values), _STRIPES)
    highest = values[: len(values) // stripes * stripes].reshape(-1, stripes).max(axis=0)
    highest.partition(-PLACES)
    found: np.float32 = highest[-PLACES]
    return found


def _apart(vectors: Vectors, centred: Centred, rows: Numbers) -> Vectors:
    return np.asarray((vectors[rows] - centred.mean) / centred.length[rows, None], np.float32)


def _axes(sample: Vectors) -> NDArray[np.float32]:
    exact = sample.astype(np.float64)
    _, axes = np.linalg.eigh(exact.T @ exact)
    return np.ascontiguousarray(axes[:, ::-1][:, :_AXES].T, np.float32)


def _bytes(places: NDArray[np.float32], unit: np.float32) -> Bytes:
    return np.asarray(np.clip(np.rint(places / unit), -_BYTE, _BYTE), np.int8)
