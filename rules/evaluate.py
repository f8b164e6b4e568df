"""The plain evaluator: value, threshold, verdict and distance of every condition."""

from pydantic import BaseModel, ConfigDict

from rules.vocabulary import FactValue, Level


class ConditionTrace(BaseModel):
    """One condition as it was seen. `margin` is the signed distance to the threshold in the fact's unit:
    positive or zero when it holds (by how much), negative when it fails (how much is missing); None for texts
    and missing values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    fact: str
    value: FactValue
    op: str
    threshold: float | int | str | tuple[str, ...]
    holds: bool
    margin: float | None
