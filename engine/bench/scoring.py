"""`scoring`: a mention from text to scores, against embedding the same text alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.bench.material import texts
from engine.bench.report import Gate, Result
from engine.bench.timing import Work, race
from engine.model import Mention
from engine.scoring.brands import load_registry
from engine.scoring.scorer import Scorer, TextEmbedder, load_scorer

SCORING_OF_EMBEDDING: Final = Gate(at="most", limit=1.3)
COPY_OF_EMBEDDING: Final = Gate(at="most", limit=0.2)

Vector = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class ScoringSize:
    """Each round takes other mentions, because the scorer remembers texts."""

    mentions_a_round: int = 8
    rounds: int = 9


def bench_scoring(embedder: TextEmbedder, size: ScoringSize = ScoringSize()) -> tuple[Result, ...]:
    """Milliseconds a mention, for a new text and for a copy of a known one.

    Raises ScoringUnavailable when the bundled parameters were fitted for another embedder.
    """
    registry = load_registry()
    asked = _Recorder(embedder)
    scorer, recording = load_scorer(embedder, registry), load_scorer(asked, registry)
    each = size.mentions_a_round
    chunks = _chunks(texts(each * (size.rounds + 1)), each)
    embedded = [asked.asked_by(recording, chunk) for chunk in chunks]
    entrants = {
        "score": lambda number: _scoring(scorer, chunks[number % len(chunks)]),
        "copy": lambda number: _scoring(recording, chunks[number % len(chunks)]),
        "embed": lambda number: _embedding(embedder, embedded[number % len(chunks)]),
    }
    rounds = race(entrants, size.rounds)
    against = "只计算同一文本的向量"
    return (
        rounds.cost("scoring.mention", "score", "embed", count=each, against=against, gate=SCORING_OF_EMBEDDING),
        rounds.cost("scoring.copy", "copy", "embed", count=each, against=against, gate=COPY_OF_EMBEDDING),
    )


class _Recorder:
    """Stands in for an embedder, to learn which texts a scorer has embedded."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self.name = embedder.name
        self.dimension = embedder.dimension
        self.fingerprint = embedder.fingerprint
        self._vector = np.full(embedder.dimension, embedder.dimension**-0.5, dtype=np.float32)
        self._asked: list[str] = []

    def query(self, text: str) -> Vector:
        """Always the same unit vector."""
        self._asked.append(text)
        return self._vector

    def asked_by(self, scorer: Scorer, mentions: Sequence[Mention]) -> list[str]:
        """The texts that scoring these mentions embeds."""
        self._asked = []
        for mention in mentions:
            scorer.score(mention)
        return self._asked


def _chunks(found: Sequence[Mention], each: int) -> list[Sequence[Mention]]:
    return [found[at : at + each] for at in range(0, len(found), each)]


def _scoring(scorer: Scorer, chunk: Sequence[Mention]) -> Work:
    return lambda: [scorer.score(mention) for mention in chunk]


def _embedding(embedder: TextEmbedder, chunk: Sequence[str]) -> Work:
    return lambda: [embedder.query(text) for text in chunk]
