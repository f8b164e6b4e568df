"""A span of the log, read page by page: each page is a short read of its own, so that writers are never held up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from engine.model import LogRecord, MentionRecord, Realm
from engine.store.database import Database
from engine.store.log import ALL_BRANDS, as_record
from engine.store.tables import log

PAGE: Final = 2_000
ALL_TIME: Final = 2**62


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Records of a realm that arrived from `since` up to `until` (exclusive; seconds since the epoch), of one brand or
    of all. `first` and `last` bound the sequence numbers: what is appended later is not in it, so that a span can be
    read again.
    """

    realm: Realm
    since: int
    until: int
    first: int
    last: int
    brand: str | None = None

    def holds(self, row: Row[Any]) -> bool:
        """Whether a row of these sequence numbers is in the span; what concerns all brands is not."""
        return bool(row.realm == self.realm and self.since <= row.at_seconds < self.until and row.brand != ALL_BRANDS)


def span_of(
    connection: Connection, realm: Realm, since: datetime, until: datetime, brand: str | None = None
) -> LogSpan:
    """The span between two moments as the log stands now."""
    start, end = int(since.timestamp()), int(until.timestamp())
    arrived = (log.c.realm == realm, log.c.at_seconds >= start, log.c.at_seconds < end)
    first, last = connection.execute(select(func.min(log.c.seq), func.max(log.c.seq)).where(*arrived)).one()
    return LogSpan(realm, start, end, first or 0, last or -1, brand)


def open_span(connection: Connection, realm: Realm, since: datetime, brand: str) -> LogSpan:
    """What arrived of a brand from a moment on, up to the log's end as it stands now."""
    start = int(since.timestamp())
    mine = (log.c.realm == realm, log.c.brand == brand)
    begun = select(log.c.seq).where(*mine, log.c.at_seconds >= start).order_by(log.c.brand_seq).limit(1)
    ended = select(log.c.seq).where(*mine).order_by(log.c.brand_seq.desc()).limit(1)
    first, last = (connection.execute(query).scalar_one_or_none() for query in (begun, ended))
    return LogSpan(realm, start, ALL_TIME, first or 0, last if first and last else -1, brand)


def records_of(database: Database, span: LogSpan) -> Iterator[LogRecord]:
    """The records of a span in the order of the log."""
    return (as_record(row) for row in _rows(database, span))


def digest_of(database: Database, span: LogSpan) -> tuple[str, int]:
    """BLAKE2b over the records of a span (32 hex digits), and how many they are."""
    found, count = blake2b(digest_size=16), 0
    for row in _rows(database, span):
        found.update(f"{row.brand}\x1f{row.brand_seq}\x1f{row.at}\x1f{row.payload}\n".encode())
        count += 1
    return found.hexdigest(), count


def first_mention(connection: Connection, realm: Realm, brand: str) -> LogRecord | None:
    """The first mention that the log holds of a brand."""
    query = select(log).where(log.c.realm == realm, log.c.brand == brand).order_by(log.c.brand_seq).limit(PAGE)
    records = (as_record(row) for row in connection.execute(query))
    return next((record for record in records if isinstance(record.payload, MentionRecord)), None)


def _rows(database: Database, span: LogSpan) -> Iterator[Row[Any]]:
    last: Row[Any] | None = None
    while last is None or last.seq < span.last:
        with database.read() as connection:
            rows = connection.execute(_page(span, last)).all()
        if not rows:
            return
        last = rows[-1]
        yield from (row for row in rows if span.holds(row))


def _page(span: LogSpan, last: Row[Any] | None) -> Select[Any]:
    """The rows after the last one. Of one brand in the order of its own numbers, which have an index; of all brands
    with the rest of the span's conditions left to `holds`: the table's own order then serves the query.
    """
    query = select(log).where(log.c.seq <= span.last).limit(PAGE)
    if span.brand is None:
        return query.where(log.c.seq > (last.seq if last else span.first - 1)).order_by(log.c.seq)
    query = query.where(log.c.realm == span.realm, log.c.brand == span.brand).order_by(log.c.brand_seq)
    return query.where(log.c.brand_seq > last.brand_seq if last else log.c.seq >= span.first)
