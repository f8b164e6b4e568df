"""Incident change + playbook → tasks with deadlines, and one notification per department.

Deadlines count from the moment the incident reached the level. Steps due within a day run on the clock, day and
night; longer ones count working days of the Chinese calendar (24 hours of `within_minutes` are one working day).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Final

import chinese_calendar

from engine.model import (
    CATEGORY_TITLES,
    CHANGE_TITLES,
    LEVEL_TITLES,
    ChangeKind,
    Incident,
    IncidentChange,
    IncidentStatus,
    Notification,
    Task,
)
from knowledge.schema import Playbook

CHINA: Final = timezone(timedelta(hours=8))
DAY_MINUTES: Final = 24 * 60
_RISING: Final = frozenset({ChangeKind.opened, ChangeKind.escalated, ChangeKind.reopened})
_ALWAYS_TOLD: Final = ("公关", "合规")


def tasks_for(change: IncidentChange, incident: Incident, playbook: Playbook | None, at: datetime) -> tuple[Task, ...]:
    """The playbook's steps for the level just reached; ids are (incident, step), so a step is given once."""
    if playbook is None or change.change not in _RISING or incident.status is not IncidentStatus.open:
        return ()
    return tuple(
        Task(
            id=f"{incident.id}:{step.id}",
            incident=incident.id,
            step=step.id,
            title=step.title,
            department=step.department,
            due_at=deadline(at, step.within_minutes),
            template=step.template,
            note=step.detail,
        )
        for step in playbook.steps
        if str(change.level) in {str(level) for level in step.levels}
    )


def ends(change: IncidentChange, incident: Incident) -> bool:
    """Whether this change leaves nothing to do for the incident."""
    return change.incident == incident.id and incident.status in (IncidentStatus.closed, IncidentStatus.merged)


def notifications_for(
    change: IncidentChange, incident: Incident, added: Sequence[Task], at: datetime
) -> tuple[Notification, ...]:
    """One message per department for a change that matters; PR and compliance are always told."""
    if change.change is ChangeKind.merged and incident.status is IncidentStatus.open:
        return ()
    departments = dict.fromkeys((*_ALWAYS_TOLD, *(task.department for task in added)))
    head = f"{CHANGE_TITLES[change.change]}：{incident.brand} {CATEGORY_TITLES[incident.category]}"
    title = f"{head}（{LEVEL_TITLES[change.level]}）"
    return tuple(
        Notification(
            id=f"{change.id}:{department}",
            incident=incident.id,
            at=at,
            to=department,
            title=title,
            body="\n".join([change.reason, *(_line(task) for task in added if task.department == department)]),
        )
        for department in departments
    )


def deadline(start: datetime, within_minutes: int) -> datetime:
    """When a step is due."""
    if within_minutes <= DAY_MINUTES:
        return start + timedelta(minutes=within_minutes)
    local = start.astimezone(CHINA)
    days, rest = divmod(within_minutes, DAY_MINUTES)
    day = local.date()
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, local.timetz()) + timedelta(minutes=rest)


def is_working_day(day: date) -> bool:
    """Whether people work that day; years the calendar does not know yet count Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def _line(task: Task) -> str:
    return f"· {task.title}（{task.due_at.astimezone(CHINA):%m月%d日 %H:%M} 前）"
