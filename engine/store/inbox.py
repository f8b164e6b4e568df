"""Accepted mentions: identity, engagement updates, and the inbox of what still has to be scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from engine.intake.identity import engagement_update, identity_keys
from engine.model import EngagementUpdate, Mention, Realm
from engine.store.mentions import load_mention
from engine.store.tables import identities, inbox, mentions

Outcome = Literal["accepted", "updated", "duplicate"]
_ARRIVALS: Final[dict[str, type[Mention] | type[EngagementUpdate]]] = {
    "mention": Mention,
    "engagement": EngagementUpdate,
}
_KNOWN_BY: Final = select(identities.c.key, identities.c.mention).where(
    identities.c.realm == bindparam("realm"), identities.c.key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One inbox entry: a mention as it arrived, or new counts of a known one."""

    number: int
    realm: Realm
    arrival: Mention | EngagementUpdate


def take(connection: Connection, realm: Realm, arrived: Mention) -> tuple[Outcome, str]:
    """Store a mention, or the news it brings of a known one. Returns what happened and the mention's id.

    News are higher counts and further identities. The words stay as first seen: scores, findings and drafts rest on
    them, so an edited text under the same identity changes nothing.
    """
    keys = identity_keys(arrived)
    known_by = _known_by(connection, realm, keys)
    if not known_by:
        _store_new(connection, realm, arrived, keys)
        return "accepted", arrived.id
    known, _ = load_mention(connection, realm, known_by[min(known_by)])
    _add_identities(connection, realm, known.id, [key for key in keys if key not in known_by])
    news = engagement_update(known, arrived)
    if news is None:
        return "duplicate", known.id
    updated = known.model_copy(update={"engagement": news.engagement})
    connection.execute(
        update(mentions)
        .where(mentions.c.realm == realm, mentions.c.id == known.id)
        .values(document=updated.model_dump_json())
    )
    put(connection, realm, known.id, news.model_copy(update={"history": arrived.history}))
    return "updated", known.id


def waiting(connection: Connection, limit: int) -> list[Waiting]:
    """The oldest inbox entries, oldest first."""
    rows = connection.execute(select(inbox).order_by(inbox.c.number).limit(limit))
    return [
        Waiting(row.number, Realm(row.realm), _ARRIVALS[row.kind].model_validate_json(row.document)) for row in rows
    ]


def pending(connection: Connection, realm: Realm | None = None) -> int:
    """How many entries wait to be scored."""
    query = select(func.count()).select_from(inbox)
    return connection.execute(query if realm is None else query.where(inbox.c.realm == realm)).scalar_one()


def remove(connection: Connection, numbers: Sequence[int]) -> int:
    """Take entries out; returns how many were still there."""
    return connection.execute(delete(inbox).where(inbox.c.number.in_(numbers))).rowcount


def _known_by(connection: Connection, realm: Realm, keys: tuple[str, ...]) -> dict[str, str]:
    """Of these identity keys the known ones with their mention; the key of the own id sorts first."""
    rows = connection.execute(_KNOWN_BY, {"realm": realm, "keys": keys})
    return {row.key: row.mention for row in rows}


def _add_identities(connection: Connection, realm: Realm, mention: str, keys: Sequence[str]) -> None:
    if keys:
        connection.execute(insert(identities), [{"realm": realm, "key": key, "mention": mention} for key in keys])


def _store_new(connection: Connection, realm: Realm, arrived: Mention, keys: tuple[str, ...]) -> None:
    row = {
        "realm": realm,
        "id": arrived.id,
        "published_at": int(arrived.published_at.timestamp()),
        "platform": arrived.platform[:64],
        "author_kind": arrived.author.kind,
        "text": arrived.text,
        "document": arrived.model_dump_json(),
    }
    connection.execute(insert(mentions), row)
    _add_identities(connection, realm, arrived.id, keys)
    put(connection, realm, arrived.id, arrived)


def put(connection: Connection, realm: Realm, mention: str, arrival: Mention | EngagementUpdate) -> None:
    """Let something wait to be scored."""
    kind = "mention" if isinstance(arrival, Mention) else "engagement"
    row = {"realm": realm, "mention": mention, "kind": kind, "document": arrival.model_dump_json()}
    connection.execute(insert(inbox), row)
