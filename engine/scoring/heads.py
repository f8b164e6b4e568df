"""The fitted heads: linear layers over the features, their calibration, and the file they are kept in.

Rows of the layers, in order: negative; negative without the embedding (for parts of a text); the twelve categories
as the primary one; the twelve as present; severity at least medium; severity at least high; and thirteen kinds,
"not negative" before the twelve categories, which give a second opinion on negativity.
"""

from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from engine.errors import ScoringUnavailable
from engine.model import Category
from engine.scoring.features import BITS, Features

Half = NDArray[np.float16]
Numbers = NDArray[np.float64]

CATEGORIES: Final = tuple(Category)
NEGATIVE: Final = 0
NEGATIVE_PART: Final = 1
PRIMARY: Final = slice(2, 2 + len(CATEGORIES))
PRESENT: Final = slice(PRIMARY.stop, PRIMARY.stop + len(CATEGORIES))
SEVERITY: Final = slice(PRESENT.stop, PRESENT.stop + 2)
KIND: Final = slice(SEVERITY.stop, SEVERITY.stop + 1 + len(CATEGORIES))
ROWS: Final = KIND.stop


@dataclass(frozen=True, slots=True)
class Parameters:
    """All fitted numbers; coefficients are float16[ROWS, features of the block].

    `scale` and `shift` (float64[ROWS]) calibrate: probability = sigmoid(scale · logit + shift).
    """

    embedder: str
    mean: NDArray[np.float32]
    idf: Half
    embedding: Half
    ngrams: Half
    words: Half
    near_words: Half
    shape: Half
    intercept: Numbers
    scale: Numbers
    shift: Numbers


@dataclass(frozen=True, slots=True)
class Verdict:
    """Calibrated probabilities: `negative`, then given that it is negative, float64[12] each, and severity[2]."""

    negative: float
    primary: Numbers
    present: Numbers
    severity: Numbers


def judge(parameters: Parameters, features: Features) -> Verdict:
    """All heads on one mention."""
    odds = parameters.scale * logits(parameters, features) + parameters.shift
    return Verdict(
        negative=float(sigmoid(odds[NEGATIVE])),
        primary=softmax(odds[PRIMARY]),
        present=sigmoid(odds[PRESENT]),
        severity=sigmoid(odds[SEVERITY]),
    )


def judge_part(parameters: Parameters, features: Features) -> float:
    """How negative a part of a text is, 0-1, without its embedding."""
    odds = parameters.scale * logits(parameters, features) + parameters.shift
    return float(sigmoid(odds[NEGATIVE_PART]))


def logits(parameters: Parameters, features: Features) -> Numbers:
    """The uncalibrated outputs of all rows, float64[ROWS]."""
    result = parameters.intercept.copy()
    weights = weighted_ngrams(features, parameters.idf)
    result += parameters.ngrams[:, features.buckets].astype(np.float64) @ weights
    result += parameters.embedding.astype(np.float64) @ (features.embedding - parameters.mean).astype(np.float64)
    for layer, block in (
        (parameters.words, features.words),
        (parameters.near_words, features.near_words),
        (parameters.shape, features.shape),
    ):
        result += layer.astype(np.float64) @ block.astype(np.float64)
    return with_second_opinion(result)


def with_second_opinion(raw: Numbers) -> Numbers:
    """Outputs float64[..., ROWS] whose negative row is averaged with the log odds of any category among the kinds."""
    kinds = raw[..., KIND]
    top = kinds.max(axis=-1, keepdims=True)
    any_category = np.log(np.exp(kinds[..., 1:] - top).sum(axis=-1)) + top[..., 0]
    averaged = raw.copy()
    averaged[..., NEGATIVE] = (raw[..., NEGATIVE] + any_category - kinds[..., 0]) / 2
    return averaged


def weighted_ngrams(features: Features, idf: Half) -> Numbers:
    """The TF-IDF values of a text's buckets, of unit length."""
    weights = features.counts.astype(np.float64) * idf[features.buckets].astype(np.float64)
    length = float(np.sqrt(weights @ weights))
    return weights / length if length else weights


def sigmoid(odds: Numbers) -> Numbers:
    """Logistic function, safe for large odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -40, 40))))


def softmax(odds: Numbers) -> Numbers:
    """Probabilities that sum to one."""
    shifted = np.exp(odds - odds.max())
    return np.asarray(shifted / shifted.sum())


def save_parameters(parameters: Parameters, path: Path) -> None:
    """Write the parameters; the same numbers give the same bytes."""
    arrays: dict[str, Any] = {field.name: getattr(parameters, field.name) for field in fields(Parameters)}
    arrays["embedder"] = np.array(parameters.embedder)
    np.savez_compressed(path, **arrays)


def load_parameters(path: Path) -> Parameters:
    """Read what `save_parameters` wrote. Raises ScoringUnavailable."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            content: dict[str, Any] = {field.name: stored[field.name] for field in fields(Parameters)}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ScoringUnavailable(f"评分参数读不出来：{path}，请运行 python -m engine.scoring.fit 重新生成") from error
    parameters = Parameters(**{**content, "embedder": str(content["embedder"])})
    if parameters.ngrams.shape != (ROWS, 2**BITS):
        raise ScoringUnavailable(f"评分参数与程序版本不符：{path}，请运行 python -m engine.scoring.fit 重新生成")
    return parameters


def parameters_hash(parameters: Parameters) -> str:
    """Content hash of all numbers, 32 hex digits."""
    digest = blake2b(parameters.embedder.encode(), digest_size=16)
    for field in fields(Parameters):
        if field.name != "embedder":
            array = np.ascontiguousarray(getattr(parameters, field.name))
            digest.update(f"{field.name}{array.shape}{array.dtype}".encode())
            digest.update(array.tobytes())
    return digest.hexdigest()
