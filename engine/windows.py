"""The pure core: `advance(state, record) → (state, facts)` in event time.

No clock, no input or output, no randomness: the same records give the same states and facts. The state is consumed:
after `advance` only the returned one may be used. Time is the event time of the brand: the latest publication,
engagement reading or tick seen; a late mention counts in the minute it was published and is evaluated at once.
"""

from datetime import datetime
from typing import Final

from engine.facts.values import heat_of
from engine.model import (
    AuthorKind,
    Category,
    EngagementRecord,
    LogRecord,
    MentionRecord,
    Severity,
    TickRecord,
    WindowFacts,
)
from engine.window_counts import (
    AUTHORS,
    LONGEST,
    MEDIA,
    NEGATIVE,
    OFFICIAL,
    ORIGINALS,
    PLATFORMS,
    REGULATOR,
    REPOSTS,
    SEVERE,
    DayCount,
)
from engine.window_facts import FactView, time_of
from engine.window_state import BrandState, CategoryState

__all__ = ["FactView", "advance", "event_time", "heat_of", "look", "overlap", "samples", "view"]

SAMPLES: Final = 8
_VOICES: Final = {AuthorKind.media: MEDIA, AuthorKind.official: OFFICIAL, AuthorKind.regulator: REGULATOR}


def advance(state: BrandState, record: LogRecord) -> tuple[BrandState, tuple[WindowFacts, ...]]:
    """Take one record of this brand into the windows.

    Returns the new state and the facts to evaluate: of the categories that the record touched, or on a tick of
    every category with mentions in the last 7 days. History and commands give no facts.
    """
    state, views = view(state, record)
    return state, tuple(one.written() for one in views)


def view(state: BrandState, record: LogRecord) -> tuple[BrandState, tuple[FactView, ...]]:
    """As `advance`, with facts that are computed when they are asked for: to be used before the brand's next record."""
    payload = record.payload
    if isinstance(payload, MentionRecord):
        return state, _take_mention(state, record, payload)
    if isinstance(payload, EngagementRecord):
        return state, _take_engagement(state, record, payload)
    if isinstance(payload, TickRecord):
        _move(state, _minute(record.at))
        return state, tuple(FactView(state, found, name, record.brand_seq, None) for name, found in _active(state))
    return state, ()


def look(state: BrandState, record: LogRecord, category: Category) -> WindowFacts:
    """The facts of a category as a tick gives them, also where it has no mentions. The state is consumed."""
    _move(state, _minute(record.at))
    found = state.category(category)
    found.counts.move_to(state.now)
    return FactView(state, found, category, record.brand_seq, None).written()


def samples(state: BrandState, category: Category) -> tuple[str, ...]:
    """The latest mentions that count for a category, newest last (at most `SAMPLES`)."""
    found = state.categories.get(category)
    return tuple(found.samples) if found else ()


def overlap(state: BrandState, category: Category, other: Category) -> float:
    """Share of a category's last 24 hours whose main matter is `other`, 0-1."""
    found = state.categories.get(category)
    if found is None or other not in found.primaries:
        return 0.0
    found.counts.move_to(state.now)
    found.primaries[other].move_to(state.now)
    total = found.counts.day[NEGATIVE]
    return found.primaries[other].total / total if total else 0.0


def event_time(state: BrandState) -> datetime:
    """The brand's event time, to the minute."""
    return time_of(state.now)


def _take_mention(state: BrandState, record: LogRecord, mention: MentionRecord) -> tuple[FactView, ...]:
    minute = _minute(mention.published_at)
    if minute <= state.now - LONGEST:
        state.late += 1
        return ()
    _move(state, minute)
    if state.first_seen is None or minute < state.first_seen:
        state.first_seen = minute
    state.all_mentions.add(minute, state.now)
    touched = [(category, state.category(category)) for category in mention.categories]
    for _, found in touched:
        _count(found, minute, state.now, mention)
    if mention.history:
        return ()
    return tuple(FactView(state, found, category, record.brand_seq, mention) for category, found in touched)


def _take_engagement(state: BrandState, record: LogRecord, update: EngagementRecord) -> tuple[FactView, ...]:
    minute = _minute(update.received_at)
    if minute <= state.now - LONGEST:
        state.late += 1
        return ()
    _move(state, minute)
    touched = [(category, state.category(category)) for category in update.categories]
    for _, found in touched:
        found.counts.move_to(state.now)
        if update.added_reposts:
            found.counts.add(minute, REPOSTS, update.added_reposts)
        found.add_reach(minute, state.now, update.added_reach)
        found.top_heat.note(minute, state.now, update.heat)
    if update.history:
        return ()
    return tuple(FactView(state, found, category, record.brand_seq, None) for category, found in touched)


def _count(found: CategoryState, minute: int, now: int, mention: MentionRecord) -> None:
    counts = found.counts
    counts.move_to(now)
    counts.add(minute, NEGATIVE)
    _count_primary(found, minute, now, mention.categories[0])
    if mention.severity is Severity.high:
        counts.add(minute, SEVERE)
    if voice := _VOICES.get(mention.author_kind):
        counts.add(minute, voice)
    if mention.reposts:
        counts.add(minute, REPOSTS, mention.reposts)
    found.authors.touch(mention.author, minute, counts, AUTHORS)
    found.groups.touch(mention.group, minute, counts, ORIGINALS)
    found.platforms.touch(mention.platform, minute, counts, PLATFORMS)
    found.add_reach(minute, now, mention.reach)
    found.top_heat.note(minute, now, heat_of(mention.reach))
    if mention.hot_search_rank is not None:
        found.best_rank.note(minute, now, -float(mention.hot_search_rank))
    found.samples = [*found.samples[1 - SAMPLES :], mention.mention]


def _count_primary(found: CategoryState, minute: int, now: int, primary: Category) -> None:
    matter = found.primaries.get(primary)
    if matter is None:
        matter = found.primaries[primary] = DayCount()
    matter.move_to(now)
    matter.add(minute, now)


def _active(state: BrandState) -> list[tuple[Category, CategoryState]]:
    for found in state.categories.values():
        found.counts.move_to(state.now)
    return [(category, found) for category, found in sorted(state.categories.items()) if found.counts.week]


def _move(state: BrandState, minute: int) -> None:
    if minute > state.now:
        state.now = minute
        state.all_mentions.move_to(minute)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
