"""One category at one moment as rules see it: every fact of the vocabulary, computed when somebody asks for it.

Most records are decided by a handful of facts. All of them are written out only for what is worth recording, or when
somebody asks why.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from math import log10
from typing import Final

from engine.model import Category, FactValue, MentionRecord, Realm, WindowFacts
from engine.window_counts import (
    AUTHORS,
    CHINA_MINUTES,
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
from rules.vocabulary import VOCABULARY, FactSpec, FactType

_CHINA: Final = timezone(timedelta(minutes=CHINA_MINUTES))
_BASELINE_DAYS: Final = 6
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()


class FactView:
    """What is true of (realm, brand, category) now. Good until the brand's next record: it looks at the state itself.

    It has what `WindowFacts` has, computed when it is asked for; `row` computes some facts, `written` keeps them all.
    """

    __slots__ = ("brand_seq", "category", "found", "mention", "now", "state")

    def __init__(
        self, state: BrandState, found: CategoryState, category: Category, brand_seq: int, mention: MentionRecord | None
    ) -> None:
        self.state = state
        self.found = found
        self.category = category
        self.brand_seq = brand_seq
        self.mention = mention
        self.now = state.now

    @property
    def realm(self) -> Realm:
        """The world it belongs to."""
        return self.state.realm

    @property
    def brand(self) -> str:
        """The brand."""
        return self.state.brand

    @property
    def at(self) -> datetime:
        """Event time, to the minute."""
        return time_of(self.now)

    @property
    def day(self) -> date:
        """The Chinese calendar day of the moment."""
        return date.fromordinal((self.now + CHINA_MINUTES) // DAY + _FIRST_DAY)

    @property
    def trigger(self) -> str | None:
        """The mention that just arrived."""
        return self.mention.mention if self.mention else None

    @property
    def values(self) -> dict[str, FactValue]:
        """Every fact."""
        return dict(zip(FACTS, self.row(tuple(FACTS.values())), strict=True))

    def row(self, facts: Sequence["Fact"]) -> list[FactValue]:
        """Some facts, as rules see them."""
        return [fact(self) for fact in facts]

    def written(self) -> WindowFacts:
        """All of it, for keeps."""
        return WindowFacts(
            realm=self.realm,
            brand=self.brand,
            category=self.category,
            at=self.at,
            brand_seq=self.brand_seq,
            trigger=self.trigger,
            values=self.values,
        )


Fact = Callable[[FactView], FactValue]
"""Computes one fact, quantised."""


def time_of(minute: int) -> datetime:
    """A minute since the epoch, in Chinese time."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(_CHINA)


def heat_of(people: float) -> float:
    """Heat score of a reach in people: ten points are a factor of ten."""
    return round(10 * log10(1 + max(0.0, people)), 2)


def _baseline(state: BrandState, found: CategoryState) -> float:
    """Mentions an hour over the six days before the last one; a shorter history counts as at least one day."""
    before = found.counts.week - found.counts.day[NEGATIVE]
    known = state.now - (state.first_seen if state.first_seen is not None else state.now) - DAY
    return before / (min(max(known, DAY), _BASELINE_DAYS * DAY) / 60)


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


_OF_WINDOWS: Final[dict[str, Callable[[BrandState, CategoryState], FactValue]]] = {
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
_OF_TRIGGER: Final[dict[str, Callable[[MentionRecord, Category], FactValue]]] = {
    "trigger_certainty": _certainty,
    "trigger_negativity": lambda mention, _: mention.negativity,
    "trigger_severity": lambda mention, _: mention.severity.rank,
    "trigger_followers": lambda mention, _: mention.followers,
    "trigger_author_kind": lambda mention, _: mention.author_kind.value,
    "trigger_kind": lambda mention, _: mention.mention_kind.value,
}


def _of_windows(spec: FactSpec) -> Fact:
    raw, quantise = _OF_WINDOWS[spec.name], quantiser(spec)
    return lambda view: quantise(raw(view.state, view.found))


def _of_trigger(spec: FactSpec) -> Fact:
    raw, quantise = _OF_TRIGGER[spec.name], quantiser(spec)
    return lambda view: None if view.mention is None else quantise(raw(view.mention, view.category))


def quantiser(spec: FactSpec) -> Callable[[FactValue], FactValue]:
    """`spec.quantise` for values of the fact's own type, quicker."""
    low, high, step = spec.minimum, spec.maximum, spec.step

    def whole(value: FactValue) -> FactValue:
        return value if isinstance(value, int) and low <= value <= high else spec.quantise(value)

    def number(value: FactValue) -> FactValue:
        if isinstance(value, float) and low <= value <= high:
            return round(round(value / step) * step, 6)
        return spec.quantise(value)

    if spec.type is FactType.text:
        return lambda value: value
    return whole if spec.type is FactType.integer and step == 1 else number


FACTS: Final[dict[str, Fact]] = {
    name: (_of_trigger if name in _OF_TRIGGER else _of_windows)(spec) for name, spec in VOCABULARY.items()
}
"""How each fact of the vocabulary is computed."""
