"""Lanes of the plot of a comparison: what was done when, one row under another, numbered as in the lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.web.precedent_axis import TimeAxis
from engine.model import LEVEL_TITLES
from engine.precedents.views import MARK_TITLES, Mark, MarkKind, Side
from engine.precedents.wording import after

LATE: Final = "#a11d17"
_LANES: Final = ((MarkKind.level,), (MarkKind.task,), (MarkKind.statement,), (MarkKind.step, MarkKind.response))
_LANE_TITLES: Final = {
    MarkKind.level: "等级",
    MarkKind.task: "任务",
    MarkKind.statement: "声明",
    MarkKind.step: "步骤",
}
_SYMBOLS: Final = {MarkKind.response: "diamond", MarkKind.level: "rect", MarkKind.statement: "diamond"}


@dataclass(frozen=True, slots=True)
class Line:
    """One incident in the plot: `title` is our own word for it."""

    title: str
    colour: str
    side: Side


@dataclass(frozen=True, slots=True)
class Lane:
    """A kind of points of one incident; `first_row` counts from the top of all lanes."""

    line: Line
    title: str
    marks: tuple[tuple[int, Mark], ...]
    rows: tuple[int, ...]
    first_row: int

    @property
    def height(self) -> int:
        """How many rows it takes."""
        return max(self.rows) + 1


def numbered(side: Side, kinds: Sequence[MarkKind]) -> tuple[tuple[int, Mark], ...]:
    """The marks of some kinds with the numbers that plot and list share: counted over all marks of a side."""
    return tuple((number, mark) for number, mark in enumerate(side.marks, 1) if mark.kind in kinds)


def lanes_of(lines: Sequence[Line], axis: TimeAxis) -> list[Lane]:
    """The lanes of all incidents, from the top."""
    lanes: list[Lane] = []
    for line in lines:
        for kinds in _LANES:
            marks = numbered(line.side, kinds)
            if marks:
                rows = tuple(axis.rows([mark for _, mark in marks]))
                first = lanes[-1].first_row + lanes[-1].height if lanes else 0
                title = line.title if line.side.is_past and len(lines) > 1 else _LANE_TITLES[kinds[0]]
                lanes.append(Lane(line, title, marks, rows, first))
    return lanes


def lane_series(lane: Lane, axis: TimeAxis) -> dict[str, Any]:
    """The points of a lane as a series of ECharts."""
    points = [
        _point(number, mark, lane, axis.place(mark.after_minutes), row)
        for (number, mark), row in zip(lane.marks, lane.rows, strict=True)
    ]
    return {
        "name": lane.line.title,
        "type": "scatter",
        "symbolSize": 18,
        "itemStyle": {"color": lane.line.colour, "opacity": 1},
        "data": points,
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": "#e1e5ea", "type": "solid"},
            "label": {"show": False},
            "data": [{"yAxis": lane.first_row + lane.height}],
        },
    }


def _point(number: int, mark: Mark, lane: Lane, place: float, row: int) -> dict[str, Any]:
    is_late = not mark.done and mark.after_minutes < (lane.line.side.elapsed_minutes or 0)
    colour = LATE if is_late else lane.line.colour
    hollow = {"color": "#fff", "borderColor": colour, "borderWidth": 1.5, "opacity": 1}
    return {
        "name": told(mark),
        "value": [place, lane.first_row + row + 0.5],
        "symbol": _SYMBOLS.get(mark.kind, "circle"),
        "itemStyle": {"color": colour, "opacity": 1} if mark.done else hollow,
        "label": {"show": True, "formatter": f"{number}", "fontSize": 10, "color": "#fff" if mark.done else colour},
    }


def told(mark: Mark) -> str:
    """A point in a sentence."""
    level = f"（{LEVEL_TITLES[mark.level]}）" if mark.level else ""
    state = "" if mark.done else "（未完成，此为时限）"
    return f"{after(mark.after_minutes)}后 · {MARK_TITLES[mark.kind]} · {mark.who}：{mark.what}{level}{state}"
