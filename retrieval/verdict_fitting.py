"""When the best hit counts as a precedent, and how likely each hit answers: fitted on queries and their matches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from retrieval.calibration import Features, Relevance
from retrieval.judging import EARLIER, JudgedQuery
from retrieval.measure import PLACES
from retrieval.ranking import Match
from retrieval.search import SearchEngine

FOLDS: Final = 10
SMOOTHED: Final = 7
"""Neighbouring limits (of a hundredth each) over which the verdict's F1 is averaged: a lone peak is luck."""

FLAT: Final = 0.01
"""How much less F1 is as good as the best: the curve is flat at its top, and its highest point a matter of luck."""

EARLIER_SHARE: Final = 0.3
NAMES: Final = tuple(field.name for field in fields(Features))


@dataclass(frozen=True)
class Sample:
    """Features of every query's best incident (queries x features), whether the query has a precedent, and how much it
    counts: 1 when it was judged over all incidents; earlier ones are easier and count less.
    """

    values: NDArray[np.float64]
    precedent: NDArray[np.bool_]
    shares: NDArray[np.float64]

    def part(self, rows: NDArray[Any]) -> "Sample":
        """Some of the rows, by their numbers or a mask."""
        return Sample(self.values[rows], self.precedent[rows], self.shares[rows])

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which rows are judged queries."""
        return np.asarray(self.shares == 1)


def sample(engine: SearchEngine, queries: Sequence[JudgedQuery], matches: Mapping[str, Match]) -> Sample:
    """Measure how the best incident of each query stands out."""
    known = [(bool(one.relevant), EARLIER_SHARE if one.about == EARLIER else 1.0) for one in queries]
    precedent, shares = zip(*known, strict=True)
    rows = [list(engine.features_of(matches[one.id]).named().values()) for one in queries]
    return Sample(np.array(rows), np.array(precedent), np.array(shares))


def hit_relevance(engine: SearchEngine, queries: Sequence[JudgedQuery], matches: Mapping[str, Match]) -> Relevance:
    """How likely each of a query's first hits answers it: logistic regression over the first ten of every query."""
    values, relevant = [], []
    for one in queries:
        found = matches[one.id]
        likeness = found.mixed(engine.fusion)
        for place in np.argsort(-likeness, kind="stable")[:PLACES].tolist():
            values.append((float(likeness[place]), found.precedented))
            relevant.append(engine.documents[int(found.documents[place])].id in one.relevant)
    model = LogisticRegression(C=1.0).fit(np.array(values), np.array(relevant))
    told = [round(float(weight), 6) for weight in (model.intercept_[0], *model.coef_[0])]
    return Relevance(intercept=told[0], likeness=told[1], precedented=told[2])


def fit(data: Sample) -> tuple[float, dict[str, float]]:
    """Intercept and weights for raw features."""
    scaler = StandardScaler().fit(data.values)
    scaled = scaler.transform(data.values)
    model = LogisticRegression(C=1.0).fit(scaled, data.precedent, sample_weight=data.shares)
    weights = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    return round(intercept, 6), {name: round(float(weight), 6) for name, weight in zip(NAMES, weights, strict=True)}


def held_out(data: Sample) -> NDArray[np.float64]:
    """Each row's chance of a precedent from a model that has not seen its query."""
    chances = np.zeros(len(data.precedent))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(data.values, data.precedent + 2 * data.asked):
        intercept, weights = fit(data.part(seen))
        logits = intercept + data.values[unseen] @ np.array(list(weights.values()))
        chances[unseen] = 1 / (1 + np.exp(-logits))
    return chances


def decision_figures(chances: NDArray[np.float64], precedent: NDArray[np.bool_], threshold: float) -> dict[str, float]:
    """Precision and recall of the verdict "no precedent", and accuracy."""
    said = chances < threshold
    right = int((said & ~precedent).sum())
    return {
        "no_precedent_f1": 2 * right / max(int(said.sum() + (~precedent).sum()), 1),
        "no_precedent_precision": right / max(int(said.sum()), 1),
        "no_precedent_recall": right / max(int((~precedent).sum()), 1),
        "accuracy": float((said != precedent).mean()),
    }


def best_threshold(chances: NDArray[np.float64], precedent: NDArray[np.bool_]) -> float:
    """The middle of the limits around the highest F1 of the verdict "no precedent" that are nearly (`FLAT`) as good,
    smoothed over neighbours.
    """
    tried = np.arange(0.1, 0.91, 0.01)
    scores = [decision_figures(chances, precedent, limit)["no_precedent_f1"] for limit in tried]
    smooth = np.convolve(np.pad(scores, SMOOTHED // 2, mode="edge"), np.ones(SMOOTHED) / SMOOTHED, mode="valid")
    peak, worse = int(smooth.argmax()), np.flatnonzero(smooth < smooth.max() - FLAT)
    first = worse[worse < peak].max(initial=-1) + 1
    last = worse[worse > peak].min(initial=len(tried)) - 1
    return round(float(tried[(first + last) // 2]), 2)
