"""The ordered log: appended in transactions, read by sequence.

A brand's records carry their own number (`brand_seq`), and ticks are laid into each brand's records as its time
passes, so that what a brand's core sees does not depend on other brands or on how arrivals were batched.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select, update

from engine.model import LogRecord, MentionRecord, Realm, RecordPayload, TickRecord
from engine.store.tables import brands, log, positions

TICK: Final = timedelta(minutes=30)
WARM: Final = timedelta(days=6)
"""How long after its last negative mention a brand gets ticks: enough for the highest level to calm and close."""

_PAYLOAD: Final[TypeAdapter[RecordPayload]] = TypeAdapter(RecordPayload)
_TICK_SECONDS: Final = int(TICK.total_seconds())


class BrandRow(NamedTuple):
    """Where a brand's records stand; times in seconds since the epoch."""

    brand_seq: int
    ticked_at: int
    warm_until: int


def append(connection: Connection, realm: Realm, brand: str, at: datetime, payload: RecordPayload) -> int:
    """Append a record of a brand after the ticks that were due before it; returns its sequence number."""
    row = _brand(connection, realm, brand, at)
    last = _lay_ticks(connection, realm, brand, row, at)
    warm = row.warm_until
    if isinstance(payload, MentionRecord) and payload.categories:
        warm = max(warm, int((payload.published_at + WARM).timestamp()))
    ticked = max(row.ticked_at, _grid(at))
    connection.execute(
        update(brands)
        .where(brands.c.realm == realm, brands.c.brand == brand)
        .values(brand_seq=last + 1, ticked_at=ticked, warm_until=warm)
    )
    return _insert(connection, realm, brand, last + 1, at, payload)


def tick(connection: Connection, realm: Realm, now: datetime) -> int:
    """Lay the ticks that are due in every warm brand of a realm; returns how many."""
    rows = connection.execute(
        select(brands.c.brand, brands.c.brand_seq, brands.c.ticked_at, brands.c.warm_until)
        .where(brands.c.realm == realm, brands.c.warm_until > brands.c.ticked_at)
        .order_by(brands.c.brand)
    ).all()
    laid = 0
    for brand, *numbers in rows:
        row = BrandRow(*numbers)
        last = _lay_ticks(connection, realm, brand, row, now)
        laid += last - row.brand_seq
        connection.execute(
            update(brands)
            .where(brands.c.realm == realm, brands.c.brand == brand)
            .values(brand_seq=last, ticked_at=max(row.ticked_at, _grid(now)))
        )
    return laid


def after(connection: Connection, position: int, limit: int) -> list[LogRecord]:
    """Records beyond a position, in order."""
    rows = connection.execute(select(log).where(log.c.seq > position).order_by(log.c.seq).limit(limit))
    return [
        LogRecord(
            seq=row.seq,
            realm=Realm(row.realm),
            brand=row.brand,
            brand_seq=row.brand_seq,
            at=datetime.fromisoformat(row.at),
            payload=_PAYLOAD.validate_json(row.payload),
        )
        for row in rows
    ]


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


def realm_time(connection: Connection, realm: Realm) -> datetime | None:
    """When the latest record of a realm arrived."""
    at = connection.execute(
        select(log.c.at).where(log.c.realm == realm).order_by(log.c.seq.desc()).limit(1)
    ).scalar_one_or_none()
    return datetime.fromisoformat(at) if at else None


def latest(connection: Connection, realm: Realm) -> datetime | None:
    """The latest arrival in a realm, in whatever order records came."""
    at = connection.execute(select(func.max(log.c.at_seconds)).where(log.c.realm == realm)).scalar_one_or_none()
    return datetime.fromtimestamp(at, UTC) if at is not None else None


def _brand(connection: Connection, realm: Realm, brand: str, at: datetime) -> BrandRow:
    query = select(brands.c.brand_seq, brands.c.ticked_at, brands.c.warm_until)
    row = connection.execute(query.where(brands.c.realm == realm, brands.c.brand == brand)).one_or_none()
    if row is None:
        fresh = BrandRow(0, _grid(at), 0)
        connection.execute(insert(brands).values(realm=realm, brand=brand, **fresh._asdict()))
        return fresh
    return BrandRow(*row)


def _lay_ticks(connection: Connection, realm: Realm, brand: str, row: BrandRow, at: datetime) -> int:
    last = row.brand_seq
    end = min(_grid(at), row.warm_until)
    for seconds in range(row.ticked_at + _TICK_SECONDS, end + 1, _TICK_SECONDS):
        last += 1
        _insert(connection, realm, brand, last, datetime.fromtimestamp(seconds, UTC), TickRecord())
    return last


def _insert(
    connection: Connection, realm: Realm, brand: str, brand_seq: int, at: datetime, payload: RecordPayload
) -> int:
    values = {
        "realm": realm,
        "brand": brand,
        "brand_seq": brand_seq,
        "at": at.isoformat(),
        "at_seconds": int(at.timestamp()),
    }
    result = connection.execute(insert(log).values(**values, payload=payload.model_dump_json()))
    return int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0


def _grid(at: datetime) -> int:
    return int(at.timestamp()) // _TICK_SECONDS * _TICK_SECONDS


def brands_of(connection: Connection, realm: Realm) -> Iterable[str]:
    """Every brand that a realm's log knows, in order."""
    return connection.execute(select(brands.c.brand).where(brands.c.realm == realm).order_by(brands.c.brand)).scalars()
