"""A rough value of the documents for a query, so that only a few hundred need be compared exactly.

What the legs say of words is exact and cheap for all documents, and the topic depends on the set of topics that a
document is filed under. Only the dense leg is dear: it is estimated by the mean of a document's passages, projected on
the axes in which such means differ most (principal components). Documents lie in short lists, each of one set of topics
and alike on the first axis. The best lists are opened, a few axes choose a thousand of their documents, some more
axes a few hundred of these; documents with the best words are added wherever they lie.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.closeness import Centred, Numbers, Segments
from retrieval.embedder import Vector, Vectors
from retrieval.topics import Topics

LISTS, LEAST_SHARE = 1024, 1 / 4
"""Lists that are opened: up to four times as many where filters leave out most of their documents."""

ROUGH: Final = 1024
"""Documents that are looked at with all axes."""

CHOSEN, WORDED = 144, 32
"""Documents that are compared exactly, and those that are for their words alone."""

_COARSE, _FINE = 16, 64
_LONGEST: Final = 32
_BLOCK: Final = 512
"""So few columns that BLAS does not wake its threads, which costs more than the product."""

_SAMPLE: Final = 20_000
_CHUNK: Final = 10_000

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Sketch:
    """Documents in the order of their lists: `documents` are their numbers, `coarse` and `fine` their first coordinates
    and the others, `lists` where each list begins. `middles` (blocks x axes x lists of a block) are the means of the
    lists' coarse coordinates. `kinds` are the categories of the documents, as numbers. `sets` says which set of topics
    each list has; `filed` the first topic of each set, then the second of those that have two, and so on.
    """

    axes: NDArray[np.float32]
    documents: Numbers
    coarse: NDArray[np.float32]
    fine: NDArray[np.float32]
    kinds: NDArray[np.int8]
    lists: Segments
    middles: NDArray[np.float32]
    filed: tuple[Numbers, ...]
    sets: Numbers

    @classmethod
    def of(cls, vectors: Vectors, centred: Centred, segments: Segments, topics: Topics, kinds: Numbers) -> Self:
        """From the passages of documents and the numbers of their categories (fewer than 128)."""
        count, size = len(segments.counts), min(_FINE, vectors.shape[1])
        axes = _axes(vectors, centred, segments, size)
        places = np.zeros((count, size), np.float32)
        for start in range(0, count, _CHUNK):
            part = np.arange(start, min(start + _CHUNK, count))
            places[part] = _means(vectors, centred, segments, part) @ axes
        filed, sets = _sets(topics)
        order = np.lexsort((places[:, 0], kinds, sets))
        lists, places = _short_lists(sets[order]), places[order]
        coarse, fine = (np.ascontiguousarray(part) for part in (places[:, :_COARSE], places[:, _COARSE:]))
        middles = np.asarray(np.add.reduceat(coarse, lists.starts) / lists.counts[:, None], np.float32)
        shown = kinds[order].astype(np.int8)
        return cls(axes, order, coarse, fine, shown, lists, _in_blocks(middles), filed, sets[order][lists.starts])

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
        if passing is not None:
            said = np.where(passing, said, np.float32(-np.inf))
        place = np.einsum("i,ij->j", query, self.axes) * np.float32(scale)
        about = self._best_topic(topics)
        likely = (place[:_COARSE] @ self.middles).reshape(-1)[: len(about)] + about + kinds[self.kinds[self._inside]]
        opened = self._opened(likely, passing)
        at, _ = self.lists.rows(opened)
        documents = self.documents[at]
        values = np.einsum("ij,j->i", self.coarse[at], place[:_COARSE])
        values += np.repeat(about[opened], self.lists.counts[opened]) + kinds[self.kinds[at]] + said[documents]
        rough = best(values, ROUGH)
        exact = values[rough] + np.einsum("ij,j->i", self.fine[at[rough]], place[_COARSE:])
        return np.union1d(documents[rough[best(exact, CHOSEN)]], best(said, WORDED))

    @cached_property
    def _inside(self) -> Numbers:
        """A document in the middle of each list, whose category speaks for it: most lists are of one."""
        return self.lists.starts + self.lists.counts // 2

    def _best_topic(self, topics: Values) -> Values:
        """Of each list; 0 where it has none."""
        each = np.append(topics, np.float32(0))
        values = each[self.filed[0]]
        for more in self.filed[1:]:
            np.maximum(values[: len(more)], each[more], out=values[: len(more)])
        return values[self.sets]

    def _opened(self, values: Values, passing: NDArray[np.bool_] | None) -> Numbers:
        """The best lists (that have a document which passes)."""
        if passing is None:
            return np.sort(best(values, LISTS))
        values[~np.logical_or.reduceat(passing[self.documents], self.lists.starts)] = -np.inf
        return np.sort(best(values, int(LISTS / max(float(passing.mean()), LEAST_SHARE))))


def best(values: Values, count: int) -> Numbers:
    """Positions of the `count` highest values, fewer where there are not so many above minus infinity; in no order.

    A limit that so many values reach is found from the highest values of groups, which are fewer to sort.
    """
    size = max(1, len(values) // (4 * count))
    groups = values[: len(values) // size * size].reshape(size, -1).max(axis=0)
    bar = np.partition(groups, -count)[-count] if len(groups) > count else np.float32(-np.inf)
    found = np.flatnonzero(values >= bar) if np.isfinite(bar) else np.flatnonzero(np.isfinite(values))
    if len(found) <= count:
        return found
    return found[np.argpartition(-values[found], count - 1)[:count]]


def _means(vectors: Vectors, centred: Centred, segments: Segments, documents: Numbers) -> Vectors:
    """The mean of the centred passages of each document."""
    rows, begins = segments.rows(documents)
    apart = (vectors[rows] - centred.mean) / centred.length[rows, None]
    return np.asarray(np.add.reduceat(apart, begins) / segments.counts[documents, None], np.float32)


def _axes(vectors: Vectors, centred: Centred, segments: Segments, count: int) -> NDArray[np.float32]:
    every = np.arange(len(segments.counts))
    sample = _means(vectors, centred, segments, every[:: max(1, -(-len(every) // _SAMPLE))]).astype(np.float64)
    _, axes = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(axes[:, ::-1][:, :count], np.float32)


def _in_blocks(places: NDArray[np.float32]) -> NDArray[np.float32]:
    count, axes = places.shape
    padded = np.zeros((-(-count // _BLOCK) * _BLOCK, axes), np.float32)
    padded[:count] = places
    return np.ascontiguousarray(padded.reshape(-1, _BLOCK, axes).transpose(0, 2, 1))


def _sets(topics: Topics) -> tuple[tuple[Numbers, ...], Numbers]:
    """The topics of the different sets, largest sets first, and which of the sets each document has. One without a
    topic has the number after the last, whose value is 0.
    """
    starts, counts = topics.segments.starts.tolist(), topics.segments.counts.tolist()
    filed, nothing = topics.filed.tolist(), (len(topics.phrases),)
    every = [tuple(filed[at : at + count]) or nothing for at, count in zip(starts, counts, strict=True)]
    known = sorted(set(every), key=lambda one: (-len(one), one))
    numbers = {one: number for number, one in enumerate(known)}
    columns = (np.array([one[place] for one in known if place < len(one)], np.int64) for place in range(len(known[0])))
    return tuple(columns), np.array([numbers[one] for one in every], np.int64)


def _short_lists(sets: Numbers) -> Segments:
    """Lists of at most 32 documents of one set; `sets` are those of the documents, ascending."""
    at = np.arange(len(sets))
    within = at - np.searchsorted(sets, sets, "left")
    return Segments.of(np.diff(np.append(np.flatnonzero(within % _LONGEST == 0), len(sets))).tolist())
