"""The facts of a brand and category at any moment, as the engine saw them, and the newest mentions behind them.

Moments are minutes of the engine's own time, the brand's event time: the one that findings and incidents tell.
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

from engine.backtesting.history import WARM_UP, state_known_since
from engine.core import BrandCore
from engine.detection_stage import READER
from engine.model import Category, EngagementRecord, LogRecord, MentionRecord, Realm, TickRecord, WindowFacts
from engine.store import log, outcomes
from engine.store.database import Database
from engine.store.log_ranges import LogSpan, first_mention, open_span, records_of
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
    """The facts at a moment, after the last record that the engine took before its time went beyond it."""
    with database.read() as connection:
        stored = _stored_state(connection, realm, brand)
        if stored is not None and stored.now < minute_of(at):
            facts = look(stored, _tick(stored, at), category)
            return PastFacts(facts, evaluated=False, newest=_stored_mentions(connection, facts))
        span = open_span(connection, realm, at - WARM_UP, brand)
        state = state_before(connection, span, brand)
    return rebuilt(state, records_of(database, span), category, at)


def state_before(connection: Connection, span: LogSpan, brand: str) -> BrandState:
    """The windows of a brand before the records of a span, as far as they matter `WARM_UP` later."""
    first = first_mention(connection, span.realm, brand)
    earlier = first is not None and first.seq < span.first
    known = first.payload.published_at if first and earlier and isinstance(first.payload, MentionRecord) else None
    return state_known_since(span.realm, brand, known)


def rebuilt(state: BrandState, records: Iterable[LogRecord], category: Category, at: datetime) -> PastFacts:
    """The facts of a category at a moment, from a brand's records in order; those after it are not read. The state is
    consumed.
    """
    newest: list[tuple[int, int, str]] = []
    fresh: WindowFacts | None = None
    for record in records:
        if (minute := _time_of(record)) is not None and minute > minute_of(at):
            break
        state, seen = view(state, record)
        if state.now == minute_of(at):
            fresh = next((one.written() for one in seen if one.category is category), fresh)
        if isinstance(record.payload, MentionRecord) and category in record.payload.categories:
            one = (minute_of(record.payload.published_at), record.seq, record.payload.mention)
            heappush(newest, one) if len(newest) < NEWEST else heappushpop(newest, one)
    facts = fresh or look(state, _tick(state, at), category)
    edge = minute_of(facts.at) - max(WINDOW_MINUTES.values())
    found = tuple(Counted(mention, minute) for minute, _, mention in sorted(newest, reverse=True) if minute > edge)
    return PastFacts(facts, fresh is not None, found)


def _time_of(record: LogRecord) -> int | None:
    """The minute that a record moves the engine's time to; None for one that does not."""
    if isinstance(record.payload, MentionRecord):
        return minute_of(record.payload.published_at)
    if isinstance(record.payload, EngagementRecord):
        return minute_of(record.payload.received_at)
    return minute_of(record.at) if isinstance(record.payload, TickRecord) else None


def minute_of(moment: datetime) -> int:
    """Whole minutes since the epoch."""
    return int(moment.timestamp()) // 60


def _tick(state: BrandState, at: datetime) -> LogRecord:
    """A look at a moment that no record of the log is about; it is told from records by its number."""
    return LogRecord(seq=0, realm=state.realm, brand=state.brand, brand_seq=0, at=at, payload=TickRecord())


def _stored_state(connection: Connection, realm: Realm, brand: str) -> BrandState | None:
    """The windows as detection left them; None while records of the brand wait to be detected."""
    # Joined to nothing, the brand keeps out of the choice of an index: few records are waiting at all.
    mine = (log_table.c.realm == realm, log_table.c.brand.concat("") == brand)
    waiting = select(exists().where(*mine, log_table.c.seq > log.position(connection, READER)))
    if connection.execute(waiting).scalar_one():
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
