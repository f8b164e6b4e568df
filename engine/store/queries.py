"""Reads over stored mentions, incidents and tasks that pages are made of."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, select

from engine.model import (
    Category,
    ChangeKind,
    Finding,
    Incident,
    IncidentChange,
    IncidentStatus,
    Mention,
    Notification,
    Realm,
    Scores,
    Task,
    TaskStatus,
)
from engine.store.tables import (
    findings,
    incident_changes,
    incidents,
    mention_brands,
    mentions,
    notifications,
    tasks,
)
from engine.views import MentionFilters, MentionRow, TrendPoint

LEAD: Final = timedelta(hours=24)
"""Mentions from this long before an incident opened belong to it: they are what its windows saw."""


def mention_rows(
    connection: Connection, realm: Realm, filters: MentionFilters, *, limit: int, offset: int = 0
) -> tuple[list[MentionRow], int]:
    """Mentions newest first, and how many there are in all."""
    query = _filtered(connection, select(mentions.c.document, mentions.c.scores), realm, filters)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(mentions.c.published_at.desc(), mentions.c.id).limit(limit).offset(offset)
    rows = [_row(row.document, row.scores) for row in connection.execute(page)]
    return _with_incidents(connection, realm, rows), total


def mentions_by_id(connection: Connection, realm: Realm, ids: Sequence[str]) -> list[MentionRow]:
    """These mentions, newest first; unknown ids are left out."""
    rows = connection.execute(
        select(mentions.c.document, mentions.c.scores)
        .where(mentions.c.realm == realm, mentions.c.id.in_(ids))
        .order_by(mentions.c.published_at.desc(), mentions.c.id)
    )
    return _with_incidents(connection, realm, [_row(row.document, row.scores) for row in rows])


def mention_count(connection: Connection, incident: Incident, until: datetime) -> int:
    """How many mentions count for an incident."""
    return connection.execute(
        select(func.count(func.distinct(mention_brands.c.mention))).where(_of_incident(incident, until))
    ).scalar_one()


def counts_since(connection: Connection, realm: Realm, since: datetime) -> tuple[int, int]:
    """(all, negative) mentions published since."""
    row = connection.execute(
        select(func.count(), func.count().filter(mentions.c.negative.is_(True))).where(
            mentions.c.realm == realm, mentions.c.published_at >= _seconds(since)
        )
    ).one()
    return int(row[0]), int(row[1])


def trend(connection: Connection, realm: Realm, since: datetime, brand: str | None = None) -> tuple[TrendPoint, ...]:
    """Negative mentions by hour and category."""
    hour = (mention_brands.c.published_at - mention_brands.c.published_at % 3600).label("hour")
    query = (
        select(hour, mention_brands.c.category, func.count(func.distinct(mention_brands.c.mention)))
        .where(
            mention_brands.c.realm == realm,
            mention_brands.c.category != "",
            mention_brands.c.published_at >= _seconds(since),
        )
        .group_by(hour, mention_brands.c.category)
        .order_by(hour, mention_brands.c.category)
    )
    if brand:
        query = query.where(mention_brands.c.brand == brand)
    return tuple(
        TrendPoint(hour=datetime.fromtimestamp(int(start), UTC), category=Category(category), count=count)
        for start, category, count in connection.execute(query)
    )


def incident_list(
    connection: Connection, realm: Realm, statuses: Sequence[IncidentStatus] | None = None
) -> list[Incident]:
    """Incidents, newest first."""
    query = select(incidents.c.document).where(incidents.c.realm == realm)
    if statuses is not None:
        query = query.where(incidents.c.status.in_(statuses))
    rows = connection.execute(query.order_by(incidents.c.opened_at.desc(), incidents.c.id)).scalars()
    return [Incident.model_validate_json(document) for document in rows]


def changes_of(connection: Connection, incident: str) -> list[IncidentChange]:
    """An incident's life, oldest first."""
    rows = connection.execute(
        select(incident_changes.c.document)
        .where(incident_changes.c.incident == incident)
        .order_by(incident_changes.c.at, incident_changes.c.id)
    ).scalars()
    return [IncidentChange.model_validate_json(document) for document in rows]


def alarms_since(connection: Connection, realm: Realm, since: datetime) -> list[IncidentChange]:
    """Changes since then that raised the alarm, oldest first."""
    rows = connection.execute(
        select(incident_changes.c.document)
        .where(incident_changes.c.realm == realm, incident_changes.c.at >= _seconds(since))
        .order_by(incident_changes.c.at, incident_changes.c.id)
    ).scalars()
    rising = {ChangeKind.opened, ChangeKind.escalated, ChangeKind.reopened}
    changes = (IncidentChange.model_validate_json(document) for document in rows)
    return [change for change in changes if change.change in rising]


