"""Words in common: jieba cuts, BM25 weighs. Finds what vectors smooth over: names, amounts, terms of the field."""

import logging
import unicodedata
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray


def fold(text: str) -> str:
    """Compatible forms and case folded, so that full-width and half-width write the same word."""
    return unicodedata.normalize("NFKC", text).lower()


def _list(name: str) -> list[str]:
    return files("retrieval").joinpath(name).read_text(encoding="utf-8").split()


@cache
def _fillers() -> frozenset[str]:
    return frozenset(_list("stopwords.txt"))


@cache
def _cutter() -> Any:
    """The jieba cutter with its own dictionary and the field's words.

    The dictionary is built here and not through `initialize`, which would read a marshal file of a well-known name
    from the shared temporary folder.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its sources have escapes that compiling warns of, and it tries pkg_resources
        import jieba  # noqa: PLC0415
    jieba.setLogLevel(logging.ERROR)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    for word in _list("words.txt"):
        cutter.add_word(fold(word))
    return cutter


def words(text: str) -> list[str]:
    """The text's words in order, long ones also in their parts; no punctuation, no filler words."""
    cut = _cutter().cut_for_search(fold(text), HMM=False)
    return [word for word in cut if word not in _fillers() and any(char.isalnum() for char in word)]


def _whole(found: set[str]) -> set[str]:
    """Without the words that are parts of another."""
    return {word for word in found if not any(word != other and word in other for other in found)}


class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.5, b 0.75) over documents given as texts, in their order."""

    def __init__(self, documents: Sequence[str]) -> None:
        cut = [words(document) for document in documents]
        self._sets = [frozenset(document) for document in cut]
        counts = Counter(word for document in self._sets for word in document)
        self._rarity = {word: log(1 + (len(cut) - n + 0.5) / (n + 0.5)) for word, n in counts.items()}
        self._unseen = log(1 + (len(cut) + 0.5) / 0.5)
        self._bm25 = bm25s.BM25() if counts else None
        if self._bm25:
            self._bm25.index(cut, show_progress=False)

    def scores(self, query: Sequence[str]) -> NDArray[np.float64]:
        """BM25 of every document for a query's words; zeros when no word is known."""
        known = sorted({word for word in query if word in self._rarity})
        if not known or self._bm25 is None:
            return np.zeros(len(self._sets))
        return np.asarray(self._bm25.get_scores(known), dtype=np.float64)

    def shared(self, query: Sequence[str], document: int) -> tuple[str, ...]:
        """The query's words that the document has, rarest first; parts of a shared longer word are left out."""
        common = set(query) & self._sets[document]
        return tuple(sorted(_whole(common), key=lambda word: (-self._rarity[word], word)))

    def coverage(self, query: Sequence[str], document: int) -> float:
        """How much of the query's information (summed rarity of its words) the document shares, 0-1."""
        weights = {word: self._rarity.get(word, self._unseen) for word in _whole(set(query))}
        total = sum(weights.values())
        return sum(weights[word] for word in sorted(weights) if word in self._sets[document]) / total if total else 0.0
