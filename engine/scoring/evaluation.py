"""How good the scores are: the figures that checkers use, with bootstrap intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from engine.model import Category, Mention
from engine.scoring.corpus import Labelled
from engine.scoring.design import Matrix
from engine.scoring.features import BITS, hashed_ngrams
from engine.scoring.heads import CATEGORIES, NEGATIVE, PRIMARY, SEVERITY, sigmoid
from engine.scoring.near_duplicates import signature, similarity
from engine.scoring.scorer import Scorer
from engine.scoring.text import essence

NONE: Final = "none"
NEAR_COPY_FROM: Final = 0.6
_RESAMPLES: Final = 1000
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

Choices = NDArray[np.bool_] | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Judged:
    """True and given labels of many mentions, as equally long arrays of text; category and severity may be "none"."""

    category: NDArray[np.str_]
    severity: NDArray[np.str_]
    given_category: NDArray[np.str_]
    given_severity: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.category)

    def part(self, chosen: Choices) -> "Judged":
        """Only some of the mentions."""
        return Judged(
            self.category[chosen], self.severity[chosen], self.given_category[chosen], self.given_severity[chosen]
        )


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Of one class: precision, recall and F1 in 0-1 (0 where undefined), and how many truly are of it."""

    precision: float
    recall: float
    f1: float
    support: int


def judged_by(scorer: Scorer, rows: Sequence[Labelled]) -> Judged:
    """What the scorer gives for texts and brands alone."""
    scores = [scorer.score(mention_of(row)) for row in rows]
    return Judged(
        *_true(rows),
        np.array([one.category.value if one.category else NONE for one in scores]),
        np.array([one.severity.value for one in scores]),
    )


def judged_out_of_fold(rows: Sequence[Labelled], logits: Matrix) -> Judged:
    """What the heads that did not see a row give for it (uncalibrated)."""
    negative = sigmoid(logits[:, NEGATIVE]) >= 0.5
    primary = np.array([one.value for one in CATEGORIES])[logits[:, PRIMARY].argmax(axis=1)]
    steps = np.minimum.accumulate(logits[:, SEVERITY] >= 0, axis=1).sum(axis=1)
    severity = np.array(["low", "medium", "high"])[steps]
    return Judged(*_true(rows), np.where(negative, primary, NONE), np.where(negative, severity, NONE))


def mention_of(row: Labelled) -> Mention:
    """The mention without any label."""
    return Mention(
        id=row.id,
        source="evaluation",
        external_id=row.id,
        brands=row.brands,
        text=row.text,
        published_at=_LONG_AGO,
        received_at=_LONG_AGO,
    )


def negative_figures(judged: Judged) -> PrecisionRecall:
    """Of the class "negative"."""
    return _figures(judged.category != NONE, judged.given_category != NONE)


def category_figures(judged: Judged, category: Category) -> PrecisionRecall:
    """Of one category as the primary one."""
    return _figures(judged.category == category.value, judged.given_category == category.value)


def category_accuracy(judged: Judged) -> float:
    """Share of all mentions whose category, or "none", is right."""
    return float((judged.category == judged.given_category).mean())


def severity_accuracy(judged: Judged) -> float:
    """Share of the truly negative mentions found negative whose severity is right."""
    both = (judged.category != NONE) & (judged.given_category != NONE)
    return float((judged.severity[both] == judged.given_severity[both]).mean()) if both.any() else 0.0


def macro_f1(judged: Judged) -> float:
    """Mean F1 over "none" and the categories that occur."""
    occurring = sorted(set(judged.category.tolist()))
    return float(np.mean([_figures(judged.category == one, judged.given_category == one).f1 for one in occurring]))


def interval(judged: Judged, figure: Callable[[Judged], float]) -> tuple[float, float]:
    """95% bootstrap interval of a figure (percentiles over resampled mentions, fixed seed)."""
    random = np.random.default_rng(20260101)
    values = [figure(judged.part(random.integers(0, len(judged), len(judged)))) for _ in range(_RESAMPLES)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def without_near_copies(rows: Sequence[Labelled], fitted: Sequence[Labelled]) -> NDArray[np.bool_]:
    """Which rows have no near-copy among the fitted ones: neither by MinHash nor by character n-gram cosine."""
    known = _profiles(fitted)
    alike = np.asarray((_profiles(rows) @ known.T).todense()).max(axis=1) >= NEAR_COPY_FROM
    hashes = [signature(one.text).minhash for one in fitted]
    mine = [signature(row.text).minhash for row in rows]
    copied = [any(similarity(one, other) >= NEAR_COPY_FROM for other in hashes) for one in mine]
    return np.asarray(~(alike | np.array(copied)))


def _true(rows: Sequence[Labelled]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    category = np.array([row.category.value if row.category else NONE for row in rows])
    return category, np.array([row.severity.value for row in rows])


def _figures(true: NDArray[np.bool_], given: NDArray[np.bool_]) -> PrecisionRecall:
    hits = int((true & given).sum())
    precision = hits / int(given.sum()) if given.any() else 0.0
    recall = hits / int(true.sum()) if true.any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return PrecisionRecall(precision, recall, f1, int(true.sum()))


def _profiles(rows: Sequence[Labelled]) -> sparse.csr_matrix:
    """The hashed n-grams of each text's essence, of unit length, float64[n, 2^BITS]."""
    made = [hashed_ngrams(essence(row.text)) for row in rows]
    lengths = [float(np.sqrt((counts**2).sum())) or 1.0 for _, counts in made]
    values = np.concatenate([counts / length for (_, counts), length in zip(made, lengths, strict=True)])
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in made)])
    return sparse.csr_matrix((values, np.concatenate([one for one, _ in made]), starts), shape=(len(rows), 2**BITS))
