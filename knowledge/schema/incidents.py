"""Past incidents 历史事件: what happened, what was done, what came of it."""

from datetime import date, timedelta
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.schema.base import Category, Entry, Level, Slug, Strategy, Text

Duration = Annotated[str, StringConstraints(pattern=r"^\d{1,4}(分钟|小时|天)$")]
"""A time after the start of an incident, as people write it: 40分钟, 6小时, 3天."""

OutcomeGrade = Literal["好转", "平息", "恶化", "长期影响"]
GOOD_OUTCOMES: Final[frozenset[OutcomeGrade]] = frozenset(("好转", "平息"))

_UNITS: Final = {"分钟": timedelta(minutes=1), "小时": timedelta(hours=1), "天": timedelta(days=1)}


def elapsed(duration: str) -> timedelta:
    """What a `Duration` measures."""
    unit = next(unit for unit in _UNITS if duration.endswith(unit))
    return int(duration.removesuffix(unit)) * _UNITS[unit]


class IncidentStep(BaseModel):
    """One step of what happened or was done: who did what, with which material, when after the start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Duration
    actor: Text
    action: Text
    material: Text


class CoursePoint(BaseModel):
    """How far the talk had come: all mentions since the start, and the share (0-1) of negative ones among those that
    came since the point before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Duration
    mentions: Annotated[int, Field(ge=0, le=100_000_000)]
    negative: Annotated[float, Field(ge=0, le=1)]


class PastIncident(Entry):
    """A crisis that happened, anonymised: what started it, what turned it, what came of it, what was learned.

    `first_response` is when the company first said something in public, null when it never did. `course` is the talk
    over time; `topics` are ids of `knowledge.topics`; `asked_as` is how somebody would put it who looks for such a
    precedent. `source` tells what was written for the knowledge base from what the company itself went through.
    """

    category: Category
    level: Level
    occurred_on: date
    platforms: Annotated[tuple[Text, ...], Field(min_length=1)]
    topics: Annotated[tuple[Slug, ...], Field(max_length=6)] = ()
    scale: Text
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=60)]
    cause: Text
    turning_point: Text
    strategy: Strategy
    first_response: Duration | None = None
    steps: Annotated[tuple[IncidentStep, ...], Field(min_length=3)]
    course: tuple[CoursePoint, ...] = ()
    outcome: Text
    outcome_grade: OutcomeGrade
    lessons: Annotated[tuple[Text, ...], Field(min_length=1)]
    voices: Annotated[tuple[Text, ...], Field(min_length=2)]
    asked_as: Annotated[tuple[Text, ...], Field(max_length=12)] = ()
    source: Literal["written", "own"] = "written"
