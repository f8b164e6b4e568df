"""Findings → decisions: a rule that keeps saying the same for hours has decided once, not every hour.

One definition of an alert for backtests, rule health and alert budgets, so that what a backtest promises is what the
live figures are measured by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from pydantic import AwareDatetime

from engine.incident_book import CHINA
from engine.model import Category, Finding, Frozen, Level
from engine.store.log import TICK

SHORTEST_GAP: Final = timedelta(hours=6)
MENTIONS: Final = 20
"""Ids that a decision keeps of the mentions behind it, the newest."""


class Decision(Frozen):
    """One episode in which a rule kept saying it: `start` and `end` are its first and last finding, `level` the
    highest, `first_at` when each level was first said, `mentions` the newest behind it, oldest first.
    """

    brand: str
    category: Category
    rule: str
    start: AwareDatetime
    end: AwareDatetime
    level: Level
    first_at: dict[Level, AwareDatetime]
    mentions: tuple[str, ...] = ()


def gap_of(cooldown_minutes: int) -> timedelta:
    """Findings of one brand, category and rule that are no further apart belong to one decision: six hours, or the
    rule's cooldown where that is longer, plus the half hour until it is evaluated again.
    """
    return max(SHORTEST_GAP, timedelta(minutes=cooldown_minutes) + TICK)


@dataclass(slots=True)
class _Open:
    start: datetime
    end: datetime
    level: Level
    first_at: dict[Level, datetime]
    mentions: list[str]


@dataclass(slots=True)
class Episodes:
    """Collects findings in the order of their brands' time; remembers the decisions and one open episode per brand,
    category and rule.
    """

    done: list[Decision] = field(default_factory=list)
    _open: dict[tuple[str, Category, str], _Open] = field(default_factory=dict)

    def take(self, finding: Finding, mentions: Iterable[str] = ()) -> bool:
        """Add a finding with the newest mentions behind it; whether a decision begins with it."""
        key = (finding.brand, finding.category, finding.rule)
        held = self._open.get(key)
        begins = held is None or finding.at - held.end > gap_of(finding.cooldown_minutes)
        if held is None or begins:
            if held is not None:
                self.done.append(_decision(key, held))
            held = self._open[key] = _Open(finding.at, finding.at, finding.level, {}, [])
        held.end = max(held.end, finding.at)
        held.level = max(held.level, finding.level, key=lambda level: level.rank)
        held.first_at.setdefault(finding.level, finding.at)
        held.mentions = list(dict.fromkeys((*held.mentions, *mentions)))[-MENTIONS:]
        return begins

    def finish(self) -> tuple[Decision, ...]:
        """Every decision by start, brand, category and rule."""
        found = [*self.done, *(_decision(key, held) for key, held in self._open.items())]
        return tuple(sorted(found, key=lambda one: (one.start, one.brand, one.category, one.rule)))


def decisions_of(findings: Iterable[Finding]) -> tuple[Decision, ...]:
    """The decisions of findings in any order; without mentions."""
    episodes = Episodes()
    for finding in sorted(findings, key=lambda one: (one.at, one.facts.brand_seq, one.rule)):
        episodes.take(finding)
    return episodes.finish()


def week_of(moment: datetime) -> str:
    """The ISO week of the Chinese calendar day, e.g. 2026-W10."""
    return week_name(moment.astimezone(CHINA).date())


def week_name(day: date) -> str:
    """The ISO week of a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def per_week(decisions: Iterable[Decision]) -> Mapping[str, Mapping[str, int]]:
    """How many decisions of each rule began in each week, both in order."""
    counts: dict[str, dict[str, int]] = {}
    for one in decisions:
        of_rule = counts.setdefault(one.rule, {})
        week = week_of(one.start)
        of_rule[week] = of_rule.get(week, 0) + 1
    return {rule: dict(sorted(weeks.items())) for rule, weeks in sorted(counts.items())}


def _decision(key: tuple[str, Category, str], held: _Open) -> Decision:
    brand, category, rule = key
    return Decision(
        brand=brand,
        category=category,
        rule=rule,
        start=held.start,
        end=held.end,
        level=held.level,
        first_at=dict(sorted(held.first_at.items(), key=lambda pair: pair[0].rank)),
        mentions=tuple(held.mentions),
    )
