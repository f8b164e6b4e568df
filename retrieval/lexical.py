"""Words in common, weighed by BM25. Finds what vectors smooth over: names, amounts, terms of the field.

Lucene's variant of Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework", with k1 1.5 and b 0.75. The
share of every word in every document is worked out once and kept in lists by word, so that a query only touches the
documents that have its words: `csc_matvec`, with which SciPy multiplies sparse matrices, adds a list where it lies. A
matrix of the query's lists would copy them first, which takes as long as adding them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse._sparsetools import csc_matvec  # type: ignore[import-untyped]

from retrieval.words import whole, words

K1, B = 1.5, 0.75
MAX_TERMS = 64
"""A long text is searched with its rarest words: the others say little and cost as much."""

FEW: Final = 1024
"""Documents up to which one sum over all lists is quicker than adding one after the other."""

MANY: Final = 0.5
"""The share of many documents from which a word is kept with a share for every one."""

Scores = NDArray[np.float32]


class Posting(NamedTuple):
    """Which documents have a word, ascending, and the share of it in each. `numbers` is None for a word that most have:
    then there is a share for every document, which takes less room and is added quicker.
    """

    numbers: NDArray[np.int32] | None
    parts: Scores

    def have(self, documents: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of these documents have the word."""
        if self.numbers is None:
            return np.asarray(self.parts.take(documents) > 0)
        return np.asarray(self.numbers.take(self.numbers.searchsorted(documents), mode="clip") == documents)


class LexicalIndex:
    """BM25 over documents given as texts, in their order; `cut` gives a text's words: one who has cut its parts before
    need not cut them again. `Mapping[str, float]` are words with their weight (1: as it was written).
    """

    def __init__(self, documents: Sequence[str], cut: Callable[[str], Sequence[str]] = words) -> None:
        self.documents = documents
        self._count = len(documents)
        counts, lengths = _counted(documents, cut)
        self.words = tuple(counts)
        self._rarity = {word: self._idf(len(found[0])) for word, found in counts.items()}
        self._postings = _postings(counts, lengths, self._rarity)
        self._unseen = self._idf(0)

    def _idf(self, found: int) -> float:
        return log(1 + (self._count - found + 0.5) / (found + 0.5))

    def known(self, word: str) -> bool:
        """Whether any document has it."""
        return word in self._rarity

    def frequency(self, word: str) -> int:
        """In how many documents it stands."""
        return int(np.count_nonzero(self._postings[word].parts)) if word in self._postings else 0

    def scores(self, query: Mapping[str, float]) -> Scores:
        """The share (0 to about 1) of the query's highest possible BM25 that every document has.

        A document in which every word stands often has 1 whatever the query's length, so that scores of different
        queries, and of knowledge bases of different size, mean the same.
        """
        terms = self._terms(query)
        if not terms:
            return np.zeros(self._count, np.float32)
        rarity, unseen = self._rarity, self._unseen
        possible = sum([rarity.get(word, unseen) * share for word, share in query.items()])
        found = [(self._postings[word], share / possible) for word, share in terms]
        return self._summed(found) if self._count <= FEW else self._added(found)

    def _added(self, found: Sequence[tuple[Posting, float]]) -> Scores:
        """One list after the other, each with its weight."""
        scores = np.zeros(self._count, np.float32)
        column, weight = np.zeros(2, np.int32), np.zeros(1, np.float32)
        for (numbers, parts), share in found:
            if numbers is None:
                scores += parts * np.float32(share)
                continue
            column[1], weight[0] = len(numbers), share
            csc_matvec(self._count, 1, column, numbers, parts, weight, scores)
        return scores

    def _summed(self, found: Sequence[tuple[Posting, float]]) -> Scores:
        """The same for few documents, all lists at once."""
        lists = [one.numbers for one, _ in found if one.numbers is not None]
        each = np.repeat(np.array([share for _, share in found], np.float32), [len(numbers) for numbers in lists])
        parts = each * np.concatenate([one.parts for one, _ in found])
        return np.bincount(np.concatenate(lists), parts, self._count).astype(np.float32)

    def _weight(self, word: str) -> float:
        return self._rarity.get(word, self._unseen)

    def _terms(self, query: Mapping[str, float]) -> list[tuple[str, float]]:
        rarity = self._rarity
        known = sorted([(-rarity[word] * share, word, share) for word, share in query.items() if word in rarity])
        return [(word, share) for _, word, share in known[:MAX_TERMS]]

    def held(self, query: Iterable[str], documents: NDArray[np.int64]) -> list[set[str]]:
        """The query's words that each of these documents has."""
        wanted = documents.astype(np.int32)  # of another type, all numbers would be converted first
        held: list[set[str]] = [set() for _ in wanted]
        for word in query:
            if word in self._postings:
                for had, has in zip(held, self._postings[word].have(wanted).tolist(), strict=True):
                    if has:
                        had.add(word)
        return held

    def shared(self, query: Iterable[str], held: Set[str]) -> tuple[str, ...]:
        """The query's words that a document has that holds these, rarest first; parts of a shared longer word are left
        out.
        """
        common = [word for word in query if word in held]
        return tuple(sorted(whole(common), key=lambda word: (-self._rarity[word], word)))

    def coverage(self, query: Mapping[str, float], held: Sequence[Set[str]]) -> list[float]:
        """How much of the query's information (summed rarity of its words) documents share that hold these, 0-1."""
        weights = {word: self._weight(word) * query[word] for word in sorted(whole(query))}
        total = sum(weights.values()) or 1.0
        return [sum(weight for word, weight in weights.items() if word in had) / total for had in held]


def _counted(
    documents: Sequence[str], cut: Callable[[str], Sequence[str]]
) -> tuple[dict[str, tuple[list[int], list[int]]], NDArray[np.float32]]:
    """For each word the documents that have it and how often; each document's length in words."""
    counts: dict[str, tuple[list[int], list[int]]] = {}
    lengths = np.zeros(len(documents), np.float32)
    for number, document in enumerate(documents):
        found = Counter(cut(document))
        lengths[number] = found.total()
        for word, count in found.items():
            numbers, times = counts.setdefault(word, ([], []))
            numbers.append(number)
            times.append(count)
    return counts, lengths


def _postings(
    counts: dict[str, tuple[list[int], list[int]]], lengths: NDArray[np.float32], rarity: Mapping[str, float]
) -> dict[str, Posting]:
    usual = float(lengths.mean()) if len(lengths) else 1.0
    damping = K1 * (1 - B + B * lengths / (usual or 1.0))
    postings = {}
    for word, (found, often) in counts.items():
        numbers, times = np.array(found, np.int32), np.array(often, np.float32)
        parts = (rarity[word] * times / (times + damping[numbers])).astype(np.float32)
        postings[word] = _posting(numbers, parts, len(lengths))
    return postings


def _posting(numbers: NDArray[np.int32], parts: Scores, count: int) -> Posting:
    if count <= FEW or len(numbers) <= count * MANY:
        return Posting(numbers, parts)
    every = np.zeros(count, np.float32)
    every[numbers] = parts
    return Posting(None, every)
