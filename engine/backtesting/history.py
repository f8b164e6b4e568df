"""What a backtest runs over: log records that can be read again and again, with a digest that names them.

Rules look back 7 days and keep quiet for at most 7 more, so records of `WARM_UP` before the range are run through as
well, without counting what is found in them. Before those, all that matters of a brand is since when it is known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from sqlalchemy import Connection

from engine.errors import InputError
from engine.intake import LINE_LIMIT
from engine.model import REALM_TITLES, LogRecord, MentionRecord, Realm, at_local
from engine.store.database import Database
from engine.store.log import brands_of
from engine.store.log_ranges import LogSpan, digest_of, first_mention, records_of, span_of
from engine.window_state import BrandState

WARM_UP: Final = timedelta(days=14)
"""7 days of windows, and 7 of the longest cooldown; heat, halved every six hours, is down to 10⁻¹⁷ by then."""


@dataclass(frozen=True)
class History:
    """Log records in order, each brand's in the order of its own numbers. What is found before `since` is not counted;
    `known` is since when brands are known that were so before the records begin; `total` is how many records there are;
    `span` where they lie in the log, when they come from one.
    """

    name: str
    digest: str
    records: Callable[[], Iterable[LogRecord]]
    since: datetime | None = None
    until: datetime | None = None
    known: Mapping[str, datetime] = field(default_factory=dict)
    total: int | None = None
    span: LogSpan | None = None

    def between(self, since: datetime | None, until: datetime | None) -> "History":
        """The same records up to `until`, of which those from `since` on count; None leaves a bound as it is."""
        return replace(
            self,
            since=since or self.since,
            until=until or self.until,
            records=lambda: (one for one in self.records() if until is None or one.at < until),
        )


def stored_history(database: Database, realm: Realm, since: datetime, until: datetime) -> History:
    """What a store's log holds of a realm: all that arrived from `since` up to `until`, as it stands now.

    Reads in short pages and writes nothing; what arrives meanwhile does not belong to it.
    """
    with database.read() as connection:
        span = span_of(connection, realm, since - WARM_UP, until)
        known = dict(_known_before(connection, span))
    digest, total = digest_of(database, span)
    return History(
        name=f"{REALM_TITLES[realm]} {at_local(since)} 至 {at_local(until)}",
        digest=digest,
        records=lambda: records_of(database, span),
        since=since,
        until=until,
        known=known,
        total=total,
        span=span,
    )


def given_history(path: Path) -> History:
    """The log records of a JSON Lines file, one `LogRecord` a line. Raises InputError with file and line, for the file
    now and for its lines when they are read.
    """
    digest, total = blake2b(digest_size=16), 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                digest.update(line)
                total += bool(line.strip())
    except OSError as error:
        raise InputError("文件不存在或无法读取", place=str(path)) from error
    return History(path.name, digest.hexdigest(), lambda: _read(path), total=total)


def state_known_since(realm: Realm, brand: str, known: datetime | None) -> BrandState:
    """The windows of a brand before the first record that is run through; `known` is its first mention before that."""
    state = BrandState.empty(realm, brand)
    state.first_seen = int(known.timestamp()) // 60 if known else None
    return state


def _known_before(connection: Connection, span: LogSpan) -> Iterator[tuple[str, datetime]]:
    for brand in list(brands_of(connection, span.realm)):
        first = first_mention(connection, span.realm, brand)
        if first and first.seq < span.first and isinstance(first.payload, MentionRecord):
            yield brand, first.payload.published_at


def _read(path: Path) -> Iterator[LogRecord]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield LogRecord.model_validate_json(line[:LINE_LIMIT])
            except ValidationError as error:
                raise InputError("不是日志记录（评分后的提及）", place=f"{path.name}:{number}") from error
