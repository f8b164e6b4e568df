"""The features of many mentions as matrices, and linear heads fitted on them exactly but quickly.

There are a thousand mentions and 66,000 features: a ridge-penalised linear model of n rows lies in their span
(Schölkopf, Herbrich, Smola 2001), so the heads are fitted on an n-dimensional rotation of the kernel and mapped back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from engine.scoring.corpus import Labelled
from engine.scoring.features import BITS, Features, embedded_part, features, hashed_ngrams, read
from engine.scoring.heads import Half, weighted_ngrams
from engine.scoring.lexicon import Lexicon
from engine.scoring.scorer import TextEmbedder
from engine.scoring.text import clean

Matrix = NDArray[np.float64]

_TOLERANCE: Final = 1e-9
_ITERATIONS: Final = 1000


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each block counts in the kernel, and the inverse penalty of the head: chosen by cross-validation."""

    embedding: float
    ngrams: float
    words: float
    near_words: float
    shape: float
    c: float


@dataclass(frozen=True, slots=True)
class Design:
    """The blocks of n mentions, one row each; `embedding` is centred and scaled by `spread`."""

    embedding: Matrix
    spread: float
    mean: NDArray[np.float32]
    ngrams: sparse.csr_matrix
    words: Matrix
    near_words: Matrix
    shape: Matrix


@dataclass(frozen=True, slots=True)
class Rotation:
    """Coordinates Z float64[n, r] with Z·Zᵀ = kernel, and the map from coordinates back to row weights."""

    z: Matrix
    back: Matrix


@dataclass(frozen=True, slots=True)
class Head:
    """Fitted rows on a rotation: float64[rows, r] and intercepts float64[rows]."""

    coefficients: Matrix
    intercepts: Matrix


def featurise(rows: Sequence[Labelled], embedder: TextEmbedder, lexicon: Lexicon) -> list[Features]:
    """The features of each mention, as scoring computes them."""
    made = []
    for row in rows:
        reading = read(clean(row.text), row.names)
        made.append(features(reading, embedder.query(embedded_part(reading)), lexicon))
    return made


def document_frequencies(rows: Sequence[Labelled]) -> Half:
    """Smoothed inverse document frequency of each n-gram bucket, float16[2^BITS]."""
    seen = np.zeros(2**BITS)
    for row in rows:
        seen[hashed_ngrams(read(clean(row.text), row.names).masked)[0]] += 1
    return (np.log((1 + len(rows)) / (1 + seen)) + 1).astype(np.float16)


def design_of(made: Sequence[Features], idf: Half) -> Design:
    """The matrices of many features."""
    vectors = np.array([one.embedding for one in made], dtype=np.float64)
    mean = vectors.mean(axis=0).astype(np.float32)
    centred = vectors - mean
    indices = np.concatenate([one.buckets for one in made])
    starts = np.cumsum([0, *(len(one.buckets) for one in made)])
    values = np.concatenate([weighted_ngrams(one, idf) for one in made])
    return Design(
        embedding=centred,
        spread=float(np.linalg.norm(centred, axis=1).mean()),
        mean=mean,
        ngrams=sparse.csr_matrix((values, indices, starts), shape=(len(made), 2**BITS)),
        words=np.array([one.words for one in made], dtype=np.float64),
        near_words=np.array([one.near_words for one in made], dtype=np.float64),
        shape=np.array([one.shape for one in made], dtype=np.float64),
    )


def rotation_of(design: Design, weights: Weights) -> Rotation:
    """The rotation of the weighted kernel; components without variance are dropped."""
    kernel = weights.ngrams * np.asarray((design.ngrams @ design.ngrams.T).todense())
    kernel += weights.embedding / design.spread**2 * design.embedding @ design.embedding.T
    for weight, block in _small_blocks(design, weights):
        kernel += weight * block @ block.T
    values, vectors = np.linalg.eigh(kernel)
    kept = values > _TOLERANCE * values.max()
    return Rotation(z=vectors[:, kept] * np.sqrt(values[kept]), back=vectors[:, kept] / np.sqrt(values[kept]))


def fit_head(z: Matrix, labels: NDArray[np.int64], sample_weights: Matrix, c: float) -> Head:
    """Logistic regression: one row for two classes, one row a class for more."""
    model = LogisticRegression(C=c, max_iter=_ITERATIONS).fit(z, labels, sample_weight=sample_weights)
    return Head(coefficients=model.coef_, intercepts=model.intercept_)


def outputs(head: Head, z: Matrix) -> Matrix:
    """Logits float64[n, rows]."""
    return np.asarray(z @ head.coefficients.T + head.intercepts)


def layers(head: Head, rotation: Rotation, design: Design, weights: Weights) -> dict[str, Matrix]:
    """The head as coefficients over each block's raw features, by the names of `heads.Parameters`."""
    rows = rotation.back @ head.coefficients.T
    return {
        "embedding": (weights.embedding / design.spread**2 * design.embedding.T @ rows).T,
        "ngrams": np.asarray(weights.ngrams * (design.ngrams.T @ rows)).T,
        "words": (weights.words * design.words.T @ rows).T,
        "near_words": (weights.near_words * design.near_words.T @ rows).T,
        "shape": (weights.shape * design.shape.T @ rows).T,
    }


def _small_blocks(design: Design, weights: Weights) -> list[tuple[float, Matrix]]:
    return [
        (weights.words, design.words),
        (weights.near_words, design.near_words),
        (weights.shape, design.shape),
    ]
