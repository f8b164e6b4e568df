"""How an incident seems to have ended, as a proposal with its reason: a person decides.

The rule, first that fits:
    恶化      raised to a higher level after the first public statement, or the last day was as negative as the worst
    长期影响  reopened after it was closed, or went on for more than 30 days
    好转      in the last day at most half as negative as at the worst, with at least 10 mentions of the brand
    平息      the last day had at most a fifth of the mentions of the busiest one, or nobody spoke of the brand any more
    恶化      none of these: the talk went on as before
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from engine.model import ChangeKind, IncidentChange
from engine.precedents.live import LiveIncident
from engine.store.talk import Minute
from knowledge.schema import OutcomeGrade

ENOUGH: Final = 10
"""Mentions of the brand from which a share of negative ones says something."""

HALVED: Final = 0.5
AS_BEFORE: Final = 0.9
QUIET: Final = 0.2
LONG: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)


class ProposedGrade(NamedTuple):
    """A grade and why, in a sentence."""

    grade: OutcomeGrade
    reason: str


class Mood(NamedTuple):
    """The talk of one day: mentions of the brand, and the share (0-1) of negative ones; None when nobody spoke."""

    said: int
    negative: float | None


def propose_grade(live: LiveIncident, ended_at: datetime) -> ProposedGrade:
    """What the log says of how it ended."""
    raised = _raised_after(live.changes, live.first_response)
    if raised is not None:
        return ProposedGrade("恶化", "首份对外声明之后等级又升高")
    if any(one.change is ChangeKind.reopened for one in live.changes):
        return ProposedGrade("长期影响", "关闭或缓和之后又重新打开")
    if ended_at - live.started_at > LONG:
        return ProposedGrade("长期影响", f"历时超过{LONG.days}天")
    return _by_mood(days_of(live.talk, live.started_at, ended_at))


def days_of(talk: Sequence[Minute], start: datetime, end: datetime) -> tuple[Mood, ...]:
    """The talk day by day, counted back from the end; the last one is the day before it."""
    days = []
    until = end
    while until > start:
        within = [one for one in talk if max(start, until - _DAY) <= one.at < until or (until == end and one.at == end)]
        said, negative = sum(one.said for one in within), sum(one.negative for one in within)
        days.append(Mood(said, negative / said if said else None))
        until -= _DAY
    return tuple(reversed(days))


def _by_mood(days: Sequence[Mood]) -> ProposedGrade:
    last = days[-1] if days else Mood(0, None)
    worst = max((one.negative for one in days if one.negative is not None and one.said >= ENOUGH), default=None)
    busiest = max((one.said for one in days), default=0)
    now = last.negative
    if now is None:
        return ProposedGrade("平息", "最后一天没有人再提起")
    if worst is not None and last.said >= ENOUGH and len(days) > 1:
        told = f"最后一天负面占{now:.0%}，最高时{worst:.0%}"
        if now <= HALVED * worst:
            return ProposedGrade("好转", told)
        if now >= AS_BEFORE * worst and last.said > QUIET * busiest:
            return ProposedGrade("恶化", f"{told}，没有回落")
    if last.said <= QUIET * busiest:
        return ProposedGrade("平息", f"最后一天提及{last.said}条，最多的一天{busiest}条")
    return ProposedGrade("恶化", f"最后一天仍有提及{last.said}条，负面占{now:.0%}，看不出回落")


def _raised_after(changes: Sequence[IncidentChange], statement: datetime | None) -> IncidentChange | None:
    if statement is None:
        return None
    risen = (one for one in changes if one.change is ChangeKind.escalated and one.at > statement)
    return next((one for one in risen if one.level_before is None or one.level.rank > one.level_before.rank), None)
