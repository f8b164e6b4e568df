"""Rows of what people look at, made from the store: incidents, due tasks, alarms, drafts, templates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from engine.model import (
    CHANGE_TITLES,
    LEVEL_TITLES,
    ConditionTrace,
    Finding,
    Incident,
    IncidentChange,
    IncidentStatus,
    Level,
    Realm,
)
from engine.releases.release import Release
from engine.store import casework, queries
from engine.store.casework import StoredDraft
from engine.views import AlarmMark, DraftRow, DueTask, IncidentRow
from rules.explain import explain

WATCHED: Final = (IncidentStatus.open, IncidentStatus.calmed)


def grounds(changes: Sequence[IncidentChange], level: Level) -> tuple[ConditionTrace, ...]:
    """The conditions that brought an incident to its level."""
    return next((one.explanation for one in reversed(changes) if one.explanation and one.level is level), ())


def next_level(release: Release, incident: Incident, finding: Finding | None) -> str | None:
    """What the level above the incident's still needed when its rule last spoke; None when there is none above."""
    rule = next((one for one in release.rules.rules if finding and one.id == finding.rule), None)
    if rule is None or finding is None or finding.level is not incident.level:
        return None
    found = explain(rule, finding.facts.values, finding.facts.day)
    if found.held_back:
        return "；".join(found.held_back)
    return f"到“{LEVEL_TITLES[found.next_level]}”还需：{'；'.join(found.needs)}" if found.next_level else None


def incident_row(connection: Connection, incident: Incident, now: datetime) -> IncidentRow:
    """An incident in a list: why it stands as it does, how many mentions, what is due."""
    changes = queries.changes_of(connection, incident.id)
    open_tasks = [task for task in queries.tasks_of(connection, incident.id) if task.status == "open"]
    ended = incident.status in (IncidentStatus.closed, IncidentStatus.merged)
    why = f"{CHANGE_TITLES[changes[-1].change]}：{changes[-1].reason}" if changes else ""
    return IncidentRow(
        incident=incident,
        why=why,
        mention_count=queries.mention_count(connection, incident, incident.changed_at if ended else now),
        open_tasks=len(open_tasks),
        next_due=open_tasks[0].due_at if open_tasks else None,
    )


def due_tasks(connection: Connection, realm: Realm, department: str | None, limit: int) -> tuple[DueTask, ...]:
    """Open tasks with what they belong to, soonest due first."""
    return tuple(
        DueTask(task=task, incident_title=incident.title, brand=incident.brand, level=incident.level)
        for task, incident in queries.open_tasks(connection, realm, department, limit)
    )


def alarm_marks(connection: Connection, realm: Realm, since: datetime) -> tuple[AlarmMark, ...]:
    """The moments since then at which an alarm rose."""
    known = {incident.id: incident for incident in queries.incident_list(connection, realm)}
    return tuple(
        AlarmMark(
            at=change.at,
            incident=change.incident,
            title=known[change.incident].title,
            category=known[change.incident].category,
            change=change.change,
            level=change.level,
        )
        for change in queries.alarms_since(connection, realm, since)
    )


def draft_rows(connection: Connection, release: Release, stored: Sequence[StoredDraft]) -> tuple[DraftRow, ...]:
    """Drafts in a list, in the order given."""
    decided = casework.load_approvals(connection, [one.id for one in stored])
    templates = release.knowledge.templates
    return tuple(
        DraftRow(
            id=one.id,
            incident=one.incident,
            incident_title=casework.load_incident(connection, one.incident).title,
            template=one.template,
            template_title=template.title if template else one.template,
            channel=template.channel if template else "",
            version=one.version,
            created_by=one.created_by,
            created_at=one.created_at,
            content_hash=one.draft.content_hash,
            status=decided[one.id][-1].status if decided[one.id] else "draft",
            ok=one.draft.proof.ok,
            releasable=one.draft.proof.releasable,
        )
        for one in stored
        for template in (templates.get(one.template),)
    )


def worst_first(incident: Incident) -> tuple[bool, int, float, str]:
    """Sort key: the worst among those still watched, then the newest."""
    watched = incident.status in WATCHED
    rank = -incident.level.rank if watched else 0
    return (not watched, rank, -incident.opened_at.timestamp(), incident.id)
