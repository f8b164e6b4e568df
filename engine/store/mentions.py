"""Stored mentions and their scores, and those that could not be scored."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.errors import NotFound
from engine.model import Mention, Realm, Scores
from engine.scored import counted_categories
from engine.store.tables import mention_brands, mentions, unscored

# Made once: building a statement costs more than running it.
_ONE: Final = (mentions.c.realm == bindparam("of_realm"), mentions.c.id == bindparam("of_mention"))
_STORED: Final = select(mentions.c.document, mentions.c.scores).where(*_ONE)
_CHANGED: Final = update(mentions).where(*_ONE)


def load_mention(connection: Connection, realm: Realm, mention: str) -> tuple[Mention, Scores | None]:
    """A mention as last seen, with its scores once it has them. Raises NotFound."""
    row = connection.execute(_STORED, {"of_realm": realm, "of_mention": mention}).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {mention} 的提及")
    return Mention.model_validate_json(row.document), Scores.model_validate_json(row.scores) if row.scores else None


def save_scores(connection: Connection, realm: Realm, mention: Mention, scores: Scores) -> None:
    """Keep a mention's first scores, and what it counts for."""
    update_scores(connection, realm, mention.id, scores)
    rows = [
        {
            "realm": realm,
            "brand": brand,
            "mention": mention.id,
            "category": category,
            "published_at": int(mention.published_at.timestamp()),
        }
        for brand in sorted(scores.by_brand)
        for category in counted_categories(scores, brand) or ("",)
    ]
    if rows:
        connection.execute(insert(mention_brands), rows)


def update_scores(connection: Connection, realm: Realm, mention: str, scores: Scores) -> None:
    """Keep scores after new counts; what the mention counts for stays."""
    changed = {
        "of_realm": realm,
        "of_mention": mention,
        "scores": scores.model_dump_json(),
        "negative": scores.negative,
        "severity": scores.severity,
        "heat": scores.heat,
    }
    connection.execute(_CHANGED, changed)


def set_aside(connection: Connection, realm: Realm, mention: str, reason: str) -> None:
    """Note that a mention could not be scored, and why."""
    connection.execute(insert(unscored).values(realm=realm, mention=mention, reason=reason))


def take_back(connection: Connection) -> Sequence[tuple[Realm, Mention]]:
    """Everything that was set aside, as last seen; it is no longer set aside afterwards."""
    rows = connection.execute(
        select(unscored.c.realm, mentions.c.document)
        .join(mentions, (mentions.c.realm == unscored.c.realm) & (mentions.c.id == unscored.c.mention))
        .order_by(unscored.c.realm, unscored.c.mention)
    ).all()
    connection.execute(delete(unscored))
    return [(Realm(row.realm), Mention.model_validate_json(row.document)) for row in rows]


def why_unscored(connection: Connection, realm: Realm, mention: str) -> str | None:
    """Why a mention could not be scored; None when it was, or still waits."""
    return connection.execute(
        select(unscored.c.reason).where(unscored.c.realm == realm, unscored.c.mention == mention)
    ).scalar_one_or_none()
