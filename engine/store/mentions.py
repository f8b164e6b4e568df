"""Stored mentions and their scores."""

from sqlalchemy import Connection, delete, insert, select, update

from engine.errors import NotFound
from engine.model import Mention, Realm, Scores
from engine.scored import counted_categories
from engine.store.tables import mention_brands, mentions


def load_mention(connection: Connection, realm: Realm, mention: str) -> tuple[Mention, Scores | None]:
    """A mention as last seen, with its scores once it has them. Raises NotFound."""
    row = connection.execute(
        select(mentions.c.document, mentions.c.scores).where(mentions.c.realm == realm, mentions.c.id == mention)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {mention} 的提及")
    return Mention.model_validate_json(row.document), Scores.model_validate_json(row.scores) if row.scores else None


def save_scores(connection: Connection, realm: Realm, mention: Mention, scores: Scores) -> None:
    """Keep a mention's scores, and what it counts for."""
    connection.execute(
        update(mentions)
        .where(mentions.c.realm == realm, mentions.c.id == mention.id)
        .values(scores=scores.model_dump_json(), negative=scores.negative, severity=scores.severity, heat=scores.heat)
    )
    connection.execute(
        delete(mention_brands).where(mention_brands.c.realm == realm, mention_brands.c.mention == mention.id)
    )
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
