"""How every fact of the vocabulary is computed from a brand's windows, before it is quantised."""

from collections.abc import Callable
from math import log10
from typing import Final

from engine.model import Category, FactValue, MentionRecord
from engine.window_counts import (
    AUTHORS,
    DAY,
    MEDIA,
    NEGATIVE,
    OFFICIAL,
    ORIGINALS,
    PLATFORMS,
    REGULATOR,
    REPOSTS,
    SEVERE,
)
from engine.window_state import BrandState, CategoryState

_BASELINE_DAYS: Final = 6

OfWindows = Callable[[BrandState, CategoryState], FactValue]
OfTrigger = Callable[[MentionRecord, Category], FactValue]


def heat_of(people: float) -> float:
    """Heat score of a reach in people: ten points are a factor of ten."""
    return round(10 * log10(1 + max(0.0, people)), 2)


def _baseline(state: BrandState, found: CategoryState) -> float:
    """Mentions an hour over the six days before the last one; a shorter history counts as at least one day."""
    before = found.counts.week - found.counts.day[NEGATIVE]
    first = state.first_seen
    known = 0 if first is None else state.now - first - DAY
    if known <= DAY:
        return before / 24
    return before / (known / 60 if known < _BASELINE_DAYS * DAY else _BASELINE_DAYS * 24)


def _growth_1h(state: BrandState, found: CategoryState) -> float:
    return (found.counts.hour[NEGATIVE] + 1) / (_baseline(state, found) + 1)


def _growth_24h(state: BrandState, found: CategoryState) -> float:
    return (found.counts.day[NEGATIVE] + 1) / (24 * _baseline(state, found) + 1)


def _share(state: BrandState, found: CategoryState) -> float:
    everything = state.all_mentions.total
    return found.counts.day[NEGATIVE] / everything if everything else 0.0


def _rank(state: BrandState, found: CategoryState) -> int | None:
    best = found.best_rank.within_day(state.now)
    return None if best is None else int(-best)


def _certainty(mention: MentionRecord, category: Category) -> float | None:
    return dict(zip(mention.categories, mention.certainty, strict=False)).get(category)


OF_WINDOWS: Final[dict[str, OfWindows]] = {
    "negative_count_10m": lambda _, found: found.counts.ten,
    "negative_count_1h": lambda _, found: found.counts.hour[NEGATIVE],
    "negative_count_6h": lambda _, found: found.counts.six,
    "negative_count_24h": lambda _, found: found.counts.day[NEGATIVE],
    "negative_count_7d": lambda _, found: found.counts.week,
    "unique_authors_1h": lambda _, found: found.counts.hour[AUTHORS],
    "unique_authors_24h": lambda _, found: found.counts.day[AUTHORS],
    "original_count_24h": lambda _, found: found.counts.day[ORIGINALS],
    "severe_count_24h": lambda _, found: found.counts.day[SEVERE],
    "media_count_24h": lambda _, found: found.counts.day[MEDIA],
    "official_count_24h": lambda _, found: found.counts.day[OFFICIAL],
    "regulator_count_24h": lambda _, found: found.counts.day[REGULATOR],
    "platforms_24h": lambda _, found: found.counts.day[PLATFORMS],
    "mention_count_24h": lambda state, _: state.all_mentions.total,
    "reposts_1h": lambda _, found: found.counts.hour[REPOSTS],
    "active_days_7d": lambda _, found: len(found.counts.days),
    "negative_share_24h": _share,
    "baseline_1h": _baseline,
    "growth_1h": _growth_1h,
    "growth_24h": _growth_24h,
    "heat": lambda state, found: heat_of(found.decayed_reach(state.now)),
    "top_heat_24h": lambda state, found: found.top_heat.within_day(state.now) or 0.0,
    "hot_search_rank_24h": _rank,
}
OF_TRIGGER: Final[dict[str, OfTrigger]] = {
    "trigger_negativity": lambda mention, _: mention.negativity,
    "trigger_certainty": _certainty,
    "trigger_harm_words": lambda mention, _: mention.harm_words,
    "trigger_severity": lambda mention, _: mention.severity.rank,
    "trigger_followers": lambda mention, _: mention.followers,
    "trigger_author_kind": lambda mention, _: mention.author_kind.value,
    "trigger_kind": lambda mention, _: mention.mention_kind.value,
}
"""Facts of the mention that just arrived; without one they are missing."""

COUNTED: Final = {
    "negative_count_10m": 0,
    "negative_count_6h": 1,
    "negative_count_7d": 2,
    "mention_count_24h": 3,
    "negative_count_1h": 4 + NEGATIVE,
    "unique_authors_1h": 4 + AUTHORS,
    "negative_count_24h": 7 + NEGATIVE,
    "unique_authors_24h": 7 + AUTHORS,
    "original_count_24h": 7 + ORIGINALS,
    "severe_count_24h": 7 + SEVERE,
    "media_count_24h": 7 + MEDIA,
    "official_count_24h": 7 + OFFICIAL,
    "regulator_count_24h": 7 + REGULATOR,
}
"""Facts that are plain counts, with their places in what `counted` gives."""


def counted(state: BrandState, found: CategoryState) -> list[int]:
    """The counts, all at once."""
    counts = found.counts
    return [counts.ten, counts.six, counts.week, state.all_mentions.total, *counts.hour, *counts.day]
