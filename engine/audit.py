"""The audit chain: who did what, append-only, each entry bound to the one before by its hash."""

from hashlib import blake2b

from sqlalchemy import Connection, insert, select

from engine.errors import StoreError
from engine.model import Actor, Frozen
from engine.store.tables import audit

GENESIS = "0" * 32


class AuditEntry(Frozen):
    """One entry. `at` is ISO time; `subject` the id of what was acted on; `detail` a Chinese sentence or a hash."""

    number: int
    at: str
    actor: Actor
    action: str
    subject: str
    detail: str
    previous: str


def record(connection: Connection, at: str, actor: Actor, action: str, subject: str, detail: str = "") -> AuditEntry:
    """Append to the chain within the transaction of what it records."""
    last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    entry = AuditEntry(
        number=number, at=at, actor=actor, action=action, subject=subject, detail=detail, previous=previous
    )
    document = entry.model_dump_json()
    connection.execute(insert(audit).values(number=number, document=document, hash=digest(document)))
    return entry


def entries(connection: Connection, *, newest: int | None = None) -> list[AuditEntry]:
    """The chain in order, or its newest entries (newest first)."""
    query = select(audit.c.document).order_by(audit.c.number.desc() if newest else audit.c.number)
    return [AuditEntry.model_validate_json(text) for text in connection.execute(query.limit(newest)).scalars()]


def check(connection: Connection) -> int:
    """Walk the chain; returns its length. Raises StoreError with the number of the first entry that does not fit."""
    previous, expected = GENESIS, 1
    for row in connection.execute(select(audit).order_by(audit.c.number)):
        if digest(row.document) != row.hash:
            raise StoreError(f"审计记录第 {expected} 条被改动或缺失")
        entry = AuditEntry.model_validate_json(row.document)
        if entry.number != expected or entry.previous != previous:
            raise StoreError(f"审计记录第 {expected} 条被改动或缺失")
        previous, expected = row.hash, expected + 1
    return expected - 1


def digest(document: str) -> str:
    """What an entry is bound by: BLAKE2b of its document, hex."""
    return blake2b(document.encode(), digest_size=16).hexdigest()
