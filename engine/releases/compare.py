"""A change over a history: what the rules in force decided, what the changed ones would have, and how they differ."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from engine.backtesting.backtest import Backtest, OnProgress, backtest_both
from engine.backtesting.decisions import DecisionChange, compare, counts
from engine.backtesting.episodes import Decision
from engine.backtesting.history import History
from engine.incident_book import CHINA
from engine.releases.record import Comparison, HistoryMark
from engine.releases.release import Release

KEPT: Final = 500
"""Changed decisions that a comparison keeps, the first ones; `counts` counts all of them."""


def compare_over(old: Release, new: Release, history: History, on_progress: OnProgress | None = None) -> Comparison:
    """Both releases' rules over one history. Scores are those of the log: lexicons and brands change nothing."""
    before, after = backtest_both(old.rules, new.rules, history, on_progress)
    span = history.span
    mark = HistoryMark(
        name=history.name,
        realm=span.realm if span else None,
        from_seq=span.first if span else None,
        to_seq=span.last if span else None,
        digest=history.digest,
    )
    return comparison_of(old, new, before, after, mark)


def comparison_of(old: Release, new: Release, before: Backtest, after: Backtest, history: HistoryMark) -> Comparison:
    """What two backtests over the same history differ in."""
    changes = compare(before.decisions, after.decisions, old.rules.rules, new.rules.rules)
    return Comparison(
        old=old.hash,
        new=new.hash,
        history=history,
        counts=counts(changes),
        document={
            "records": before.history.records,
            "since": _iso(before.history.since),
            "until": _iso(before.history.until),
            "old": _figures(before),
            "new": _figures(after),
            "activity": _activity(before),
            "changes": [_told(one) for one in changes[:KEPT]],
        },
    )


def _figures(result: Backtest) -> JsonValue:
    return {
        "decisions": len(result.decisions),
        "shadow": len(result.shadow),
        "incidents": len(result.incidents),
        "alerts_per_week": {rule: dict(weeks) for rule, weeks in result.alerts_per_week.items()},
        "alerts_per_day": _per_day(result.decisions),
        "budget_breaches": [one.model_dump(mode="json") for one in result.budget_breaches],
    }


def _per_day(decisions: Iterable[Decision]) -> JsonValue:
    """How many alerts of each rule began on each Chinese calendar day."""
    found: dict[str, Counter[str]] = {}
    for one in decisions:
        found.setdefault(one.rule, Counter())[_day(one.start)] += 1
    return {rule: dict(sorted(days.items())) for rule, days in sorted(found.items())}


def _activity(result: Backtest) -> JsonValue:
    """Negative mentions of each category on each Chinese calendar day."""
    found: dict[str, Counter[str]] = {}
    for one in result.activity:
        found.setdefault(str(one.category), Counter())[_day(one.hour)] += one.count
    return {category: dict(sorted(days.items())) for category, days in sorted(found.items())}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _day(moment: datetime) -> str:
    return moment.astimezone(CHINA).date().isoformat()


def _told(one: DecisionChange) -> JsonValue:
    body: JsonValue = {
        "kind": str(one.kind),
        "brand": one.brand,
        "category": str(one.category),
        "rule": one.rule,
        "start": one.start.isoformat(),
        "text": one.text,
        "mentions": list(one.mentions),
    }
    return body