def last_finding(connection: Connection, incident: str) -> Finding | None:
    """The newest finding that went to an incident."""
    document = connection.execute(
        select(findings.c.document)
        .where(findings.c.incident == incident)
        .order_by(findings.c.at.desc(), findings.c.brand_seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return Finding.model_validate_json(document) if document else None


def tasks_of(connection: Connection, incident: str) -> list[Task]:
    """An incident's tasks, soonest due first."""
    rows = connection.execute(
        select(tasks.c.document).where(tasks.c.incident == incident).order_by(tasks.c.due_at, tasks.c.id)
    ).scalars()
    return [Task.model_validate_json(document) for document in rows]


def open_tasks(connection: Connection, realm: Realm, department: str | None, limit: int) -> list[tuple[Task, Incident]]:
    """Open tasks of a realm with their incidents, soonest due first."""
    query = (
        select(tasks.c.document, incidents.c.document)
        .join(incidents, incidents.c.id == tasks.c.incident)
        .where(tasks.c.realm == realm, tasks.c.status == TaskStatus.open)
    )
    if department:
        query = query.where(tasks.c.department == department)
    rows = connection.execute(query.order_by(tasks.c.due_at, tasks.c.id).limit(limit))
    return [(Task.model_validate_json(task), Incident.model_validate_json(incident)) for task, incident in rows]


def notification_list(connection: Connection, realm: Realm, limit: int, to: str | None = None) -> list[Notification]:
    """Messages (to one department, or to all), newest first."""
    rows = connection.execute(
        select(notifications.c.document)
        .where(notifications.c.realm == realm)
        .order_by(notifications.c.at.desc(), notifications.c.id)
    ).scalars()
    found = (Notification.model_validate_json(document) for document in rows)
    return list(islice((one for one in found if to in (None, one.to)), limit))


def _filtered(
    connection: Connection, query: Select[tuple[str, str]], realm: Realm, filters: MentionFilters
) -> Select[tuple[str, str]]:
    conditions: list[ColumnElement[bool]] = [mentions.c.realm == realm]
    for column, value in (
        (mentions.c.severity, filters.severity),
        (mentions.c.negative, filters.negative),
        (mentions.c.platform, filters.platform),
        (mentions.c.author_kind, filters.author_kind),
    ):
        if value is not None:
            conditions.append(column == value)
    if filters.since:
        conditions.append(mentions.c.published_at >= _seconds(filters.since))
    if filters.until:
        conditions.append(mentions.c.published_at < _seconds(filters.until))
    if filters.text:
        conditions.append(mentions.c.text.contains(filters.text, autoescape=True))
    if counted := _counted(connection, realm, filters):
        chosen = select(mention_brands.c.mention).where(and_(*counted))
        conditions.append(mentions.c.id.in_(chosen))
    return query.where(*conditions)


def _counted(connection: Connection, realm: Realm, filters: MentionFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.brand:
        conditions.append(mention_brands.c.brand == filters.brand)
    if filters.category:
        conditions.append(mention_brands.c.category == filters.category)
    if filters.incident:
        document = connection.execute(
            select(incidents.c.document).where(incidents.c.id == filters.incident, incidents.c.realm == realm)
        ).scalar_one_or_none()
        found = Incident.model_validate_json(document) if document else None
        conditions.append(_of_incident(found, _end(found)) if found else false())
    return [mention_brands.c.realm == realm, *conditions] if conditions else []


def _end(incident: Incident) -> datetime:
    ended = incident.status in (IncidentStatus.closed, IncidentStatus.merged)
    return incident.changed_at if ended else datetime.max.replace(tzinfo=UTC, year=9000)


def _of_incident(incident: Incident, until: datetime) -> ColumnElement[bool]:
    return and_(
        mention_brands.c.realm == incident.realm,
        mention_brands.c.brand == incident.brand,
        mention_brands.c.category == incident.category,
        mention_brands.c.published_at >= _seconds(incident.opened_at - LEAD),
        mention_brands.c.published_at <= _seconds(until),
    )


def _with_incidents(connection: Connection, realm: Realm, rows: list[MentionRow]) -> list[MentionRow]:
    """The rows with the incidents that they count for, newest incident first."""
    ids = [row.mention.id for row in rows]
    query = select(mention_brands.c.mention, mention_brands.c.brand, mention_brands.c.category).where(
        mention_brands.c.realm == realm, mention_brands.c.mention.in_(ids), mention_brands.c.category != ""
    )
    counted: dict[str, set[tuple[str, str]]] = {}
    for mention, brand, category in connection.execute(query):
        counted.setdefault(mention, set()).add((brand, category))
    known = incident_list(connection, realm) if counted else []
    return [
        row.model_copy(
            update={
                "incidents": tuple(
                    one.id
                    for one in known
                    if (one.brand, one.category) in counted.get(row.mention.id, ())
                    and one.opened_at - LEAD <= row.mention.published_at <= _end(one)
                )
            }
        )
        for row in rows
    ]


def _row(document: str, scores: str | None) -> MentionRow:
    return MentionRow(
        mention=Mention.model_validate_json(document), scores=Scores.model_validate_json(scores) if scores else None
    )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
