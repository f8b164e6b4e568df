"""An incident of our own log as a side of a comparison: what happened to it, what was done, how the talk went.

Names of people and words of mentions stay out: roles, departments and counts come in.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

from pydantic import AwareDatetime

from engine.intake.masking import mask_personal_data
from engine.model import (
    CHANGE_TITLES,
    ROLE_TITLES,
    Fact,
    Frozen,
    Incident,
    IncidentChange,
    IncidentStatus,
    Role,
    Task,
    TaskStatus,
)
from engine.precedents.curve import curve_of, start_of
from engine.precedents.views import Mark, MarkKind, Side
from engine.store.talk import Minute
from knowledge.schema import LevelPlan

_ENDED = frozenset({IncidentStatus.closed, IncidentStatus.merged})


class Statement(Frozen):
    """A statement that was approved; `is_public` when its channel speaks to the public. `published_at` is when it first
    went out in public, None where nobody recorded that.
    """

    title: str
    approved_at: AwareDatetime
    is_public: bool
    published_at: AwareDatetime | None = None


class LiveIncident(Frozen):
    """What is known of an incident. `talk` are the minutes of its brand from a day before it opened, `platforms` the
    platforms of its mentions with their counts, `plan` what the playbook says for its level.
    """

    incident: Incident
    changes: tuple[IncidentChange, ...]
    tasks: tuple[Task, ...]
    facts: tuple[Fact, ...]
    statements: tuple[Statement, ...]
    talk: tuple[Minute, ...]
    platforms: tuple[tuple[str, int], ...]
    plan: LevelPlan | None
    now: AwareDatetime

    @cached_property
    def started_at(self) -> datetime:
        """When the talk began that led to the incident."""
        return start_of(self.incident.opened_at, self.talk)

    @property
    def is_over(self) -> bool:
        """Whether it was closed or merged into another."""
        return self.incident.status in _ENDED

    @property
    def elapsed_minutes(self) -> float:
        """From its start to now, or to its end."""
        return self.after(self.incident.changed_at if self.is_over else self.now)

    def after(self, moment: datetime) -> float:
        """Minutes after the start."""
        return max(0.0, (moment - self.started_at).total_seconds() / 60)

    @property
    def first_response(self) -> datetime | None:
        """When the first public statement went out; where no publication was recorded, when the first was approved."""
        published = [one.published_at for one in self.statements if one.published_at is not None]
        return min(published or [one.approved_at for one in self.statements if one.is_public], default=None)

    @property
    def is_published(self) -> bool:
        """Whether a publication was recorded."""
        return any(one.published_at is not None for one in self.statements)


def live_side(live: LiveIncident) -> Side:
    """Changes of level, tasks, statements and counts on the axis from the first mention."""
    incident, response = live.incident, live.first_response
    marks = [*_changes(live, live.changes), *_tasks(live), *_statements(live)]
    return Side(
        id=incident.id,
        is_past=False,
        title=mask_personal_data(incident.title),
        category=incident.category,
        level=incident.level,
        started_at=live.started_at,
        elapsed_minutes=live.elapsed_minutes,
        is_over=live.is_over,
        start_note=_start_note(live),
        first_response_minutes=None if response is None else live.after(response),
        response_is_recorded=live.is_published,
        outcome_grade=None,
        marks=tuple(sorted(marks, key=lambda mark: (mark.after_minutes, mark.kind))),
        curve=curve_of(live.started_at, live.talk, live.elapsed_minutes),
    )


def _start_note(live: LiveIncident) -> str:
    if live.started_at == live.incident.opened_at:
        return "自立案算起"
    return "自立案前最早一条相关提及算起（中间没有超过3小时的间断）"


def _changes(live: LiveIncident, changes: Sequence[IncidentChange]) -> Iterator[Mark]:
    for change in changes:
        yield Mark(
            kind=MarkKind.level,
            after_minutes=live.after(change.at),
            who=_who(change.actor.role, change.actor.department),
            what=CHANGE_TITLES[change.change],
            detail=mask_personal_data(change.reason),
            level=change.level,
        )


def _tasks(live: LiveIncident) -> Iterator[Mark]:
    for task in live.tasks:
        if task.status is TaskStatus.cancelled:
            continue
        done = task.status is TaskStatus.done and task.done_at is not None
        yield Mark(
            kind=MarkKind.task,
            after_minutes=live.after(task.done_at if done and task.done_at else task.due_at),
            who=task.department,
            what=mask_personal_data(task.title),
            detail=mask_personal_data(task.note or ""),
            done=done,
        )


def _statements(live: LiveIncident) -> Iterator[Mark]:
    for one in live.statements:
        yield Mark(
            kind=MarkKind.statement,
            after_minutes=live.after(one.approved_at),
            who=ROLE_TITLES[Role.compliance],
            what=f"批准声明：{mask_personal_data(one.title)}",
            detail="" if one.is_public else "不对外公开",
        )
        if one.published_at is not None:
            yield Mark(
                kind=MarkKind.statement,
                after_minutes=live.after(one.published_at),
                who=ROLE_TITLES[Role.pr],
                what=f"发布声明：{mask_personal_data(one.title)}",
                detail="",
            )


def _who(role: Role, department: str | None) -> str:
    return department or ROLE_TITLES[role]
