"""What is known of a fact before it has a value: type, unit, range, step and meaning."""

from dataclasses import dataclass
from enum import StrEnum

FactValue = int | float | str | None


class FactType(StrEnum):
    """How a fact is compared: numbers by order, texts by equality."""

    integer = "integer"
    number = "number"
    text = "text"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One entry of the vocabulary. `step` is the quantum of a number; `choices` lists a text's values."""

    name: str
    type: FactType
    unit: str
    title: str
    meaning: str
    minimum: float = 0
    maximum: float = 1e9
    step: float = 1
    nullable: bool = False
    choices: tuple[str, ...] = ()

    def quantise(self, value: FactValue) -> FactValue:
        """The value as rules see it: clamped to the range and rounded to the step."""
        if value is None or isinstance(value, str):
            return value
        clamped = min(max(float(value), self.minimum), self.maximum)
        steps = round(clamped / self.step)
        return int(steps * self.step) if self.type is FactType.integer else round(steps * self.step, 6)
