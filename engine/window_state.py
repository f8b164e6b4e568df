"""What the windows remember of one brand: bounded, serialisable, in whole minutes of event time.

Memory is bounded by the longest window (7 days of minutes) and by `MAX_KEYS` remembered accounts, contents and
platforms per category.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, TypeAdapter

from engine.model import Category, Realm
from engine.window_counts import DAY, LONGEST, WINDOW_MINUTES, DayCount, MinuteCounts
from engine.window_upgrade import upgraded

__all__ = ["DAY", "LONGEST", "WINDOW_MINUTES", "BrandState", "CategoryState", "DayPeak", "LastSeen"]

MAX_KEYS: Final = 20_000
SWEEP_MINUTES: Final = 360
HEAT_HALF_LIFE_MINUTES: Final = 360
PEAK_BUCKET_MINUTES: Final = 10
STATE_VERSION: Final = 2

StoredCounts = Annotated[MinuteCounts, PlainValidator(MinuteCounts.from_plain), PlainSerializer(MinuteCounts.plain)]
StoredDay = Annotated[DayCount, PlainValidator(DayCount.from_plain), PlainSerializer(DayCount.plain)]


@dataclass(slots=True)
class LastSeen:
    """When each key (account, content group, platform) was last seen, at most `MAX_KEYS` of the last 24 hours."""

    minute_of: dict[str, int] = field(default_factory=dict)
    swept_at: int = 0

    def touch(self, key: str, minute: int, counts: MinuteCounts, place: int) -> None:
        """Note a key at a minute; `counts` counts every key once, in the minute of its last appearance."""
        before = self.minute_of.get(key)
        if before is not None:
            if before >= minute:
                return
            counts.add(before, place, -1)
        counts.add(minute, place)
        self.minute_of[key] = minute
        if len(self.minute_of) > MAX_KEYS or counts.now - self.swept_at >= SWEEP_MINUTES:
            self._forget(counts.now)

    def _forget(self, now: int) -> None:
        """Drop what left the day; if that is not enough, the longest unseen tenth (their counts stay till they age)."""
        kept = {key: minute for key, minute in self.minute_of.items() if minute > now - DAY}
        if len(kept) > MAX_KEYS:
            order = sorted(kept, key=lambda key: (kept[key], key))
            for key in order[: MAX_KEYS // 10]:
                del kept[key]
        self.minute_of = kept
        self.swept_at = now


@dataclass(slots=True)
class DayPeak:
    """The highest value of the last 24 hours, in buckets of ten minutes.

    Kept are only the buckets that are or may become the highest: later ones are always lower.
    """

    peaks: list[tuple[int, float]] = field(default_factory=list)

    def note(self, minute: int, now: int, value: float) -> None:
        """Remember the value of a minute; what left the day is forgotten."""
        edge, bucket, peaks = _peak_edge(now), minute // PEAK_BUCKET_MINUTES, self.peaks
        while peaks and peaks[0][0] <= edge:
            del peaks[0]
        if bucket <= edge or any(later >= bucket and high >= value for later, high in peaks):
            return
        kept = [(earlier, high) for earlier, high in peaks if earlier > bucket or high > value]
        self.peaks = sorted([*kept, (bucket, value)])

    def within_day(self, now: int) -> float | None:
        """The highest value of the last 24 hours; None when there was none."""
        if not self.peaks:
            return None
        edge = _peak_edge(now)
        if self.peaks[0][0] > edge:
            return self.peaks[0][1]
        return next((value for bucket, value in self.peaks if bucket > edge), None)


def _peak_edge(now: int) -> int:
    return (now - DAY) // PEAK_BUCKET_MINUTES


@dataclass(slots=True)
class CategoryState:
    """One category of one brand. `primaries` counts the day's mentions by their main matter; `best_rank` holds
    hot-search ranks below zero, so that the best is the highest.
    """

    counts: StoredCounts = field(default_factory=MinuteCounts)
    primaries: dict[Category, StoredDay] = field(default_factory=dict)
    authors: LastSeen = field(default_factory=LastSeen)
    groups: LastSeen = field(default_factory=LastSeen)
    platforms: LastSeen = field(default_factory=LastSeen)
    top_heat: DayPeak = field(default_factory=DayPeak)
    best_rank: DayPeak = field(default_factory=DayPeak)
    reach: float = 0.0
    reach_at: int = 0
    samples: list[str] = field(default_factory=list)

    def decayed_reach(self, now: int) -> float:
        """People reached, each mention halved every six hours of age."""
        age = now - self.reach_at
        return self.reach * float(0.5 ** (age / HEAT_HALF_LIFE_MINUTES)) if age > 0 else self.reach

    def add_reach(self, minute: int, now: int, people: int) -> None:
        """Add people reached at a minute, already decayed by that mention's age."""
        age = now - minute
        added = people * float(0.5 ** (age / HEAT_HALF_LIFE_MINUTES)) if age > 0 else people
        self.reach = self.decayed_reach(now) + added
        self.reach_at = now


@dataclass(slots=True)
class BrandState:
    """Everything the windows know of (realm, brand); `now` is event time in minutes since the epoch."""

    realm: Realm
    brand: str
    version: int = STATE_VERSION
    now: int = 0
    first_seen: int | None = None
    late: int = 0
    all_mentions: StoredDay = field(default_factory=DayCount)
    categories: dict[Category, CategoryState] = field(default_factory=dict)

    @classmethod
    def empty(cls, realm: Realm, brand: str) -> "BrandState":
        """The state before the first record."""
        return cls(realm, brand)

    def category(self, category: Category) -> CategoryState:
        """The state of a category, made when first needed."""
        found = self.categories.get(category)
        if found is None:
            found = self.categories[category] = CategoryState(counts=MinuteCounts(self.now))
        return found

    def to_json(self) -> bytes:
        """Canonical bytes: equal states give equal bytes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "BrandState":
        """The state that `to_json` wrote, or that this program's first version did."""
        return _ADAPTER.validate_json(data)


def _upgraded(raw: Any) -> Any:
    return upgraded(raw) if isinstance(raw, dict) else raw


StoredState = Annotated[BrandState, BeforeValidator(_upgraded)]
_ADAPTER: Final[TypeAdapter[BrandState]] = TypeAdapter(StoredState)
