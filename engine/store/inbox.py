"""Accepted mentions: identity, engagement updates, and the inbox of what still has to be scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.intake.identity import engagement_update, identity_keys
from engine.model import EngagementUpdate, Mention, Realm, Scores
from engine.store.tables import identities, inbox, mentions

Outcome = Literal["accepted", "updated", "duplicate"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One inbox entry: a mention to score, or new counts of a known one with the scores it has (if already scored)."""

    number: int
    realm: Realm
    mention: Mention
    scores: Scores | None
    update: EngagementUpdate | None


def take(connection: Connection, realm: Realm, arrived: Mention) -> tuple[Outcome, str]:
    """Store a mention, or the news it brings of a known one. Returns what happened and the mention's id."""
    keys = identity_keys(arrived)
    known = _known(connection, realm, keys)
    if known is None:
        _store_new(connection, realm, arrived, keys)
        return "accepted", arrived.id
    news = engagement_update(known, arrived)
    if news is None:
        return "duplicate", known.id
    updated = known.model_copy(update={"engagement": arrived.engagement})
    connection.execute(
        update(mentions)
        .where(mentions.c.realm == realm, mentions.c.id == known.id)
        .values(document=updated.model_dump_json())
    )
    connection.execute(
        insert(inbox).values(realm=realm, mention=known.id, update=_with_previous(news, known).model_dump_json())
    )
    return "updated", known.id


def waiting(connection: Connection, limit: int) -> list[Waiting]:
    """The oldest inbox entries, oldest first."""
    rows = connection.execute(
        select(inbox, mentions.c.document, mentions.c.scores)
        .join(mentions, (mentions.c.realm == inbox.c.realm) & (mentions.c.id == inbox.c.mention))
        .order_by(inbox.c.number)
        .limit(limit)
    )
    return [
        Waiting(
            number=row.number,
            realm=Realm(row.realm),
            mention=Mention.model_validate_json(row.document),
            scores=Scores.model_validate_json(row.scores) if row.scores else None,
            update=EngagementUpdate.model_validate_json(row.update) if row.update else None,
        )
        for row in rows
    ]


def pending(connection: Connection, realm: Realm | None = None) -> int:
    """How many entries wait to be scored."""
    query = select(func.count()).select_from(inbox)
    return connection.execute(query if realm is None else query.where(inbox.c.realm == realm)).scalar_one()


def remove(connection: Connection, numbers: Sequence[int]) -> int:
    """Take entries out; returns how many were still there."""
    return connection.execute(delete(inbox).where(inbox.c.number.in_(numbers))).rowcount


def _known(connection: Connection, realm: Realm, keys: tuple[str, ...]) -> Mention | None:
    found = connection.execute(
        select(mentions.c.document)
        .join(identities, (identities.c.realm == mentions.c.realm) & (identities.c.mention == mentions.c.id))
        .where(identities.c.realm == realm, identities.c.key.in_(keys))
        .order_by(identities.c.key)
        .limit(1)
    ).scalar_one_or_none()
    return Mention.model_validate_json(found) if found else None


def _store_new(connection: Connection, realm: Realm, arrived: Mention, keys: tuple[str, ...]) -> None:
    connection.execute(
        insert(mentions).values(
            realm=realm,
            id=arrived.id,
            published_at=int(arrived.published_at.timestamp()),
            platform=arrived.platform[:64],
            author_kind=arrived.author.kind,
            document=arrived.model_dump_json(),
        )
    )
    connection.execute(insert(identities), [{"realm": realm, "key": key, "mention": arrived.id} for key in keys])
    connection.execute(insert(inbox).values(realm=realm, mention=arrived.id))


def _with_previous(news: EngagementUpdate, known: Mention) -> EngagementUpdate:
    return news.model_copy(update={"previous": known.engagement})
