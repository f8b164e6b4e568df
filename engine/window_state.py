"""What the windows remember of one brand: bounded, serialisable, in whole minutes of event time.

Sums are kept per minute with a running total per window, so that a record costs the minutes that left a window
since the last one, not the length of the window. Memory is bounded by the longest window (7 days of minutes) and
by `MAX_KEYS` remembered accounts, contents and platforms per category.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter

from engine.model import Category, Realm

WINDOW_MINUTES: Final = {"10m": 10, "1h": 60, "6h": 360, "24h": 1440, "7d": 10080}
DAY: Final = 1440
LONGEST: Final = WINDOW_MINUTES["7d"]
MAX_KEYS: Final = 20_000
SWEEP_MINUTES: Final = 360
HEAT_HALF_LIFE_MINUTES: Final = 360
PEAK_BUCKET_MINUTES: Final = 10
MAX_PEAKS: Final = 2 * DAY // PEAK_BUCKET_MINUTES
STATE_VERSION: Final = 1


@dataclass(slots=True)
class WindowedSums:
    """Counters per minute and their totals over every window that ends at `now`."""

    now: int = 0
    minutes: list[int] = field(default_factory=list)
    buckets: dict[int, dict[str, int]] = field(default_factory=dict)
    totals: dict[str, dict[str, int]] = field(default_factory=lambda: {key: {} for key in WINDOW_MINUTES})

    def move_to(self, now: int) -> None:
        """Advance the windows' end; what fell out is subtracted, what left the longest window is forgotten."""
        if now <= self.now:
            return
        for key, length in WINDOW_MINUTES.items():
            left = bisect_left(self.minutes, self.now - length + 1)
            right = bisect_left(self.minutes, now - length + 1)
            for minute in self.minutes[left:right]:
                _accumulate(self.totals[key], self.buckets[minute], -1)
        self.now = now
        gone = bisect_left(self.minutes, now - LONGEST + 1)
        for minute in self.minutes[:gone]:
            del self.buckets[minute]
        del self.minutes[:gone]

    def add(self, minute: int, name: str, amount: int = 1) -> None:
        """Count `amount` of `name` in a minute at or before `now`; older than the longest window is ignored."""
        if minute <= self.now - LONGEST:
            return
        bucket = self.buckets.get(minute)
        if bucket is None:
            bucket = self.buckets[minute] = {}
            insort(self.minutes, minute)
        step = {name: amount}
        _accumulate(bucket, step, 1)
        for key, length in WINDOW_MINUTES.items():
            if minute > self.now - length:
                _accumulate(self.totals[key], step, 1)

    def total(self, window: str, name: str) -> int:
        """The sum of `name` over a window."""
        return self.totals[window].get(name, 0)


def _accumulate(into: dict[str, int], step: dict[str, int], sign: int) -> None:
    for name, amount in step.items():
        value = into.get(name, 0) + sign * amount
        if value:
            into[name] = value
        else:
            into.pop(name, None)


@dataclass(slots=True)
class LastSeen:
    """When each key (account, content group, platform) was last seen, at most `MAX_KEYS` of the last 24 hours."""

    minute_of: dict[str, int] = field(default_factory=dict)
    swept_at: int = 0

    def touch(self, key: str, minute: int, sums: WindowedSums, name: str) -> None:
        """Note a key at a minute; `sums` counts every key once, in the minute of its last appearance."""
        before = self.minute_of.get(key)
        if before is not None:
            if before >= minute:
                return
            sums.add(before, name, -1)
        sums.add(minute, name, 1)
        self.minute_of[key] = minute
        if len(self.minute_of) > MAX_KEYS or sums.now - self.swept_at >= SWEEP_MINUTES:
            self._forget(sums.now)

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
class DayPeaks:
    """A maximum or minimum over the last 24 hours, kept in buckets of ten minutes."""

    values: dict[int, float] = field(default_factory=dict)

    def note(self, minute: int, value: float, *, smallest: bool = False) -> None:
        """Remember an extreme value of a minute."""
        bucket = minute // PEAK_BUCKET_MINUTES
        before = self.values.get(bucket)
        if before is None:
            self.values[bucket] = value
        else:
            self.values[bucket] = min(before, value) if smallest else max(before, value)
        if len(self.values) > MAX_PEAKS:  # history is noted without being looked at: keep the latest day and a bit
            self.values = {bucket: self.values[bucket] for bucket in sorted(self.values)[-MAX_PEAKS * 3 // 4 :]}

    def within_day(self, now: int) -> list[float]:
        """All values of the last 24 hours; older ones are forgotten."""
        edge = (now - DAY) // PEAK_BUCKET_MINUTES
        if any(bucket <= edge for bucket in self.values):
            self.values = {bucket: value for bucket, value in self.values.items() if bucket > edge}
        return list(self.values.values())


@dataclass(slots=True)
class CategoryState:
    """One category of one brand."""

    sums: WindowedSums = field(default_factory=WindowedSums)
    authors: LastSeen = field(default_factory=LastSeen)
    groups: LastSeen = field(default_factory=LastSeen)
    platforms: LastSeen = field(default_factory=LastSeen)
    top_heat: DayPeaks = field(default_factory=DayPeaks)
    hot_search: DayPeaks = field(default_factory=DayPeaks)
    reach: float = 0.0
    reach_at: int = 0
    samples: list[str] = field(default_factory=list)

    def decayed_reach(self, now: int) -> float:
        """People reached, each mention halved every six hours of age."""
        age = max(0, now - self.reach_at)
        return self.reach * float(0.5 ** (age / HEAT_HALF_LIFE_MINUTES))

    def add_reach(self, minute: int, now: int, people: int) -> None:
        """Add people reached at a minute, already decayed by that mention's age."""
        age = max(0, now - minute)
        self.reach = self.decayed_reach(now) + people * float(0.5 ** (age / HEAT_HALF_LIFE_MINUTES))
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
    all_mentions: WindowedSums = field(default_factory=WindowedSums)
    categories: dict[Category, CategoryState] = field(default_factory=dict)

    @classmethod
    def empty(cls, realm: Realm, brand: str) -> "BrandState":
        """The state before the first record."""
        return cls(realm, brand)

    def category(self, category: Category) -> CategoryState:
        """The state of a category, made when first needed."""
        found = self.categories.get(category)
        if found is None:
            found = self.categories[category] = CategoryState(sums=WindowedSums(now=self.now))
        return found

    def to_json(self) -> bytes:
        """Canonical bytes: equal states give equal bytes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "BrandState":
        """The state that `to_json` wrote."""
        return _ADAPTER.validate_json(data)


_ADAPTER: Final = TypeAdapter(BrandState)
