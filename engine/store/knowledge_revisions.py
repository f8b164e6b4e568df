"""Revisions of knowledge entries. A text is never changed once kept; its state and decision are."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from engine.errors import NotFound
from engine.knowledge_base.places import EntryKind
from engine.knowledge_base.revisions import SETTLED, Revision, RevisionState
from engine.store.tables import knowledge_revisions as table

_MOST: Final = 2**31 - 1


class Settled(NamedTuple):
    """The newest revision of an entry that is in force or withdrawn."""

    entry: str
    number: int
    state: RevisionState


def add(connection: Connection, revision: Revision) -> None:
    """Keep a new revision."""
    connection.execute(insert(table).values(entry=revision.entry, number=revision.number, **_columns(revision)))


def save(connection: Connection, revision: Revision) -> None:
    """Keep the state and decision of a revision."""
    where = (table.c.entry == revision.entry, table.c.number == revision.number)
    connection.execute(update(table).where(*where).values(**_columns(revision)))


def next_number(connection: Connection, entry: str) -> int:
    """The number that the next revision of an entry gets."""
    newest = connection.execute(select(func.max(table.c.number)).where(table.c.entry == entry)).scalar_one()
    return (newest or 0) + 1


def of_entry(connection: Connection, entry: str) -> tuple[Revision, ...]:
    """All revisions of an entry, oldest first."""
    query = select(table.c.document).where(table.c.entry == entry).order_by(table.c.number)
    return tuple(map(Revision.model_validate_json, connection.execute(query).scalars()))


def load(connection: Connection, entry: str, number: int) -> Revision:
    """One revision. Raises NotFound."""
    query = select(table.c.document).where(table.c.entry == entry, table.c.number == number)
    document = connection.execute(query).scalar_one_or_none() if 0 < number <= _MOST else None
    if document is None:
        raise NotFound(f"“{entry}”没有修订 {number}")
    return Revision.model_validate_json(document)


def newest(connection: Connection) -> tuple[Revision, ...]:
    """The newest revision of every entry that has any, in the order of ids."""
    last = select(table.c.entry, func.max(table.c.number).label("number")).group_by(table.c.entry).subquery()
    query = select(table.c.document).join(last, (table.c.entry == last.c.entry) & (table.c.number == last.c.number))
    return tuple(map(Revision.model_validate_json, connection.execute(query.order_by(table.c.entry)).scalars()))


def proposed_with_releases(connection: Connection) -> tuple[Revision, ...]:
    """Every revision that waits with a release."""
    query = select(table.c.document).where(table.c.state == RevisionState.proposed, table.c.release.is_not(None))
    query = query.order_by(table.c.entry, table.c.number)
    return tuple(map(Revision.model_validate_json, connection.execute(query).scalars()))


def learned_from(connection: Connection, incident: str) -> tuple[Revision, ...]:
    """The revisions that were learned from a live incident, oldest first."""
    query = select(table.c.document).where(table.c.incident == incident).order_by(table.c.at, table.c.number)
    return tuple(map(Revision.model_validate_json, connection.execute(query).scalars()))


def settled(connection: Connection, kind: EntryKind) -> Sequence[Settled]:
    """Of each entry of a kind the newest revision that is in force or withdrawn, in the order of ids; reads no text."""
    last = (
        select(table.c.entry, func.max(table.c.number).label("number"))
        .where(table.c.kind == kind, table.c.state.in_(SETTLED))
        .group_by(table.c.entry)
        .subquery()
    )
    query = select(table.c.entry, table.c.number, table.c.state).join(
        last, (table.c.entry == last.c.entry) & (table.c.number == last.c.number)
    )
    rows = connection.execute(query.order_by(table.c.entry))
    return [Settled(row.entry, row.number, RevisionState(row.state)) for row in rows]


def _columns(revision: Revision) -> dict[str, object]:
    return {
        "kind": revision.kind,
        "state": revision.state,
        "at": int(revision.at.timestamp()),
        "incident": revision.incident,
        "release": revision.release,
        "document": revision.model_dump_json(exclude_defaults=True),
    }
