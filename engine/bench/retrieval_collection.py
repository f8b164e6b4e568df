"""Knowledge of any size for measuring search: entries put together from the texts of `retrieval_texts`.

An entry has five passages and seven more texts of one topic, about what the program's own entries have on average (4.5
passages and 456 characters, not counting how somebody would ask for them). A passage has the mean of its clauses' real
embeddings as its vector. Category, level, platforms, day, outcome and strategy are drawn by a seed: filters have
something to do.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final, get_args

import numpy as np

from engine.bench.retrieval_texts import Rows, Texts
from engine.bench.retrieval_vectors import VectorCache, composed
from knowledge.schema import Category, Level, OutcomeGrade, Strategy
from retrieval.calibration import Calibration
from retrieval.corpus import Corpus
from retrieval.embedder import Embedder, Vectors
from retrieval.index import IndexHeader, VectorIndex, stable_id
from retrieval.learned import Learned
from retrieval.lexical import LexicalIndex
from retrieval.passages import Document, Facts, Passage
from retrieval.search import SearchEngine
from retrieval.words import pairs, words

_LABELS: Final = ("标题", "概述", "起因", "转折", "典型声音")
_MORE: Final = 7
_NEAR: Final = 500
_SEED: Final = 11
_PLATFORMS: Final = ("微博", "抖音", "黑猫投诉", "小红书", "新闻网站", "微信公众号", "知乎", "监管投诉渠道")
_FIRST_DAY: Final = date(2019, 1, 1)
_DAYS: Final = 2500
_THREADS: Final = 2
_SEPARATOR: Final = re.compile("[，\n]")


@dataclass(frozen=True)
class Source:
    """What collections are made of."""

    texts: Texts
    vectors: Vectors

    @classmethod
    def of(cls, texts: Texts, known: VectorCache) -> "Source":
        """`vectors` are those of the clauses, embedded where they are not known."""
        return cls(texts, known.passages(texts.clauses, "分句"))

    def engine(
        self, entries: int, embedder: Embedder, folder: Path, calibration: Calibration, learned: Learned
    ) -> SearchEngine:
        """Search over so many entries, with the index as the product saves, merges and opens it, in `folder`."""
        rows = self._by_topic(entries)
        documents = self._documents(rows)
        vectors = composed(self.vectors, rows)
        index = _index(documents, vectors, folder)
        corpus = _with_words(Corpus.over(_bare(documents), vectors, embedder, index, learned), documents)
        return SearchEngine(corpus, embedder, calibration)

    def _by_topic(self, entries: int) -> Rows:
        """Rows of the passages, those of one topic next to each other."""
        rows = self.texts.rows(entries * len(_LABELS), seed=3)
        return np.ascontiguousarray(rows[np.argsort(self._topic(rows), kind="stable")])

    def _topic(self, rows: Rows) -> Rows:
        stops = np.array([span.stop for span in self.texts.topics], np.int32)
        return np.searchsorted(stops, rows[:, 0], side="right").astype(np.int32)

    def _documents(self, rows: Rows) -> list[Document]:
        texts = [self.texts.text(row) for row in rows.tolist()]
        topics = self._topic(rows)[:: len(_LABELS)].tolist()
        draw = random.Random(_SEED)
        return [_document(number, topic, texts, draw) for number, topic in enumerate(topics)]


def _document(number: int, topic: int, texts: Sequence[str], draw: random.Random) -> Document:
    first = number * len(_LABELS)
    own = texts[first : first + len(_LABELS)]
    near = range(max(0, first - _NEAR), min(len(texts), first + _NEAR))
    strategy = draw.choice(list(Strategy))
    day = _FIRST_DAY + timedelta(days=draw.randrange(_DAYS))
    facts = Facts(day, tuple(draw.sample(_PLATFORMS, 2)), draw.choice(get_args(OutcomeGrade)), strategy)
    return Document(
        id=f"inc.made.n{number}",
        kind="incident",
        title=own[0],
        category=list(Category)[topic % len(Category)],
        levels=(draw.choice(list(Level)),),
        passages=tuple(map(Passage, _LABELS, own)),
        rest=tuple(texts[draw.choice(near)] for _ in range(_MORE)),
        strategies=(strategy,),
        facts=facts,
    )


def _index(documents: Sequence[Document], vectors: Vectors, folder: Path) -> VectorIndex:
    header = IndexHeader("bench", "bench", vectors.shape[1])
    index = VectorIndex(vectors.shape[1])
    index.upsert([stable_id(passage.text) for one in documents for passage in one.passages], vectors)
    index.save(folder, header)
    if index.merge_due:
        index.merge(_THREADS)
    return VectorIndex.load(folder, header)


def _bare(documents: Sequence[Document]) -> list[Document]:
    """Without words: they are counted from parts that were cut once (`_with_words`), which takes a fiftieth."""
    empty = Passage("", "")
    return [replace(one, passages=(empty,) * len(one.passages), rest=()) for one in documents]


def _with_words(corpus: Corpus, documents: Sequence[Document]) -> Corpus:
    texts = [one.text for one in documents]
    return replace(
        corpus,
        documents=tuple(documents),
        lexical=LexicalIndex(texts, cutter()),
        characters=LexicalIndex(texts, pairs),
    )


def cutter() -> Callable[[str], list[str]]:
    """`retrieval.words.words` for texts of this generator; a part between two commas is cut once, as no word goes
    across.
    """
    known = cache(words)
    return lambda text: [word for part in _SEPARATOR.split(text) for word in known(part)]
