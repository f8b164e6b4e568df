"""The pure core: `advance(state, record) → (state, facts)` in event time.

No clock, no input or output, no randomness: the same records give the same states and facts. The state is consumed:
after `advance` only the returned one may be used. Time is the event time of the brand: the latest publication,
engagement reading or tick seen; a late mention counts in the minute it was published and is evaluated at once.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, timezone
from math import log10
from typing import Final

from engine.model import (
    AuthorKind,
    Category,
    EngagementRecord,
    FactValue,
    LogRecord,
    MentionRecord,
    Severity,
    TickRecord,
    WindowFacts,
)
from engine.window_state import DAY, LONGEST, WINDOW_MINUTES, BrandState, CategoryState
from rules.vocabulary import VOCABULARY

SAMPLES: Final = 8
_CHINA_MINUTES: Final = 8 * 60
_CHINA: Final = timezone(timedelta(minutes=_CHINA_MINUTES))
_BASELINE_DAYS: Final = 6
_VOICE_NAMES: Final = {AuthorKind.media: "media", AuthorKind.official: "official", AuthorKind.regulator: "regulator"}


def advance(state: BrandState, record: LogRecord) -> tuple[BrandState, tuple[WindowFacts, ...]]:
    """Take one record of this brand into the windows.

    Returns the new state and the facts to evaluate: of the categories that the record touched, or on a tick of
    every category with mentions in the last 7 days. History and commands give no facts.
    """
    payload = record.payload
    if isinstance(payload, MentionRecord):
        return state, _take_mention(state, record, payload)
    if isinstance(payload, EngagementRecord):
        return state, _take_engagement(state, record, payload)
    if isinstance(payload, TickRecord):
        _move(state, _minute(record.at))
        return state, tuple(_facts(state, record, category, None) for category in _active(state))
    return state, ()


def samples(state: BrandState, category: Category) -> tuple[str, ...]:
    """The latest mentions that count for a category, newest last (at most `SAMPLES`)."""
    found = state.categories.get(category)
    return tuple(found.samples) if found else ()


def overlap(state: BrandState, category: Category, other: Category) -> float:
    """Share of a category's last 24 hours whose main matter is `other`, 0-1."""
    found = state.categories.get(category)
    if found is None:
        return 0.0
    found.sums.move_to(state.now)
    total = found.sums.total("24h", "negative")
    return found.sums.total("24h", f"primary:{other}") / total if total else 0.0


def look(state: BrandState, record: LogRecord, category: Category) -> WindowFacts:
    """The facts of a category as a tick gives them, also where it has no mentions. The state is consumed."""
    _move(state, _minute(record.at))
    return _facts(state, record, category, None)


def event_time(state: BrandState) -> datetime:
    """The brand's event time, to the minute."""
    return _time(state.now)


def _take_mention(state: BrandState, record: LogRecord, mention: MentionRecord) -> tuple[WindowFacts, ...]:
    minute = _minute(mention.published_at)
    if minute <= state.now - LONGEST:
        state.late += 1
        return ()
    _move(state, minute)
    state.first_seen = minute if state.first_seen is None else min(state.first_seen, minute)
    state.all_mentions.add(minute, "all")
    for category in mention.categories:
        _count(state.category(category), minute, state.now, mention)
    if mention.history:
        return ()
    return tuple(_facts(state, record, category, mention) for category in mention.categories)


def _take_engagement(state: BrandState, record: LogRecord, update: EngagementRecord) -> tuple[WindowFacts, ...]:
    minute = _minute(update.received_at)
    if minute <= state.now - LONGEST:
        state.late += 1
        return ()
    _move(state, minute)
    for category in update.categories:
        found = state.category(category)
        found.sums.move_to(state.now)
        found.sums.add(minute, "reposts", update.added_reposts)
        found.add_reach(minute, state.now, update.added_reach)
        found.top_heat.note(minute, update.heat)
    if update.history:
        return ()
    return tuple(_facts(state, record, category, None) for category in update.categories)


def _count(found: CategoryState, minute: int, now: int, mention: MentionRecord) -> None:
    sums = found.sums
    sums.move_to(now)
    sums.add(minute, "negative")
    sums.add(minute, f"primary:{mention.categories[0]}")
    if mention.severity is Severity.high:
        sums.add(minute, "severe")
    if voice := _VOICE_NAMES.get(mention.author_kind):
        sums.add(minute, voice)
    sums.add(minute, "reposts", mention.reposts)
    found.authors.touch(mention.author, minute, sums, "authors")
    found.groups.touch(mention.group, minute, sums, "originals")
    found.platforms.touch(mention.platform, minute, sums, "platforms")
    found.add_reach(minute, now, mention.reach)
    found.top_heat.note(minute, heat_of(mention.reach))
    if mention.hot_search_rank is not None:
        found.hot_search.note(minute, mention.hot_search_rank, smallest=True)
    found.samples = [*found.samples[1 - SAMPLES :], mention.mention]


