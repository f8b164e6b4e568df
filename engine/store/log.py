"""The ordered log: appended in transactions, read by sequence.

A brand's records carry their own number (`brand_seq`), and ticks are laid into each brand's records as its time
passes, so that what a brand's core sees does not depend on other brands or on how arrivals were batched.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from engine.model import (
    CommandRecord,
    EngagementRecord,
    LogRecord,
    MentionRecord,
    Realm,
    RecordPayload,
    ReleaseRecord,
    TickRecord,
)
from engine.store.tables import brands, log, positions

TICK: Final = timedelta(minutes=30)
WARM: Final = timedelta(days=12)
"""How long after its last negative news a brand gets ticks: rules may look back 7 days, and from their last finding
on the highest level takes under 5 more to calm (24, 12 and 6 hours) and close (48 hours).
"""
ALL_BRANDS: Final = "*"
"""The brand of records that concern a whole realm."""

_PAYLOAD: Final[TypeAdapter[RecordPayload]] = TypeAdapter(RecordPayload)
_TICK_SECONDS: Final = int(TICK.total_seconds())
_BRAND: Final = (brands.c.realm == bindparam("of_realm"), brands.c.brand == bindparam("of_brand"))
_STANDS: Final = select(brands).where(*_BRAND)


class Appender:
    """Appends to the log within one transaction; what was appended is written when its `appending` block ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._brands: dict[tuple[Realm, str], _Brand] = {}
        self._rows: list[dict[str, Any]] = []

    def append(self, realm: Realm, brand: str, at: datetime, payload: RecordPayload) -> None:
        """Append a record of a brand after the ticks that were due before it. History lays no ticks: it is past."""
        row = self._brand(realm, brand, at)
        if not (isinstance(payload, MentionRecord | EngagementRecord) and payload.history):
            self._rows += row.ticks_until(at)
            row.ticked_at = max(row.ticked_at, _grid(at))
            row.warm_until = max(row.warm_until, _warm_until(payload, at))
        self._rows.append(row.next(at, payload))

    def tick(self, realm: Realm, now: datetime) -> int:
        """Lay the ticks that are due in every warm brand of a realm; returns how many."""
        found = self._connection.execute(
            select(brands).where(brands.c.realm == realm, brands.c.warm_until > brands.c.ticked_at)
        )
        for row in found.all():
            self._brands.setdefault((realm, row.brand), _Brand(*row))
        before = len(self._rows)
        for (_, _), brand in sorted(self._brands.items()):
            self._rows += brand.ticks_until(now)
            brand.ticked_at = max(brand.ticked_at, _grid(now))
        return len(self._rows) - before

    def write(self) -> None:
        """Write everything, in order."""
        stand = [
            {"of_realm": realm, "of_brand": brand, **row.numbers()}
            for (realm, brand), row in sorted(self._brands.items())
        ]
        if stand:
            self._connection.execute(update(brands).where(*_BRAND), stand)
        if self._rows:
            self._connection.execute(insert(log), self._rows)

    def _brand(self, realm: Realm, brand: str, at: datetime) -> "_Brand":
        known = self._brands.get((realm, brand))
        if known is None:
            row = self._connection.execute(_STANDS, {"of_realm": realm, "of_brand": brand}).one_or_none()
            known = self._brands[realm, brand] = _Brand(*row) if row else _Brand(realm, brand, 0, _grid(at), 0)
            if row is None:
                self._connection.execute(insert(brands), {"realm": realm, "brand": brand, **known.numbers()})
        return known


@contextmanager
def appending(connection: Connection) -> Iterator[Appender]:
    """An appender whose records are written at the end of the block."""
    appender = Appender(connection)
    yield appender
    appender.write()


def current_release(connection: Connection, realm: Realm) -> str | None:
    """The release that decides in a realm; None before the first activation."""
    payload = connection.execute(
        select(log.c.payload).where(log.c.realm == realm, log.c.brand == ALL_BRANDS).order_by(log.c.seq.desc()).limit(1)
    ).scalar_one_or_none()
    found = _PAYLOAD.validate_json(payload) if payload else None
    return found.release if isinstance(found, ReleaseRecord) else None


