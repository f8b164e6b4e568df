"""What is known of a fact before it has a value: type, unit, range, step and meaning."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WINDOWS: Final = {"10m": "10分钟", "1h": "1小时", "6h": "6小时", "24h": "24小时", "7d": "7天"}
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

    @property
    def window(self) -> str | None:
        """The window over which it is taken, such as `24小时`, by the end of its name; None for a single moment. A rate
        an hour is that of the days before.
        """
        return WINDOWS["7d"] if self.unit.endswith("/小时") else WINDOWS.get(self.name.rsplit("_", 1)[-1])

    def quantise(self, value: FactValue) -> FactValue:
        """The value as rules see it: clamped to the range and rounded to the step."""
        if value is None or isinstance(value, str):
            return value
        clamped = min(max(float(value), self.minimum), self.maximum)
        steps = round(clamped / self.step)
        return int(steps * self.step) if self.type is FactType.integer else round(steps * self.step, 6)
