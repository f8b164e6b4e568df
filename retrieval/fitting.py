"""How the legs are weighed, learned from graded queries: listwise ranking with a linear model.

The loss is that of ListNet's top-one form (Cao et al. 2007): the cross entropy between the shares of the gains and a
softmax over the ranking values of a query's first candidates. Weights are never negative, so that no leg speaks against
what it finds, and a penalty on their squares (in units of each leg's spread) keeps them small. Deterministic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from retrieval.calibration import Fusion, Unasked
from retrieval.judging import GAINS

LEGS: Final = ("dense", "lexical", "characters", "category", "topic", "asked")
PENALTY: Final = 0.03
RISE: Final = 0.3
"""What is added to the guess of `unasked`."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Graded:
    """A query's candidates: what each leg says of them (candidates x legs), their grades (0-3), and how much the query
    counts.
    """

    legs: Values
    grades: NDArray[np.int64]
    share: float


def fitted(queries: Sequence[Graded]) -> Fusion:
    """The weights under which the graded candidates come first. A ranking value is a logarithm: one that is 1 higher
    makes a document e times as likely the one to find, whatever the embedder. Queries of which no candidate has a grade
    say nothing. Raises ValueError when all are like that.
    """
    telling = [one for one in queries if one.grades.any()]
    spread = np.vstack([one.legs for one in telling]).std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    lists = [(one.legs / spread, _shares(one.grades), one.share) for one in telling]
    start = np.ones(len(LEGS))
    bounds = [(0.0, None)] * len(LEGS)
    found = minimize(_loss, start, args=(lists,), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = zip(LEGS, (found.x / spread).tolist(), strict=True)
    return Fusion(**{leg: round(weight, 4) for leg, weight in weights})


def unasked(queries: Sequence[Graded]) -> Unasked:
    """What the leg `asked` most likely is, from the other legs: least squares over the candidates, and a little more,
    because what is found is the best of many and a mean is never the best. Of 31 incidents whose grades were taken
    away, as many were found again as before there was such a leg (.72 of what is relevant; without the guess .32).
    """
    place = LEGS.index("asked")
    legs = np.vstack([one.legs for one in queries])
    others = np.delete(legs, place, axis=1)
    if not legs[:, place].any():
        return Unasked()
    known = np.column_stack([np.ones(len(legs)), others])
    found = np.linalg.lstsq(known, legs[:, place], rcond=None)[0].round(4).tolist()
    names = [leg for leg in LEGS if leg != "asked"]
    return Unasked(intercept=round(found[0] + RISE, 4), **dict(zip(names, found[1:], strict=True)))


def _shares(grades: NDArray[np.int64]) -> Values:
    gains = np.array(GAINS)[grades]
    return np.asarray(gains / gains.sum())


def _loss(weights: Values, lists: Sequence[tuple[Values, Values, float]]) -> tuple[float, Values]:
    """The loss and its slope."""
    loss, slope, total = 0.0, np.zeros_like(weights), 0.0
    for legs, wanted, share in lists:
        values = legs @ weights
        values -= values.max()
        chances = np.exp(values)
        whole = chances.sum()
        loss -= share * float(wanted @ (values - np.log(whole)))
        slope += share * ((chances / whole - wanted) @ legs)
        total += share
    return loss / total + PENALTY * float(weights @ weights), slope / total + 2 * PENALTY * weights
