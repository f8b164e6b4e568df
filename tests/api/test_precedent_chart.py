"""The plot of a comparison: one axis for minutes and months, nothing lies on anything, nothing people wrote runs."""

import json
from itertools import pairwise
from typing import Any

import pytest

from api.web.precedent_axis import TimeAxis
from api.web.precedent_chart import OURS, THEIRS, chart_height, chart_options, wants_log
from api.web.precedent_lanes import Line
from engine.precedents.live import live_side
from engine.precedents.past import past_side
from tests.unit.precedents.support import live, past, point, statement, step

HOSTILE = "'); window.hacked = 1; //<script>"
LINES = [
    Line("本事件", OURS, live_side(live(statements=(statement(60),)))),
    Line("先例", THEIRS, past_side(past(steps=(step("2天", HOSTILE, HOSTILE),) * 3))),
]


def code(options: object) -> list[str]:
    """Every piece of script that the options hold."""
    if isinstance(options, dict):
        return [found for key, value in options.items() for found in ([value] if key[0] == ":" else code(value))]
    return [found for one in options for found in code(one)] if isinstance(options, list) else []


@pytest.mark.parametrize("longest", [60.0, 600.0, 1440.0 * 3, 1440.0 * 400])
@pytest.mark.parametrize("is_log", [True, False])
def test_ticks_rise_begin_at_the_start_and_are_few(longest: float, is_log: bool) -> None:
    ticks = TimeAxis(longest, is_log).ticks()
    assert ticks[0] == (0.0, "起点")
    assert all(one[0] < other[0] for one, other in pairwise(ticks))
    assert len(ticks) <= 18
    assert len({words for _, words in ticks}) == len(ticks)


@pytest.mark.parametrize("is_log", [True, False])
def test_points_at_the_same_time_take_rows_of_their_own(is_log: bool) -> None:
    marks = past_side(past(steps=(step("2天", "公关", "说明"),) * 4, first_response=None)).marks
    assert TimeAxis(1440.0 * 30, is_log).rows(marks) == [0, 1, 2, 3]


def test_points_far_apart_share_a_row() -> None:
    marks = past_side(past(first_response=None)).marks
    assert TimeAxis(1440.0 * 4, is_log=True).rows(marks) == [0, 0, 0, 0]


def test_what_people_wrote_is_data_and_never_script() -> None:
    options = chart_options(LINES)
    told = json.dumps(options, ensure_ascii=False)
    assert "window.hacked" in told
    assert code(options)
    assert not any("hacked" in one for one in code(options))


def test_points_carry_the_numbers_of_the_list_and_open_tasks_are_hollow() -> None:
    tasks = chart_options(LINES)["series"][1]["data"]
    numbers = [LINES[0].side.marks[int(one["label"]["formatter"]) - 1].what for one in tasks]
    assert numbers == ["任务1", "任务2", "任务3"]
    assert [one["itemStyle"]["color"] for one in tasks] == [OURS, "#fff", "#fff"]
    assert tasks[1]["itemStyle"]["borderColor"] != tasks[2]["itemStyle"]["borderColor"]


@pytest.mark.parametrize("log_count", [True, False])
def test_a_logarithmic_axis_has_no_zero(log_count: bool) -> None:
    lines = [Line("先例", THEIRS, past_side(past(course=(point("1小时", 0, 0.0), point("1天", 50, 0.5)))))]
    series: list[dict[str, Any]] = chart_options(lines, log_count=log_count)["series"]
    values = [one["value"][1] for one in series if one["type"] == "line" for one in one["data"]][:2]
    assert values == [1 if log_count else 0, 50]


def test_sizes_far_apart_ask_for_a_logarithmic_axis() -> None:
    assert wants_log(LINES)
    assert not wants_log([LINES[1], LINES[1]])
    assert not wants_log([LINES[1]])


def test_an_incident_without_a_course_takes_less_room() -> None:
    bare = [Line("先例", THEIRS, past_side(past(course=())))]
    assert len(chart_options(bare)["grid"]) == 1
    assert chart_height(bare) < chart_height([LINES[1]])
