"""A rough value of every document for a query, so that only a few hundred need be compared exactly.

What the legs say of words is exact and cheap for all documents; so is the topic, which depends on the set of topics
that a document is filed under. Only the dense leg is dear: it is estimated by the mean of a document's passages,
projected on the axes in which such means differ most (principal components). A few axes choose a thousand documents,
some more of them the few hundred. Every document has a value, so filters are a mask and no part of the knowledge is
left out beforehand.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.closeness import Centred, Numbers, Segments
from retrieval.embedder import Vector, Vectors
from retrieval.topics import Topics, standard

ROUGH: Final = 1024
"""Documents that are looked at with all axes."""

CHOSEN: Final = 224
"""Documents that are compared exactly."""

_COARSE, _FINE = 16, 64
_BLOCK: Final = 512
"""So few columns that BLAS does not wake its threads, which costs more than the product."""

_SAMPLE: Final = 20_000
_CHUNK: Final = 10_000

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Sketch:
    """`coarse` (blocks x axes x documents of a block) are the first coordinates of documents, `fine` (documents x axes)
    the others; `sets` says which set of topics each document has, `filed` the first topic of each set, then the second
    of those that have two, and so on.
    """

    axes: NDArray[np.float32]
    coarse: NDArray[np.float32]
    fine: NDArray[np.float32]
    filed: tuple[Numbers, ...]
    sets: Numbers

    @classmethod
    def of(cls, vectors: Vectors, centred: Centred, segments: Segments, topics: Topics) -> Self:
        """From the passages of documents."""
        count, size = len(segments.counts), min(_FINE, vectors.shape[1])
        axes = _axes(vectors, centred, segments, size)
        places = np.zeros((count, size), np.float32)
        for start in range(0, count, _CHUNK):
            part = np.arange(start, min(start + _CHUNK, count))
            places[part] = _means(vectors, centred, segments, part) @ axes
        coarse, fine = _in_blocks(places[:, :_COARSE]), np.ascontiguousarray(places[:, _COARSE:])
        return cls(axes, coarse, fine, *_sets(topics))

    def topic(self, closeness: Values) -> Values:
        """Of all documents what `Topics.values` is for a query with this closeness."""
        each = np.append(standard(closeness), np.float32(0))
        values = each[self.filed[0]]
        for more in self.filed[1:]:
            np.maximum(values[: len(more)], each[more], out=values[: len(more)])
        return np.take(values, self.sets)

    def chosen(self, query: Vector, scale: float, rest: Values) -> Numbers:
        """Numbers of the likeliest documents, ascending: by `scale` x the estimated cosine with a centred query plus
        the `rest` of their ranking value; never those whose rest is minus infinity.
        """
        place = np.einsum("i,ij->j", query, self.axes) * np.float32(scale)
        values = (place[:_COARSE] @ self.coarse).reshape(-1)[: len(rest)]
        values += rest
        rough = best(values, ROUGH)
        exact = values[rough] + np.einsum("ij,j->i", self.fine[rough], place[_COARSE:])
        return np.sort(rough[best(exact, CHOSEN)])


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
