"""What many documents share, worked out once for all of them: the worth of their topics, and about where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.closeness import Numbers
from retrieval.products import products
from retrieval.topics import Topics

_TOGETHER: Final = 100
"""Documents in a cluster, on average."""

_SEEN, _TURNS, _SEED = 50, 8, 3
"""For k-means: documents of a cluster that are looked at, rounds, where chance begins."""

Values = NDArray[np.float32]


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
    """Documents that are filed under the same topics: `of_documents` says which group each is in, `first` their first
    topics, `more` the second ones of the groups that have two, and so on: groups with most topics come first. No topic
    is the number after the last.
    """

    of_documents: Numbers
    first: Runs
    more: tuple[Numbers, ...]

    @classmethod
    def of(cls, topics: Topics) -> Self:
        """As the documents are filed."""
        starts, counts = topics.segments.starts.tolist(), topics.segments.counts.tolist()
        filed, nothing = topics.filed.tolist(), (len(topics.places),)
        sets = [tuple(filed[at : at + count]) or nothing for at, count in zip(starts, counts, strict=True)]
        known = sorted(set(sets), key=lambda one: (-len(one), one))
        numbers = {one: number for number, one in enumerate(known)}
        columns = ([own[place] for own in known if place < len(own)] for place in range(1, len(known[0])))
        return cls(
            np.array([numbers[one] for one in sets], np.int64),
            Runs.of([own[0] for own in known]),
            tuple(np.array(column, np.int64) for column in columns),
        )

    def values(self, topics: Values) -> Values:
        """Of each document, what the best of its topics is worth; no topic is worth 0."""
        each = np.append(topics, np.float32(0))
        found = self.first.values(each)
        for numbers in self.more:
            best = found[: len(numbers)]
            np.maximum(best, each.take(numbers, mode="clip"), out=best)  # quicker than with a check
        return found.take(self.of_documents, mode="clip")


@dataclass(frozen=True)
class Clusters:
    """Documents of one category that lie together: `of_documents` says which cluster each is in, `kinds` the category
    of each cluster, `centres` where it lies.
    """

    of_documents: Numbers
    kinds: Numbers
    centres: Values

    @classmethod
    def of(cls, means: Values, kinds: Numbers) -> Self:
        """From the means of the documents and the numbers of their categories."""
        found, centres, of_kinds = np.zeros(len(means), np.int64), [means[:0]], list[int]()
        for kind in np.unique(kinds).tolist():
            own = np.flatnonzero(kinds == kind)
            middles, nearest = _clustered(means[own])
            found[own] = nearest + len(of_kinds)
            centres.append(middles)
            of_kinds += [kind] * len(middles)
        return cls(found, np.array(of_kinds, np.int64), np.vstack(centres))

    def kinds_of(self, documents: Numbers) -> Numbers:
        """The categories of some documents."""
        return self.kinds.take(self.of_documents.take(documents))

    def values(self, place: Values, kinds: Values) -> Values:
        """Of each document, the product of its cluster's centre with a place, and what its category is worth."""
        found = products(self.centres, place)
        found += kinds.take(self.kinds)
        return found.take(self.of_documents, mode="clip")


def _clustered(means: Values) -> tuple[Values, Numbers]:
    """Centres by k-means, and the number of the nearest for each."""
    looks = {"niter": _TURNS, "seed": _SEED, "min_points_per_centroid": 1, "max_points_per_centroid": _SEEN}
    known = faiss.Kmeans(means.shape[1], max(1, len(means) // _TOGETHER), **looks)
    known.train(means)
    nearest: Numbers = known.index.search(means, 1)[1][:, 0]
    return np.asarray(known.centroids, np.float32), nearest
