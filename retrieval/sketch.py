"""Which of many documents are compared exactly: those that could be among the first for all that is known of them.

Every leg but the dense one is known exactly for all documents. The dense leg is estimated from a sketch: vectors
projected on the axes in which passages differ most (principal components), in bytes. Three steps leave fewer and fewer
documents: with the centre of documents that lie together; with the mean of a document's own passages; with the passages
themselves, as the leg is about the best three of them. A document stays while being underestimated by as much as
estimates err would bring it among the first.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.closeness import Centred, Numbers, Segments, nearness
from retrieval.embedder import Vector, Vectors
from retrieval.groups import Clusters, Groups
from retrieval.products import products
from retrieval.topics import Topics

PLACES: Final = 20
"""Places that are looked at for a page of five (`retrieval.diversity`)."""

ERRORS: Final = (0.12, 0.08, 0.03)
"""By how much the cosine of a document may be underestimated in each step: hardly one of the first is by more."""

MOST: Final = (4096, 1024, 512)
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
class Sketch:
    """`passages` (in the order of the vectors) and `means` (in that of the documents; as whole, but ready to be
    multiplied) are coordinates along `axes`, in units of `unit`, and so are the centres of `clusters`.
    """

    axes: NDArray[np.float32]
    unit: np.float32
    means: Values
    passages: Bytes
    segments: Segments
    groups: Groups
    clusters: Clusters

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
        return cls(axes, unit, means, passages, segments, Groups.of(topics), Clusters.of(means, kinds))

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
        place = products(self.axes, query) * (np.float32(scale) * self.unit)
        first = place[: self.means.shape[1]]
        values = self.groups.values(topics)
        values += said
        close = values + self.clusters.values(first, kinds)
        if passing is not None:
            np.copyto(close, np.float32(-np.inf), where=~passing)
        documents = likely(close, scale * ERRORS[0], MOST[0])
        values = values.take(documents) + kinds.take(self.clusters.kinds_of(documents))
        means = products(self.means.take(documents, axis=0), first)
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
