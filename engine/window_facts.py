"""One category at one moment as rules see it: facts are computed when somebody asks for them.

Most records are decided by a handful of facts in whole numbers. All of them are written out only for what is worth
recording, or when somebody asks why.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from operator import itemgetter
from typing import Final

from engine.facts.values import COUNTED, OF_TRIGGER, OF_WINDOWS, counted
from engine.model import Category, FactValue, MentionRecord, Realm, WindowFacts
from engine.window_counts import CHINA_MINUTES, DAY
from engine.window_state import BrandState, CategoryState
from rules.fixed_point import Fixed, fixed, fixer, quantiser
from rules.vocabulary import VOCABULARY

_CHINA: Final = timezone(timedelta(minutes=CHINA_MINUTES))
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_LARGEST_COUNT: Final = 10_000_000
"""The vocabulary's range of every fact in `COUNTED`."""


class FactView:
    """What is true of (realm, brand, category) now. Good until the brand's next record: it looks at the state itself.

    It has what `WindowFacts` has, computed when it is asked for; `written` keeps it all.
    """

    __slots__ = ("_written", "brand_seq", "category", "found", "mention", "now", "state")

    def __init__(
        self, state: BrandState, found: CategoryState, category: Category, brand_seq: int, mention: MentionRecord | None
    ) -> None:
        self.state = state
        self.found = found
        self.category = category
        self.brand_seq = brand_seq
        self.mention = mention
        self.now = state.now
        self._written: WindowFacts | None = None

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
        return date.fromordinal(self.day_number)

    @property
    def day_number(self) -> int:
        """The same as `date.toordinal`."""
        return (self.now + CHINA_MINUTES) // DAY + _FIRST_DAY

    @property
    def trigger(self) -> str | None:
        """The mention that just arrived."""
        return self.mention.mention if self.mention else None

    @property
    def values(self) -> dict[str, FactValue]:
        """Every fact, quantised."""
        return {name: quantise(RAW[name](self)) for name, quantise in _QUANTISERS}

    def written(self) -> WindowFacts:
        """All of it, for keeps."""
        if self._written is None:
            self._written = WindowFacts(
                realm=self.realm,
                brand=self.brand,
                category=self.category,
                at=self.at,
                brand_seq=self.brand_seq,
                trigger=self.trigger,
                values=self.values,
            )
        return self._written


Fact = Callable[[FactView], FactValue]


def _raw(name: str) -> Fact:
    if name in OF_TRIGGER:
        of_trigger = OF_TRIGGER[name]
        return lambda view: None if view.mention is None else of_trigger(view.mention, view.category)
    of_windows = OF_WINDOWS[name]
    return lambda view: of_windows(view.state, view.found)


RAW: Final[dict[str, Fact]] = {name: _raw(name) for name in VOCABULARY}
"""Every fact before it is quantised."""


_QUANTISERS: Final = tuple((name, quantiser(name)) for name in VOCABULARY)


class FactPlan:
    """Lays out some facts as rows of whole numbers and words, in the order of `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        of_windows = [name for name in names if name in OF_WINDOWS and name not in COUNTED]
        of_trigger = [name for name in names if name in OF_TRIGGER]
        self._of_windows = [(fixer(name), OF_WINDOWS[name]) for name in of_windows]
        self._of_trigger = [(fixer(name), OF_TRIGGER[name]) for name in of_trigger]
        self._no_trigger = [None] * len(of_trigger)
        start = len(counted(BrandState.empty(Realm.live, ""), CategoryState()))
        places = {**COUNTED, **{name: start + place for place, name in enumerate([*of_windows, *of_trigger])}}
        self._pick = _picker([places[name] for name in names])

    def row(self, view: FactView) -> tuple[Fixed, ...]:
        """The facts of a moment."""
        state, category, mention = view.state, view.found, view.mention
        found: list[Fixed] = [*_within_range(counted(state, category))]
        found += [fix(raw(state, category)) for fix, raw in self._of_windows]
        if mention is None:
            found += self._no_trigger
        else:
            found += [fix(raw(mention, view.category)) for fix, raw in self._of_trigger]
        return self._pick(found)

    def row_of(self, values: Mapping[str, FactValue]) -> tuple[Fixed, ...]:
        """The same of quantised facts."""
        return tuple(fixed(name, values[name]) for name in self.names)


def _within_range(counts: list[int]) -> list[int]:
    return counts if max(counts) <= _LARGEST_COUNT else [min(one, _LARGEST_COUNT) for one in counts]


def _picker(places: list[int]) -> Callable[[list[Fixed]], tuple[Fixed, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda found: tuple(found[place] for place in places)


def time_of(minute: int) -> datetime:
    """A minute since the epoch, in Chinese time."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(_CHINA)
