"""What a search is limited to, checked when it is made, and which documents pass."""

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from knowledge.schema import STRATEGY_TITLES, Category, Level, OutcomeGrade, Strategy
from retrieval.errors import QueryError
from retrieval.passages import Document, Kind
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES

KIND_TITLES: Mapping[Kind, str] = {"incident": "历史事件", "playbook": "预案", "template": "声明模板"}
_MOST_SHOWN = 20
_CATEGORIES = {str(one): title for one, title in CATEGORY_TITLES.items()}
_LEVELS = {str(one): title for one, title in LEVEL_TITLES.items()}
_STRATEGIES = {str(one): title for one, title in STRATEGY_TITLES.items()}
_OUTCOMES = {str(one): str(one) for one in get_args(OutcomeGrade)}


def _choice(title: str, allowed: Mapping[Any, str]) -> BeforeValidator:
    """A field of names or Chinese titles, one or several."""
    names = {str(name): str(name) for name in allowed} | {shown: str(name) for name, shown in allowed.items()}
    told = "、".join(str(name) if name == shown else f"{name}（{shown}）" for name, shown in allowed.items())

    def check(given: object) -> frozenset[str]:
        values = [str(value).strip() for value in _several(given)]
        unknown = [value for value in values if value not in names]
        if unknown:
            raise QueryError(f"{title}没有“{unknown[0][:40]}”，可选：{told}")
        return frozenset(names[value] for value in values)

    return BeforeValidator(check)


def _several(given: object) -> Iterable[object]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str | StrEnum) else given if isinstance(given, Iterable) else (given,)


def _names(given: object) -> frozenset[str]:
    return frozenset(text for value in _several(given) if (text := str(value).strip()))


_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def _day(*, last: bool) -> BeforeValidator:
    """A day, or a month or year, of which the first or last day is meant."""

    def check(given: object) -> object:
        if not isinstance(given, str):
            return given
        try:
            found = _DAY.fullmatch(given.strip())
            if found is None:
                raise ValueError(given)
            year, month = int(found[1]), int(found[2] or (12 if last else 1))
            return date(year, month, int(found[3] or (calendar.monthrange(year, month)[1] if last else 1)))
        except ValueError:
            raise QueryError(f"日期“{given[:40]}”无法识别，请写成 2024-05-01、2024-05 或 2024") from None

    return BeforeValidator(check)


class SearchFilters(BaseModel):
    """What hits must be; an empty field lets everything pass.

    Names or Chinese titles are taken, one or several (any of them). `platforms` match names that contain them.
    `platforms`, `outcomes`, `since` and `until` only past incidents can pass; `strategies` playbooks too; templates for
    any category pass every category. Raises QueryError that names what is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Annotated[frozenset[Kind], _choice("知识种类", KIND_TITLES)] = frozenset()
    categories: Annotated[frozenset[Category], _choice("类别", _CATEGORIES)] = frozenset()
    levels: Annotated[frozenset[Level], _choice("等级", _LEVELS)] = frozenset()
    platforms: Annotated[frozenset[str], BeforeValidator(_names)] = frozenset()
    outcomes: Annotated[frozenset[OutcomeGrade], _choice("结果", _OUTCOMES)] = frozenset()
    strategies: Annotated[frozenset[Strategy], _choice("应对策略", _STRATEGIES)] = frozenset()
    since: Annotated[date | None, _day(last=False)] = None
    until: Annotated[date | None, _day(last=True)] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise QueryError(f"起始日期 {self.since} 晚于截止日期 {self.until}")
        return self

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self is not ANYTHING and self != ANYTHING


ANYTHING = SearchFilters()


class FilterIndex:
    """The filterable facts of documents as arrays, in their order."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._count = len(documents)
        self._kinds = _flags([[one.kind] for one in documents])
        self._categories = _flags([[str(one.category)] for one in documents])
        self._levels = _flags([[str(level) for level in one.levels] for one in documents])
        self._strategies = _flags([[str(strategy) for strategy in one.strategies] for one in documents])
        self._outcomes = _flags([[one.facts.outcome_grade] if one.facts else [] for one in documents])
        self._platforms = _flags([one.facts.platforms if one.facts else () for one in documents])
        self._days = np.array([one.facts.occurred_on.toordinal() if one.facts else 0 for one in documents], np.int64)

    def passing(self, filters: SearchFilters) -> NDArray[np.bool_]:
        """Which documents pass. Raises QueryError for a platform that no past incident names."""
        mask = np.ones(self._count, np.bool_)
        categories = filters.categories and {*map(str, filters.categories), "any"}
        for flags, wanted in (
            (self._kinds, filters.kinds),
            (self._categories, categories),
            (self._levels, filters.levels),
            (self._strategies, filters.strategies),
            (self._outcomes, filters.outcomes),
            (self._platforms, self._named(filters.platforms)),
        ):
            if wanted:
                mask &= self._any(flags, wanted)
        if filters.since:
            mask &= self._days >= filters.since.toordinal()
        if filters.until:
            mask &= (self._days > 0) & (self._days <= filters.until.toordinal())
        return mask

    @cached_property
    def incidents(self) -> NDArray[np.bool_]:
        """Which documents are past incidents."""
        return self._any(self._kinds, ("incident",))

    def _any(self, flags: dict[str, NDArray[np.int64]], wanted: Iterable[str]) -> NDArray[np.bool_]:
        mask = np.zeros(self._count, np.bool_)
        for name in wanted:
            if name in flags:
                mask[flags[name]] = True
        return mask

    def _named(self, wanted: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for part in wanted:
            named = {name for name in self._platforms if part.lower() in name.lower()}
            if not named:
                known = sorted(self._platforms, key=lambda name: (-len(self._platforms[name]), name))[:_MOST_SHOWN]
                raise QueryError(f"历史事件中没有平台“{part[:40]}”，常见的有：{'、'.join(known) or '无'}")
            found |= named
        return found


def _flags(values: Iterable[Iterable[str]]) -> dict[str, NDArray[np.int64]]:
    """For each value the numbers of the documents that have it."""
    found: dict[str, list[int]] = {}
    for number, names in enumerate(values):
        for name in names:
            found.setdefault(str(name), []).append(number)
    return {name: np.array(numbers, np.int64) for name, numbers in found.items()}
