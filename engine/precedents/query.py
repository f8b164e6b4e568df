"""What an analyst asks for: words and filters, as an address carries them."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import Field, StringConstraints, model_validator

from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Category, Frozen, Level
from knowledge.schema import STRATEGY_TITLES, OutcomeGrade, Strategy
from knowledge.schema import Category as EntryCategory
from knowledge.schema import Level as EntryLevel
from retrieval.filters import SearchFilters
from retrieval.passages import Kind

LONGEST_QUERY: Final = 2000
KIND_TITLES: Final[dict[Kind, str]] = {"incident": "历史事件", "playbook": "预案", "template": "声明模板"}
OUTCOMES: Final[tuple[OutcomeGrade, ...]] = ("好转", "平息", "恶化", "长期影响")
_LISTS: Final = ("kinds", "categories", "levels", "platforms", "outcomes", "strategies")

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_QUERY)]
Platform = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class PrecedentQuery(Frozen):
    """A search with its filters; an empty one filters nothing. Platform, outcome and dates are of past incidents,
    strategy of these and of playbooks: with one of them nothing else is found.
    """

    q: Words = ""
    kinds: Annotated[tuple[Kind, ...], Field(max_length=3)] = ()
    categories: Annotated[tuple[Category, ...], Field(max_length=12)] = ()
    levels: Annotated[tuple[Level, ...], Field(max_length=3)] = ()
    platforms: Annotated[tuple[Platform, ...], Field(max_length=20)] = ()
    outcomes: Annotated[tuple[OutcomeGrade, ...], Field(max_length=4)] = ()
    strategies: Annotated[tuple[Strategy, ...], Field(max_length=6)] = ()
    since: date | None = None
    until: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_twice(cls, data: object) -> object:
        """Repeated values of an address count once."""
        if not isinstance(data, dict):
            return data
        seen = {name: tuple(dict.fromkeys(data[name])) for name in _LISTS if isinstance(data.get(name), (list, tuple))}
        return data | seen

    @property
    def filter_count(self) -> int:
        """How many filters are set."""
        lists = sum(1 for name in _LISTS if getattr(self, name))
        return lists + sum(1 for one in (self.since, self.until) if one)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that says the same."""
        dates = [(name, f"{one}") for name, one in (("since", self.since), ("until", self.until)) if one]
        told = [(name, str(value)) for name in _LISTS for value in getattr(self, name)]
        return [("q", self.q), *told, *dates] if self.q else [*told, *dates]

    def address(self, extra: Iterable[tuple[str, str]] = ()) -> str:
        """The part of an address after the question mark."""
        return urlencode([*self.pairs(), *extra])

    def filters(self) -> SearchFilters:
        """The filters as search takes them. Raises QueryError when they contradict each other."""
        return SearchFilters(
            kinds=frozenset(self.kinds),
            categories=frozenset(EntryCategory(one) for one in self.categories),
            levels=frozenset(EntryLevel(one) for one in self.levels),
            platforms=frozenset(self.platforms),
            outcomes=frozenset(self.outcomes),
            strategies=frozenset(self.strategies),
            since=self.since,
            until=self.until,
        )

    def words(self) -> tuple[str, ...]:
        """The filters in words: `类别：收费争议、催收争议`."""
        told = (
            ("种类", [KIND_TITLES[one] for one in self.kinds]),
            ("类别", [CATEGORY_TITLES[one] for one in self.categories]),
            ("等级", [LEVEL_TITLES[one] for one in self.levels]),
            ("平台", list(self.platforms)),
            ("结果", list(self.outcomes)),
            ("策略", [STRATEGY_TITLES[one] for one in self.strategies]),
            ("时间", [self._time()] if self.since or self.until else []),
        )
        return tuple(f"{name}：{'、'.join(values)}" for name, values in told if values)

    def _time(self) -> str:
        if self.since and self.until:
            return f"{self.since}至{self.until}"
        return f"{self.since}以后" if self.since else f"{self.until}以前"