def heat_of(people: float) -> float:
    """Heat score of a reach in people: ten points are a factor of ten."""
    return round(10 * log10(1 + max(0.0, people)), 2)


def _facts(state: BrandState, record: LogRecord, category: Category, mention: MentionRecord | None) -> WindowFacts:
    raw = _window_values(state, state.category(category)) | _trigger_values(mention, category)
    return WindowFacts(
        realm=state.realm,
        brand=state.brand,
        category=category,
        at=_time(state.now),
        brand_seq=record.brand_seq,
        trigger=mention.mention if mention else None,
        values={name: VOCABULARY[name].quantise(value) for name, value in raw.items()},
    )


def _window_values(state: BrandState, found: CategoryState) -> dict[str, FactValue]:
    sums, now = found.sums, state.now
    sums.move_to(now)
    state.all_mentions.move_to(now)
    everything = state.all_mentions.total("24h", "all")
    baseline = _baseline(state, found)
    ranks = found.hot_search.within_day(now)
    day = sums.total("24h", "negative")
    values: dict[str, FactValue] = {f"negative_count_{key}": sums.total(key, "negative") for key in WINDOW_MINUTES}
    values |= {f"unique_authors_{key}": sums.total(key, "authors") for key in ("1h", "24h")}
    values |= {f"{voice}_count_24h": sums.total("24h", voice) for voice in _VOICE_NAMES.values()}
    return values | {
        "original_count_24h": sums.total("24h", "originals"),
        "severe_count_24h": sums.total("24h", "severe"),
        "platforms_24h": sums.total("24h", "platforms"),
        "mention_count_24h": everything,
        "reposts_1h": sums.total("1h", "reposts"),
        "active_days_7d": _active_days(found),
        "negative_share_24h": day / everything if everything else 0.0,
        "baseline_1h": baseline,
        "growth_1h": (sums.total("1h", "negative") + 1) / (baseline + 1),
        "growth_24h": (day + 1) / (24 * baseline + 1),
        "heat": heat_of(found.decayed_reach(now)),
        "top_heat_24h": max(found.top_heat.within_day(now), default=0.0),
        "hot_search_rank_24h": int(min(ranks)) if ranks else None,
    }


def _trigger_values(mention: MentionRecord | None, category: Category) -> dict[str, FactValue]:
    if mention is None:
        return {name: None for name in VOCABULARY if name.startswith("trigger_")}
    return {
        "trigger_negativity": mention.negativity,
        "trigger_certainty": dict(zip(mention.categories, mention.certainty, strict=False)).get(category),
        "trigger_severity": mention.severity.rank,
        "trigger_followers": mention.followers,
        "trigger_author_kind": str(mention.author_kind),
        "trigger_kind": str(mention.mention_kind),
    }


def _baseline(state: BrandState, found: CategoryState) -> float:
    """Mentions an hour over the six days before the last one; a shorter history counts as at least one day."""
    before = found.sums.total("7d", "negative") - found.sums.total("24h", "negative")
    known = state.now - (state.first_seen if state.first_seen is not None else state.now) - DAY
    return before / (min(max(known, DAY), _BASELINE_DAYS * DAY) / 60)


def _active_days(found: CategoryState) -> int:
    """Chinese calendar days of the last 7 days with a negative mention; looks at each day until one is found."""
    minutes, buckets, days, place = found.sums.minutes, found.sums.buckets, 0, 0
    while place < len(minutes):
        day_end = ((minutes[place] + _CHINA_MINUTES) // DAY + 1) * DAY - _CHINA_MINUTES
        after = bisect_left(minutes, day_end, place)
        days += any("negative" in buckets[minutes[at]] for at in range(place, after))
        place = after
    return days


def _active(state: BrandState) -> list[Category]:
    touched = []
    for category in sorted(state.categories):
        state.categories[category].sums.move_to(state.now)
        if state.categories[category].sums.total("7d", "negative"):
            touched.append(category)
    return touched


def _move(state: BrandState, minute: int) -> None:
    state.now = max(state.now, minute)
    state.all_mentions.move_to(state.now)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _time(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(_CHINA)