def append(connection: Connection, realm: Realm, brand: str, at: datetime, payload: RecordPayload) -> int:
    """Append one record; returns its sequence number."""
    with appending(connection) as appender:
        appender.append(realm, brand, at, payload)
    return last_seq(connection)


def tick(connection: Connection, realm: Realm, now: datetime) -> int:
    """Lay the ticks that are due in every warm brand of a realm; returns how many."""
    with appending(connection) as appender:
        return appender.tick(realm, now)


def after(connection: Connection, position: int, limit: int) -> list[LogRecord]:
    """Records beyond a position, in order."""
    rows = connection.execute(select(log).where(log.c.seq > position).order_by(log.c.seq).limit(limit))
    return [as_record(row) for row in rows]


def as_record(row: Row[Any]) -> LogRecord:
    """The record that a row of the log holds."""
    return LogRecord(
        seq=row.seq,
        realm=Realm(row.realm),
        brand=row.brand,
        brand_seq=row.brand_seq,
        at=datetime.fromisoformat(row.at),
        payload=_PAYLOAD.validate_json(row.payload),
    )


def last_seq(connection: Connection) -> int:
    """The newest sequence number (0 for an empty log)."""
    return connection.execute(select(func.max(log.c.seq))).scalar_one() or 0


def position(connection: Connection, reader: str) -> int:
    """How far a reader has come."""
    found = connection.execute(select(positions.c.position).where(positions.c.reader == reader)).scalar_one_or_none()
    return found or 0


def set_position(connection: Connection, reader: str, value: int) -> None:
    """Note how far a reader has come."""
    changed = connection.execute(update(positions).where(positions.c.reader == reader).values(position=value))
    if not changed.rowcount:
        connection.execute(insert(positions).values(reader=reader, position=value))


def latest(connection: Connection, realm: Realm) -> datetime | None:
    """The latest arrival in a realm, in whatever order records came; what concerns all brands is no arrival."""
    query = select(log.c.at_seconds).where(log.c.realm == realm, log.c.brand != ALL_BRANDS)
    at = connection.execute(query.order_by(log.c.at_seconds.desc()).limit(1)).scalar_one_or_none()
    return datetime.fromtimestamp(at, UTC) if at is not None else None


def brands_of(connection: Connection, realm: Realm) -> Iterable[str]:
    """Every brand that a realm's log knows, in order."""
    query = select(brands.c.brand).where(brands.c.realm == realm, brands.c.brand != ALL_BRANDS)
    return connection.execute(query.order_by(brands.c.brand)).scalars()


class _Brand:
    """Where a brand's records stand; times in seconds since the epoch."""

    def __init__(self, realm: str, brand: str, brand_seq: int, ticked_at: int, warm_until: int) -> None:
        self._realm = realm
        self._brand = brand
        self.brand_seq = brand_seq
        self.ticked_at = ticked_at
        self.warm_until = warm_until

    def numbers(self) -> dict[str, int]:
        return {"brand_seq": self.brand_seq, "ticked_at": self.ticked_at, "warm_until": self.warm_until}

    def next(self, at: datetime, payload: RecordPayload) -> dict[str, Any]:
        """The row of the brand's next record."""
        self.brand_seq += 1
        return {
            "realm": self._realm,
            "brand": self._brand,
            "brand_seq": self.brand_seq,
            "at": at.isoformat(),
            "at_seconds": int(at.timestamp()),
            "payload": payload.model_dump_json(),
        }

    def ticks_until(self, at: datetime) -> list[dict[str, Any]]:
        """The rows of the ticks that are due."""
        end = min(_grid(at), self.warm_until)
        due = range(self.ticked_at + _TICK_SECONDS, end + 1, _TICK_SECONDS)
        return [self.next(datetime.fromtimestamp(seconds, UTC), TickRecord()) for seconds in due]


def _warm_until(payload: RecordPayload, at: datetime) -> int:
    """Until when a brand needs ticks because of a record (0: not because of this one)."""
    if isinstance(payload, MentionRecord) and payload.categories:
        return int((payload.published_at + WARM).timestamp())
    if isinstance(payload, CommandRecord) or (isinstance(payload, EngagementRecord) and payload.categories):
        return int((at + WARM).timestamp())
    return 0


def _grid(at: datetime) -> int:
    return int(at.timestamp()) // _TICK_SECONDS * _TICK_SECONDS
