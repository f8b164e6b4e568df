"""A comparison of two incidents as pages, the interface and reports show it. Times are minutes after each start."""

from enum import StrEnum

from pydantic import AwareDatetime

from engine.model import Category, Frozen, Level
from knowledge.schema import OutcomeGrade


class MarkKind(StrEnum):
    """What a point on the time axis is."""

    step = "step"
    response = "response"
    level = "level"
    task = "task"
    statement = "statement"


MARK_TITLES = {
    MarkKind.step: "步骤",
    MarkKind.response: "首次回应",
    MarkKind.level: "等级",
    MarkKind.task: "任务",
    MarkKind.statement: "声明",
}


class Mark(Frozen):
    """Something that happened, or is due. `who` is a function, never a person's name; `detail` is the material of a
    step or the note on a task. `done` is False for a task that is still open, then `after_minutes` is when it is due.
    """

    kind: MarkKind
    after_minutes: float
    who: str
    what: str
    detail: str = ""
    level: Level | None = None
    done: bool = True


class CurvePoint(Frozen):
    """How far the talk had come: all mentions since the start, and the share (0-1) of negative ones among those since
    the point before; None when none came.
    """

    after_minutes: float
    mentions: int
    negative: float | None


class Side(Frozen):
    """One incident of a comparison. What is not known is None or empty.

    `started_at` and `elapsed_minutes` (start to now, or to the end) are given for an incident of our own log only;
    `start_note` says what the start is. `first_response_minutes` is None when nothing was said in public;
    `response_is_recorded` tells that it is a publication and not an approval.
    """

    id: str
    is_past: bool
    title: str
    category: Category
    level: Level
    started_at: AwareDatetime | None
    elapsed_minutes: float | None
    is_over: bool
    start_note: str
    first_response_minutes: float | None
    response_is_recorded: bool = False
    outcome_grade: OutcomeGrade | None
    marks: tuple[Mark, ...]
    curve: tuple[CurvePoint, ...]


class Trait(Frozen):
    """One line of the table of facts; `same` is None where sameness means nothing."""

    name: str
    ours: str
    theirs: str
    same: bool | None = None


class ByNow(Frozen):
    """Where the precedent stood when it was as old as our incident is now.

    `remarks` are sentences on what is plainly behind or ahead; `had_done` and `came_next` are the precedent's steps;
    `open_tasks` (soonest due first) and `done_tasks` are ours.
    """

    after_minutes: float
    remarks: tuple[str, ...]
    had_done: tuple[Mark, ...]
    came_next: tuple[Mark, ...]
    open_tasks: tuple[Mark, ...]
    done_tasks: tuple[Mark, ...]


class Comparison(Frozen):
    """An incident beside a precedent. `by_now` is None unless the incident is one of ours."""

    ours: Side
    theirs: Side
    traits: tuple[Trait, ...]
    by_now: ByNow | None
    outcome: str
    turning_point: str
    lessons: tuple[str, ...]
