"""One time axis for incidents that last minutes or months: minutes after the start → places, ticks, rows of points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.precedents.views import Mark
from engine.precedents.wording import after

_HOUR, _DAY = 60.0, 1440.0
_LOG_TICKS: Final = (
    *(0.0, 10.0, 30.0, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(days * _DAY for days in (1, 2, 4, 7, 14, 30, 60, 120, 240, 365, 730)),
)
_STEPS: Final = (*(hours * _HOUR for hours in (0.5, 1, 2, 3, 6, 12)), *(days * _DAY for days in (1, 2, 5, 10, 30, 90)))
_MOST_TICKS: Final = 8
_GAP: Final = 0.055
"""Share of the axis below which two points would lie on each other."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """From 0 to `longest` minutes; logarithmic: the first hour takes as much room as the days after it."""

    longest: float
    is_log: bool

    def place(self, minutes: float) -> float:
        """Where on the axis a time lies."""
        return round(math.log10(1 + minutes / 10) if self.is_log else minutes / _HOUR, 4)

    @property
    def end(self) -> float:
        """The last place, with room for the last point."""
        return round(self.place(self.longest) * 1.03 + 0.02, 4)

    def ticks(self) -> list[tuple[float, str]]:
        """Places with their words: `3小时`, `2天`."""
        if self.is_log:
            times: list[float] = [tick for tick in _LOG_TICKS if tick <= self.longest]
        else:
            step = next((one for one in _STEPS if self.longest / one <= _MOST_TICKS), _STEPS[-1])
            times = [number * step for number in range(int(self.longest // step) + 1)]
        return [(self.place(time), after(time) if time else "起点") for time in times]

    def rows(self, marks: Sequence[Mark]) -> list[int]:
        """A row for each mark, in their order, so that no two of a row lie on each other."""
        ends: list[float] = []
        rows = []
        for mark in marks:
            place = self.place(mark.after_minutes)
            row = next((number for number, end in enumerate(ends) if place >= end), len(ends))
            ends[row : row + 1] = [place + _GAP * self.end]
            rows.append(row)
        return rows
