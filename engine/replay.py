"""`crisisdesk replay`: a stream through the live path in realm replay, and what came of it as lines in order.

A replay may die anywhere and be started again on the same store: how far the input was taken is committed together
with what was taken, so nothing is lost and nothing counts twice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, select

from engine.drafting.document import canonical_json
from engine.errors import Conflict
from engine.model import Finding, Incident, IncidentChange, Mention, Realm, at_iso
from engine.pipeline import Pipeline
from engine.store import inbox, log
from engine.store.tables import findings, incident_changes, incidents

BATCH: Final = 200

OnProgress = Callable[[int], None]


def feed(
    pipeline: Pipeline,
    mentions: Iterable[Mention],
    *,
    source: str,
    batches: Callable[[], int] = lambda: BATCH,
    on_progress: OnProgress | None = None,
) -> int:
    """Take a stream into realm replay and run it to the end; returns how many records were new to the store.

    `source` names the stream: a second feed of it goes on where the first one stopped. `batches` gives the size of
    each next batch, which must not matter. Raises Conflict when what was taken before is not how this stream begins.
    """
    reader = f"replay:{source}"
    with pipeline.database.read() as connection:
        start, seen = log.position(connection, reader), log.position(connection, f"{reader}:seen")
    stream, taken = iter(mentions), 0
    if _mark(0, islice(stream, start)) != seen:
        raise Conflict(f"存储中已有另一份名为“{source}”的回放，请换一个 --store 文件夹或文件名")
    while batch := list(islice(stream, batches())):
        taken, seen = taken + len(batch), _mark(seen, batch)
        with pipeline.database.write() as connection:
            for one in batch:
                inbox.take(connection, Realm.replay, one)
            log.set_position(connection, reader, start + taken)
            log.set_position(connection, f"{reader}:seen", seen)
        pipeline.drain()
        if on_progress:
            on_progress(len(batch))
    _finish(pipeline)
    return taken


def lines(connection: Connection, realm: Realm = Realm.replay) -> Iterator[str]:
    """What came of it: findings and changes by time, brand and category, one canonical JSON object a line."""
    rows = [*_finding_rows(connection, realm), *_change_rows(connection, realm)]
    return (canonical_json(row) for _, row in sorted(rows, key=lambda pair: pair[0]))


def _mark(seen: int, taken: Iterable[Mention]) -> int:
    """A number that stands for everything taken so far; fits a signed 64-bit column."""
    for one in taken:
        content = f"{seen}\x1f{one.id}\x1f{one.received_at.isoformat()}\x1f{one.engagement}\x1f{one.text}"
        digest = blake2b(content.encode("utf-8", "replace"), digest_size=7).digest()
        seen = int.from_bytes(digest, "big")
    return seen


def _finish(pipeline: Pipeline) -> None:
    """Let every brand's time run to the end of the stream."""
    pipeline.drain()
    with pipeline.database.read() as connection:
        end = log.latest(connection, Realm.replay)
    if end is not None:
        pipeline.tick(Realm.replay, end)
        pipeline.drain()


Row = tuple[tuple[str, ...], dict[str, Any]]


def _finding_rows(connection: Connection, realm: Realm) -> Iterator[Row]:
    query = select(findings.c.document, findings.c.incident).where(findings.c.realm == realm)
    for row in connection.execute(query):
        one = Finding.model_validate_json(row.document)
        at = at_iso(one.at)
        line = {
            "kind": "finding",
            "at": at,
            "brand": one.brand,
            "category": one.category,
            "level": one.level,
            "rule": one.rule,
            "incident": row.incident,
            "change": None,
            "explanation": _explained(one.explanation),
            "finding": one.id,
            "agreed": one.agreed,
        }
        yield (at, one.brand, one.category, "0", f"{one.facts.brand_seq:012d}", one.rule), line


def _change_rows(connection: Connection, realm: Realm) -> Iterator[Row]:
    known = {
        one.id: one
        for one in map(
            Incident.model_validate_json,
            connection.execute(select(incidents.c.document).where(incidents.c.realm == realm)).scalars(),
        )
    }
    query = select(incident_changes.c.document).where(incident_changes.c.realm == realm)
    for document in connection.execute(query).scalars():
        one = IncidentChange.model_validate_json(document)
        incident, at = known[one.incident], at_iso(one.at)
        line = {
            "kind": "incident",
            "at": at,
            "brand": incident.brand,
            "category": incident.category,
            "level": one.level,
            "rule": one.rule,
            "incident": one.incident,
            "change": one.change,
            "explanation": _explained(one.explanation),
            "reason": one.reason,
            "mentions": list(one.mentions),
        }
        yield (at, incident.brand, incident.category, "1", one.id, ""), line


def _explained(traces: Sequence[Any]) -> list[dict[str, Any]]:
    return [trace.model_dump(mode="json", exclude={"level"}) for trace in traces]
