"""What a search found, as an analyst reads it: each hit with the facts that decide whether it is a precedent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pydantic import AwareDatetime

from engine.model import Category, Frozen, Level
from engine.precedents.query import PrecedentQuery
from engine.precedents.wording import after, minutes_of
from knowledge.schema import GOOD_OUTCOMES, OutcomeGrade, PastIncident, Strategy
from retrieval.results import Hit, SearchResult

_CLOSE: Final = ((0.85, "很相近"), (0.6, "相近"), (0.35, "有些相近"), (0.0, "相距较远"))
_SHOWN: Final = 4


class IncidentFacts(Frozen):
    """The facts of a past incident beside its hit; `first_response` is in words."""

    occurred_on: date
    level: Level
    platforms: tuple[str, ...]
    outcome_grade: OutcomeGrade
    ended_well: bool
    strategy: Strategy
    first_response: str
    source: str


class FoundEntry(Frozen):
    """A hit, how close it is in a word (nothing where nothing was typed), and the facts of a past incident; None for
    playbooks and templates.
    """

    hit: Hit
    closeness: str
    facts: IncidentFacts | None


class Found(Frozen):
    """The answer to a query at a moment. `understood` says in a sentence what was searched for in place of the words
    that were typed, when it was not the same. `total`: how many past incidents pass the filters when nothing was typed
    (`entries` are the newest of them), else how many entries are told.
    """

    query: PrecedentQuery
    at: AwareDatetime
    no_precedent: bool
    entries: tuple[FoundEntry, ...]
    total: int
    understood: str = ""


class EntryLine(Frozen):
    """A past incident in a list."""

    id: str
    title: str
    category: Category
    facts: IncidentFacts


class KnowledgeOverview(Frozen):
    """What there is to find: counts by category, platforms (most used first), our own newest incidents, and those that
    ended worst and best, newest first.
    """

    incidents: int
    playbooks: int
    templates: int
    by_category: tuple[tuple[Category, int], ...]
    platforms: tuple[str, ...]
    newest_own: tuple[EntryLine, ...]
    worst: tuple[EntryLine, ...]
    best: tuple[EntryLine, ...]


def closeness(score: float) -> str:
    """A score of 0-1 as a word."""
    return next(word for least, word in _CLOSE if score >= least)


def facts_of(entry: PastIncident) -> IncidentFacts:
    """The facts of a past incident."""
    response = entry.first_response
    return IncidentFacts(
        occurred_on=entry.occurred_on,
        level=Level(entry.level),
        platforms=entry.platforms,
        outcome_grade=entry.outcome_grade,
        ended_well=entry.outcome_grade in GOOD_OUTCOMES,
        strategy=entry.strategy,
        first_response="没有公开回应" if response is None else f"{after(minutes_of(response))}后首次回应",
        source=entry.source,
    )


def found(
    query: PrecedentQuery, result: SearchResult, incidents: Mapping[str, PastIncident], at: AwareDatetime
) -> Found:
    """A search's result with the facts of its past incidents."""
    entries = tuple(_entry(hit, incidents.get(hit.id), result.no_precedent) for hit in result.hits)
    return Found(
        query=query,
        at=at,
        no_precedent=result.no_precedent,
        entries=entries,
        total=len(entries),
        understood=result.understood or "",
    )


def browse(query: PrecedentQuery, incidents: Iterable[PastIncident], at: AwareDatetime, k: int) -> Found:
    """Past incidents within the filters, newest first: what is asked for without words."""
    chosen = [one for one in incidents if within(query, one)] if query.kinds in ((), ("incident",)) else []
    newest = sorted(chosen, key=lambda one: (one.occurred_on, one.id), reverse=True)
    entries = tuple(FoundEntry(hit=_listed(one), closeness="", facts=facts_of(one)) for one in newest[:k])
    return Found(query=query, at=at, no_precedent=False, entries=entries, total=len(newest))


def within(query: PrecedentQuery, entry: PastIncident) -> bool:
    """Whether a past incident passes the filters."""
    return (
        _one_of(str(entry.category), query.categories)
        and _one_of(str(entry.level), query.levels)
        and (not query.platforms or bool({*query.platforms} & {*entry.platforms}))
        and _one_of(entry.outcome_grade, query.outcomes)
        and _one_of(entry.strategy, query.strategies)
        and (query.since is None or entry.occurred_on >= query.since)
        and (query.until is None or entry.occurred_on <= query.until)
    )


def _one_of(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


def _listed(entry: PastIncident) -> Hit:
    return Hit(
        id=entry.id,
        kind="incident",
        title=entry.title,
        score=0.0,
        reasons=(entry.cause,),
        category=str(entry.category),
        level=str(entry.level),
    )


def _entry(hit: Hit, past: PastIncident | None, no_precedent: bool) -> FoundEntry:
    word = "不够相近" if no_precedent else closeness(hit.score)
    return FoundEntry(hit=hit, closeness=word, facts=facts_of(past) if past else None)


def overview(incidents: Iterable[PastIncident], playbooks: int, templates: int) -> KnowledgeOverview:
    """What there is to find."""
    entries = sorted(incidents, key=lambda one: (one.occurred_on, one.id), reverse=True)
    counts = Counter(Category(one.category) for one in entries)
    platforms = Counter(platform for one in entries for platform in one.platforms)
    bad = [one for one in entries if one.outcome_grade not in GOOD_OUTCOMES]
    good = [one for one in entries if one.outcome_grade in GOOD_OUTCOMES]
    return KnowledgeOverview(
        incidents=len(entries),
        playbooks=playbooks,
        templates=templates,
        by_category=tuple((category, counts[category]) for category in Category),
        platforms=tuple(sorted(platforms, key=lambda name: (-platforms[name], name))),
        newest_own=_lines(one for one in entries if one.source == "own"),
        worst=_lines(sorted(bad, key=lambda one: list(Level).index(Level(one.level)), reverse=True)),
        best=_lines(sorted(good, key=lambda one: list(Level).index(Level(one.level)), reverse=True)),
    )


def _lines(entries: Iterable[PastIncident]) -> tuple[EntryLine, ...]:
    lines = (
        EntryLine(id=one.id, title=one.title, category=Category(one.category), facts=facts_of(one)) for one in entries
    )
    return tuple(line for line, _ in zip(lines, range(_SHOWN), strict=False))
