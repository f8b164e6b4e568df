"""A change over a history: what the rules in force decided, what the changed ones would have, and how they differ."""

from typing import Final

from pydantic import JsonValue

from engine.backtest import Backtest, OnProgress, backtest_both
from engine.decisions import DecisionChange, compare, counts
from engine.history import History
from engine.release import Release
from engine.release_record import Comparison, HistoryMark

KEPT: Final = 500
"""Changed decisions that a comparison keeps, the first ones; `counts` counts all of them."""


def compare_over(old: Release, new: Release, history: History, on_progress: OnProgress | None = None) -> Comparison:
    """Both releases' rules over one history. Scores are those of the log: lexicons and brands change nothing."""
    before, after = backtest_both(old.rules, new.rules, history, on_progress)
    changes = compare(before.decisions, after.decisions, old.rules.rules, new.rules.rules)
    span = history.span
    return Comparison(
        old=old.hash,
        new=new.hash,
        history=HistoryMark(
            name=history.name,
            realm=span.realm if span else None,
            from_seq=span.first if span else None,
            to_seq=span.last if span else None,
            digest=history.digest,
        ),
        counts=counts(changes),
        document={
            "records": before.history.records,
            "old": _figures(before),
            "new": _figures(after),
            "changes": [_told(one) for one in changes[:KEPT]],
        },
    )


def _figures(result: Backtest) -> JsonValue:
    return {
        "decisions": len(result.decisions),
        "shadow": len(result.shadow),
        "incidents": len(result.incidents),
        "alerts_per_week": {rule: dict(weeks) for rule, weeks in result.alerts_per_week.items()},
        "budget_breaches": [one.model_dump(mode="json") for one in result.budget_breaches],
    }


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
