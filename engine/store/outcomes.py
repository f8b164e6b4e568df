"""What detection leaves behind, written in one transaction with its position: findings, incidents, tasks, states."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from sqlalchemy import Connection, Table, Update, bindparam, delete, insert, select, update

from engine.model import Category, Finding, Incident, IncidentChange, Notification, Realm, Task, TaskStatus
from engine.store.tables import findings, incident_changes, incidents, notifications, refusals, snapshots, tasks

_OLD_STATE: Final = delete(snapshots).where(
    snapshots.c.realm == bindparam("of_realm"), snapshots.c.brand == bindparam("of_brand")
)


def save_findings(connection: Connection, found: Iterable[Finding], homes: Mapping[Category, str | None]) -> None:
    """Findings with the incident they went to; ids are derived, so writing one again changes nothing."""
    for one in found:
        _upsert(
            connection,
            findings,
            one.id,
            realm=one.realm,
            brand=one.brand,
            category=one.category,
            level=one.level,
            rule=one.rule,
            at=int(one.at.timestamp()),
            brand_seq=one.facts.brand_seq,
            incident=homes.get(one.category),
            document=one.model_dump_json(),
        )


def save_incidents(connection: Connection, changed: Iterable[Incident]) -> None:
    """Incidents as they stand now."""
    for one in changed:
        _upsert(
            connection,
            incidents,
            one.id,
            realm=one.realm,
            brand=one.brand,
            category=one.category,
            status=one.status,
            opened_at=int(one.opened_at.timestamp()),
            document=one.model_dump_json(),
        )


def save_changes(connection: Connection, realm: Realm, changes: Iterable[IncidentChange]) -> None:
    """Steps of incidents' lives."""
    for one in changes:
        values = {"realm": realm, "incident": one.incident, "at": int(one.at.timestamp())}
        _upsert(connection, incident_changes, one.id, **values, document=one.model_dump_json())


def add_tasks(connection: Connection, realm: Realm, new: Iterable[Task]) -> list[Task]:
    """Tasks that are not there yet, or were cancelled when their incident ended; returns those that were given."""
    given = []
    for one in new:
        status = connection.execute(select(tasks.c.status).where(tasks.c.id == one.id)).scalar_one_or_none()
        if status is None:
            values = {"incident": one.incident, "realm": realm, **task_columns(one)}
            connection.execute(insert(tasks).values(id=one.id, **values))
        elif status == TaskStatus.cancelled:
            connection.execute(update(tasks).where(tasks.c.id == one.id).values(**task_columns(one)))
        else:
            continue
        given.append(one)
    return given


def cancel_tasks(connection: Connection, incident: str) -> None:
    """An ended incident's open tasks need not be done any more."""
    rows = connection.execute(
        select(tasks.c.document).where(tasks.c.incident == incident, tasks.c.status == TaskStatus.open)
    ).scalars()
    for document in list(rows):
        one = Task.model_validate_json(document).model_copy(update={"status": TaskStatus.cancelled})
        connection.execute(update(tasks).where(tasks.c.id == one.id).values(**task_columns(one)))


def task_columns(task: Task) -> dict[str, object]:
    """The columns of a task that can change."""
    return {
        "department": task.department,
        "status": task.status,
        "due_at": int(task.due_at.timestamp()),
        "document": task.model_dump_json(),
    }


def add_notifications(connection: Connection, realm: Realm, new: Iterable[Notification]) -> None:
    """Messages, written with their cause."""
    for one in new:
        values = {"realm": realm, "at": int(one.at.timestamp()), "document": one.model_dump_json()}
        _upsert(connection, notifications, one.id, **values)


def save_refusal(connection: Connection, seq: int, reason: str) -> None:
    """Why a command had no effect, for whoever waits for it."""
    connection.execute(insert(refusals).values(seq=seq, reason=reason))


def refusal(connection: Connection, seq: int) -> str | None:
    """Why the command with this number had no effect; None when it had."""
    return connection.execute(select(refusals.c.reason).where(refusals.c.seq == seq)).scalar_one_or_none()


def load_state(connection: Connection, realm: Realm, brand: str) -> bytes | None:
    """A brand's state as of the committed position."""
    return connection.execute(
        select(snapshots.c.state).where(snapshots.c.realm == realm, snapshots.c.brand == brand)
    ).scalar_one_or_none()


def save_state(connection: Connection, realm: Realm, brand: str, seq: int, state: bytes) -> None:
    """Keep a brand's state with the position it stands at."""
    connection.execute(_OLD_STATE, {"of_realm": realm, "of_brand": brand})
    connection.execute(insert(snapshots), {"realm": realm, "brand": brand, "seq": seq, "state": state})


def _upsert(connection: Connection, table: Table, identity: str, **values: object) -> None:
    changed = connection.execute(_one_of(table), {"of_id": identity, **values})
    if not changed.rowcount:
        connection.execute(insert(table), {"id": identity, **values})


@cache
def _one_of(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("of_id"))
