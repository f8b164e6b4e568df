"""What was fitted on queries: how the legs are weighed, and when the best hit counts as a precedent.

Cosines of E5 lie between 0.7 and 0.95 whatever the texts, so a fixed limit says nothing, and another embedder has other
cosines. The parameters therefore belong to one embedder: those in `calibrations/` came with the program, those of
another embedder are fitted by `crisisdesk reindex` and kept beside its index.
"""

import json
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from math import exp
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from retrieval.bundle.files import write_atomically
from retrieval.errors import NotCalibrated

FOLDER = "calibrations"
KEPT = "calibration.json"

Weight = Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class Features:
    """How one query's hit stands out.

    `margin`: how much closer it is than the closest of the sentences about other things, in standard deviations of the
    cosine between categories.
    `likeness`: its ranking value.
    `coverage`: share (0-1) of the query's information that it has in the same words.
    `kinship`: whether the query is about crises of lending at all, -1 to 1 (see `Corpus.kinship`).
    `topicality`: the query's cosine with the topic that it comes closest to (see `retrieval.topics`).
    `precedented`: log odds that judged questions like the query have a precedent (see `retrieval.learned`).
    """

    margin: float
    likeness: float
    coverage: float
    kinship: float
    topicality: float
    precedented: float

    def named(self) -> dict[str, float]:
        """The values by their names."""
        return dict(vars(self))


class Unasked(BaseModel):
    """What the leg `asked` most likely is for a document that no judged question knows, from the other legs: an
    intercept and the weight of each. Without it a new incident would never be found beside those that were judged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    intercept: float = 0
    dense: float = 0
    lexical: float = 0
    characters: float = 0
    category: float = 0
    topic: float = 0


class Fusion(BaseModel):
    """The weight of each leg in the ranking. `dense`, `category` and `topic` are of cosines in standard deviations,
    `lexical` and `characters` of shares of the highest possible BM25, `asked` of logarithms (see
    `retrieval.ranking.Match`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dense: Weight
    lexical: Weight
    characters: Weight
    category: Weight
    topic: Weight = 0
    asked: Weight = 0
    unasked: Unasked = Unasked()

    @property
    def only_dense(self) -> bool:
        """Whether nothing but the dense leg counts."""
        return not (self.lexical or self.characters or self.category or self.topic or self.asked)

    def of_unasked(self) -> "Fusion":
        """The same for documents that no judged question knows, but for a constant: their share of `asked` is in the
        other weights.
        """
        guess = self.unasked
        weights = {
            name: max(0.0, getattr(self, name) + self.asked * getattr(guess, name))
            for name in ("dense", "lexical", "characters", "category", "topic")
        }
        return Fusion(**weights)


class Relevance(BaseModel):
    """Log odds that one hit answers the query, from its ranking value and from what is known of the query."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intercept: float
    likeness: float
    precedented: float


class Calibration(BaseModel):
    """The fitted parameters and what they were fitted on: `weights` for whether there is a precedent at all,
    `relevance` for each hit (without it a hit is taken for the only one); `learned` is the mark of what was learned
    beside them ("": nothing).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedder: str
    knowledge: str
    queries: str
    fusion: Fusion
    intercept: float
    weights: dict[str, float]
    threshold: Annotated[float, Field(gt=0, lt=1)]
    measured: dict[str, float]
    relevance: Relevance | None = None
    learned: str = ""

    @field_validator("weights")
    @classmethod
    def _one_for_each_feature(cls, weights: dict[str, float]) -> dict[str, float]:
        if weights.keys() != {one.name for one in fields(Features)}:
            raise ValueError("fitted for other features")
        return weights

    def logit(self, features: Features) -> float:
        """Log odds that there is a precedent, by the best hit."""
        return self.intercept + sum(self.weights[name] * value for name, value in features.named().items())

    def hit_logit(self, features: Features) -> float:
        """Log odds that this very hit answers the query."""
        fitted = self.relevance
        if fitted is None:
            return self.logit(features)
        told = fitted.precedented * features.precedented
        return fitted.intercept + fitted.likeness * features.likeness + told


def chance(logit: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


@cache
def bundled_calibrations() -> dict[str, Calibration]:
    """The parameters that came with the program, by the embedder's fingerprint."""
    found = [one for one in files("retrieval").joinpath(FOLDER).iterdir() if one.name.endswith(".json")]
    read = [Calibration.model_validate(json.loads(one.read_text(encoding="utf-8"))) for one in found]
    return {one.embedder: one for one in read}


def load_calibration(embedder: str, beside: Path | None = None) -> Calibration:
    """The parameters for an embedder, by its fingerprint: those that came with the program, else those kept in the
    folder `beside`. Raises NotCalibrated, which says what to run.
    """
    own = bundled_calibrations().get(embedder)
    kept = _kept(beside) if beside and own is None else None
    if own:
        return own
    if kept and kept.embedder == embedder:
        return kept
    why = "现有的校准属于另一个向量模型" if kept else "还没有为当前的向量模型校准"
    raise NotCalibrated(f"检索暂不可用：{why}，给出的结果会不可靠。请先运行 crisisdesk reindex。")


def keep_calibration(calibration: Calibration, folder: Path) -> None:
    """Keep fitted parameters beside the index, in place of older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / KEPT, [calibration.model_dump_json(indent=2).encode()])


def _kept(folder: Path) -> Calibration | None:
    try:
        return Calibration.model_validate_json((folder / KEPT).read_bytes())
    except (OSError, ValidationError):
        return None
