"""The searchable knowledge: documents, their passages as vectors, and their words."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.schema import AnyEntry
from retrieval.embedder import Counter, Embedder, Vector, Vectors
from retrieval.errors import IndexMismatch
from retrieval.index import IndexHeader, VectorIndex, stable_id
from retrieval.lexical import LexicalIndex
from retrieval.passages import Document, Passage, document

_INDEX_FILE = "passages.faiss"


@dataclass(frozen=True)
class Corpus:
    """Documents sorted by id; `passages` in document order, those of document i from `starts[i]` on.

    `unrelated` are vectors of everyday sentences that have nothing to do with lending (`background.txt`).
    `usual_cosine` and `usual_spread` are mean and standard deviation of the cosine between passages of different
    categories: what "nothing to do with each other" looks like for this embedder.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    starts: NDArray[np.int64]
    index: VectorIndex
    numbers: dict[int, list[int]]
    lexical: LexicalIndex
    unrelated: Vectors
    usual_cosine: float
    usual_spread: float

    @classmethod
    def build(
        cls, entries: Sequence[AnyEntry], embedder: Embedder, cache: Path | None, progress: Counter | None
    ) -> Self:
        """Index the entries, taking known vectors over from the cache folder."""
        found = (document(entry) for entry in entries)
        documents = tuple(sorted((one for one in found if one is not None), key=lambda one: one.id))
        passages = tuple(passage for one in documents for passage in one.passages)
        counts = np.array([len(one.passages) for one in documents], np.int64)
        owner = np.repeat(np.arange(len(documents)), counts)
        background = [Passage("背景", line) for line in _background_lines()]
        index = _indexed([*passages, *background], embedder, cache, progress)
        usual, spread = _usual(index.vectors([_id(passage) for passage in passages]), owner, documents)
        return cls(
            documents=documents,
            passages=passages,
            starts=np.cumsum(counts) - counts,
            index=index,
            numbers=_numbers(passages),
            lexical=LexicalIndex([one.text for one in documents]),
            unrelated=index.vectors([_id(passage) for passage in background]),
            usual_cosine=usual,
            usual_spread=spread,
        )

    def closest(self, vector: Vector) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """For each document its closeness (see `closeness`) and the number of its closest passage."""
        cosine = np.full(len(self.passages), -1.0)
        for found, score in self.index.search(vector, len(self.index)):
            cosine[self.numbers.get(found, [])] = score
        parts = np.split(cosine, self.starts[1:])
        nearest = [start + int(np.argmax(part)) for start, part in zip(self.starts, parts, strict=False)]
        return np.array([closeness(part) for part in parts[: len(nearest)]]), np.array(nearest, np.int64)

    def closest_unrelated(self, vector: Vector) -> float:
        """How close the sentences about other things come, measured in the same way."""
        return closeness((self.unrelated @ vector).astype(np.float64))


def closeness(cosines: NDArray[np.float64]) -> float:
    """The mean of the two best cosines: one lucky passage counts half (recall@1 .85, best alone .78)."""
    return float(np.sort(cosines)[-2:].mean())


def _background_lines() -> list[str]:
    return files("retrieval").joinpath("background.txt").read_text(encoding="utf-8").splitlines()


def _id(passage: Passage) -> int:
    return stable_id(passage.text)


def _numbers(passages: Sequence[Passage]) -> dict[int, list[int]]:
    """Passage numbers of each vector: two entries may share a sentence."""
    numbers: dict[int, list[int]] = {}
    for number, passage in enumerate(passages):
        numbers.setdefault(_id(passage), []).append(number)
    return numbers


def _indexed(
    passages: Sequence[Passage], embedder: Embedder, cache: Path | None, progress: Counter | None
) -> VectorIndex:
    texts = {_id(passage): passage.text for passage in passages}
    knowledge = hashlib.sha256(json.dumps(sorted(texts)).encode()).hexdigest()[:32]
    header = IndexHeader(embedder.fingerprint, knowledge, embedder.dimension)
    path = cache / _INDEX_FILE if cache else None
    known = _known(path, header)
    stored = set(known.ids().tolist())
    missing = [number for number in texts if number not in stored]
    fresh = embedder.passages([texts[number] for number in missing], progress)
    known.upsert(missing, fresh)
    known.remove(sorted(stored - texts.keys()))
    if path and (missing or stored != texts.keys()):
        known.save(path, header)
    return known


def _known(path: Path | None, header: IndexHeader) -> VectorIndex:
    """Vectors of an earlier build by the same embedder; none when there are none or they do not fit."""
    if path and path.is_file():
        try:
            return VectorIndex.load(path, header, any_knowledge=True)
        except IndexMismatch:
            return VectorIndex(header.dimension)
    return VectorIndex(header.dimension)


def _usual(vectors: Vectors, owner: NDArray[np.int64], documents: Sequence[Document]) -> tuple[float, float]:
    """Mean and spread of cosines between passages of different categories; (0, 1) when there are too few."""
    category = np.array([str(documents[number].category) for number in owner])
    product = (vectors @ vectors.T).astype(np.float64)
    others = product[category[:, None] != category[None, :]] if len(category) else product.ravel()
    if len(others) < 2 or float(others.std()) < 1e-6:
        return 0.0, 1.0
    return float(others.mean()), float(others.std())
