"""The searchable knowledge: documents, their passages as vectors, and their words."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
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
    """Documents sorted by id; `passages` in document order, `owner[i]` the document of passage i.

    `usual_cosine` and `usual_spread` are mean and standard deviation of the cosine between passages of different
    categories: what "nothing to do with each other" looks like for this embedder.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    owner: NDArray[np.int64]
    index: VectorIndex
    numbers: dict[int, list[int]]
    lexical: LexicalIndex
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
        owner = np.repeat(np.arange(len(documents)), [len(one.passages) for one in documents])
        index = _indexed(passages, embedder, cache, progress)
        usual, spread = _background(index.vectors([_id(passage) for passage in passages]), owner, documents)
        lexical = LexicalIndex([one.text for one in documents])
        return cls(documents, passages, owner, index, _numbers(passages), lexical, usual, spread)

    def closest(self, vector: Vector) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """For each document the cosine of its closest passage, and that passage's number."""
        cosine = np.full(len(self.documents), -1.0)
        nearest = np.zeros(len(self.documents), np.int64)
        for found, score in reversed(self.index.search(vector, len(self.index))):
            for number in reversed(self.numbers[found]):
                cosine[self.owner[number]], nearest[self.owner[number]] = score, number
        return cosine, nearest


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


def _background(vectors: Vectors, owner: NDArray[np.int64], documents: Sequence[Document]) -> tuple[float, float]:
    """Mean and spread of cosines between passages of different categories; (0, 1) when there are too few."""
    category = np.array([str(documents[number].category) for number in owner])
    product = (vectors @ vectors.T).astype(np.float64)
    others = product[category[:, None] != category[None, :]] if len(category) else product.ravel()
    if len(others) < 2 or float(others.std()) < 1e-6:
        return 0.0, 1.0
    return float(others.mean()), float(others.std())
