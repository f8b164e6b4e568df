"""How the talk about a brand went, minute by minute: what the curve of an incident is drawn from. Counts only."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from engine.model import Incident
from engine.store.tables import mention_brands, mentions


class Minute(NamedTuple):
    """Mentions published within the minute that starts at `at`: of the incident's category, negative for the brand in
    any category, and of the brand at all.
    """

    at: datetime
    counted: int
    negative: int
    said: int


def minutes(connection: Connection, incident: Incident, since: datetime, until: datetime) -> list[Minute]:
    """The minutes of an incident's brand in which something was said, in order."""
    rows = mention_brands.c
    minute = (rows.published_at - rows.published_at % 60).label("minute")
    query = (
        select(
            minute,
            func.count(func.distinct(case((rows.category == incident.category, rows.mention)))),
            func.count(func.distinct(case((rows.category != "", rows.mention)))),
            func.count(func.distinct(rows.mention)),
        )
        .where(rows.realm == incident.realm, rows.brand == incident.brand)
        .where(rows.published_at >= int(since.timestamp()), rows.published_at <= int(until.timestamp()))
        .group_by(minute)
        .order_by(minute)
    )
    return [Minute(datetime.fromtimestamp(int(row[0]), UTC), *map(int, row[1:])) for row in connection.execute(query)]


def platforms(connection: Connection, incident: Incident, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """How many mentions of an incident came from each platform, most first."""
    rows = mention_brands.c
    count = func.count(func.distinct(rows.mention))
    query = (
        select(mentions.c.platform, count)
        .join(mentions, (mentions.c.realm == rows.realm) & (mentions.c.id == rows.mention))
        .where(rows.realm == incident.realm, rows.brand == incident.brand, rows.category == incident.category)
        .where(rows.published_at >= int(since.timestamp()), rows.published_at <= int(until.timestamp()))
        .group_by(mentions.c.platform)
        .order_by(count.desc(), mentions.c.platform)
    )
    return [(row[0], int(row[1])) for row in connection.execute(query)]
