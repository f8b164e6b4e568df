"""The facts of a brand and category at any moment, as the engine saw them, and the newest mentions behind them.

Moments are minutes, as the windows have them, of arrival: what had not arrived by the end of a minute was not known.

A past moment is rebuilt from the brand's own records: `WARM_UP` back is enough, since no window looks back further than
7 days and heat halves every six hours (a mention 14 days old counts 10⁻¹⁷ of its reach); of what came before, only
since when the brand is known matters. A moment after everything that was detected starts from the stored state.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappush, heappushpop
from typing import Final

from sqlalchemy import Connection, exists, select

from engine.core import BrandCore
from engine.detection_stage import READER
from engine.history import WARM_UP, state_known_since
from engine.model import Category, LogRecord, MentionRecord, Realm, TickRecord, WindowFacts
from engine.store import log, outcomes
from engine.store.database import Database
from engine.store.log_ranges import LogSpan, first_mention, records_of, span_of
from engine.store.tables import log as log_table
from engine.store.tables import mention_brands
from engine.window_state import WINDOW_MINUTES, BrandState
from engine.windows import look, view

NEWEST: Final = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """A mention that counts for a category, with the minute (since the epoch) it was published in."""

    mention: str
    minute: int


@dataclass(frozen=True, slots=True)
class PastFacts:
    """Facts at a moment. `evaluated`: the engine looked at them in this very minute (the last time, where it did so
    more than once); otherwise they are what it would have seen. `newest` are mentions of the last 7 days, newest first,
    at most `NEWEST`.
    """

    facts: WindowFacts
    evaluated: bool
    newest: tuple[Counted, ...]

    def windows_of(self, counted: Counted) -> tuple[str, ...]:
        """The windows that a mention counts in, shortest first."""
        now = minute_of(self.facts.at)
        return tuple(key for key, length in WINDOW_MINUTES.items() if counted.minute > now - length)

    @property
    def totals(self) -> dict[str, int]:
        """How many mentions count in each window."""
        values = self.facts.values
        return {key: int(values[f"negative_count_{key}"] or 0) for key in WINDOW_MINUTES}


def facts_at(database: Database, realm: Realm, brand: str, category: Category, at: datetime) -> PastFacts:
    """The facts at a moment, after every record that had arrived by the end of its minute."""
    with database.read() as connection:
        stored = _stored_state(connection, realm, brand, at)
        if stored is not None:
            facts = look(stored, _tick(stored, at), category)
            return PastFacts(facts, evaluated=False, newest=_stored_mentions(connection, facts))
        span = _span(connection, realm, brand, at)
        first = first_mention(connection, realm, brand)
    known = first.payload.published_at if first and isinstance(first.payload, MentionRecord) else None
    before = known if first and first.seq < span.first else None
    return rebuilt(state_known_since(realm, brand, before), records_of(database, span), category, at)


def rebuilt(state: BrandState, records: Iterable[LogRecord], category: Category, at: datetime) -> PastFacts:
    """The facts of a category after these records of a brand. The state is consumed."""
    newest: list[tuple[int, int, str]] = []
    fresh: WindowFacts | None = None
    for record in records:
        state, evaluated = view(state, record)
        if minute_of(record.at) == minute_of(at):
            fresh = next((one.written() for one in evaluated if one.category is category), fresh)
        if isinstance(record.payload, MentionRecord) and category in record.payload.categories:
            one = (minute_of(record.payload.published_at), record.seq, record.payload.mention)
            heappush(newest, one) if len(newest) < NEWEST else heappushpop(newest, one)
    facts = fresh or look(state, _tick(state, at), category)
    edge = minute_of(facts.at) - max(WINDOW_MINUTES.values())
    found = tuple(Counted(mention, minute) for minute, _, mention in sorted(newest, reverse=True) if minute > edge)
    return PastFacts(facts, fresh is not None, found)


def minute_of(moment: datetime) -> int:
    """Whole minutes since the epoch."""
    return int(moment.timestamp()) // 60


def _span(connection: Connection, realm: Realm, brand: str, at: datetime) -> LogSpan:
    end = datetime.fromtimestamp((minute_of(at) + 1) * 60, at.tzinfo)
    return span_of(connection, realm, at - WARM_UP, end, brand)


def _tick(state: BrandState, at: datetime) -> LogRecord:
    """A look at a moment that no record of the log is about; it is told from records by its number."""
    return LogRecord(seq=0, realm=state.realm, brand=state.brand, brand_seq=0, at=at, payload=TickRecord())


def _stored_state(connection: Connection, realm: Realm, brand: str, at: datetime) -> BrandState | None:
    """The windows as detection left them, when nothing of the brand came in this minute or later or waits to be
    detected; else None.
    """
    position = log.position(connection, READER)
    # Joined to nothing, the brand keeps out of the choice of an index: the one by time leads straight to what is later.
    mine = (log_table.c.realm == realm, log_table.c.brand.concat("") == brand)
    later = select(exists().where(*mine, log_table.c.at_seconds >= minute_of(at) * 60))
    waiting = select(exists().where(*mine, log_table.c.seq > position))
    if connection.execute(later).scalar_one() or connection.execute(waiting).scalar_one():
        return None
    state = outcomes.load_state(connection, realm, brand)
    return BrandCore.from_json(state).windows if state else None


def _stored_mentions(connection: Connection, facts: WindowFacts) -> tuple[Counted, ...]:
    now = minute_of(facts.at)
    edge = (now - max(WINDOW_MINUTES.values()) + 1) * 60
    rows = connection.execute(
        select(mention_brands.c.mention, mention_brands.c.published_at)
        .where(
            mention_brands.c.realm == facts.realm,
            mention_brands.c.brand == facts.brand,
            mention_brands.c.category == facts.category,
            mention_brands.c.published_at >= edge,
            mention_brands.c.published_at < (now + 1) * 60,
        )
        .order_by(mention_brands.c.published_at.desc(), mention_brands.c.mention.desc())
        .limit(NEWEST)
    )
    return tuple(Counted(row.mention, row.published_at // 60) for row in rows)
