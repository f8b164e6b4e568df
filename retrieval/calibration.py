"""From how a query's best hit stands out to the chance that it is a precedent.

Cosines of E5 lie between 0.7 and 0.95 whatever the texts, so a fixed limit says nothing. A logistic regression over
features that compare the best hit with its background says it; its parameters are fitted by `retrieval.calibrate`
on queries with and without a precedent and kept in `calibration.json`. BM25's standard score was tried as a fourth
feature and added nothing (cross-validated AUC .983 with it, .986 without).
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from math import exp
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

FILE = "calibration.json"


@dataclass(frozen=True)
class Features:
    """How one query's best hit stands out.

    `closeness`: its cosine, in standard deviations above the knowledge base's mean cosine between categories.
    `margin`: how much closer it is than the closest of the sentences about other things, in the same unit.
    `coverage`: share (0-1) of the query's information that it has in the same words.
    """

    closeness: float
    margin: float
    coverage: float

    def named(self) -> dict[str, float]:
        """The values by their names."""
        return asdict(self)


class Calibration(BaseModel):
    """The fitted parameters and what they were fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedder: str
    knowledge: str
    queries: str
    intercept: float
    weights: dict[str, float]
    threshold: Annotated[float, Field(gt=0, lt=1)]
    measured: dict[str, float]

    def logit(self, features: Features) -> float:
        """Log odds that the best hit is a precedent."""
        return self.intercept + sum(self.weights[name] * value for name, value in features.named().items())


def chance(logit: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


@cache
def load_calibration() -> Calibration:
    """The committed parameters."""
    text = files("retrieval").joinpath(FILE).read_text(encoding="utf-8")
    return Calibration.model_validate(json.loads(text))
