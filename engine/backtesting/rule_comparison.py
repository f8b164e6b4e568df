"""Two rule sets side by side: what changed in meaning, and which decisions that changes over a history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from engine.backtesting.backtest import Backtest, OnProgress, backtest_both
from engine.backtesting.comparison import MOST_ROWS, ChangedDecision, DecisionDiff, RuleComparison, SampleMention, Side
from engine.backtesting.decisions import DecisionChange, compare, counts
from engine.backtesting.episodes import Decision
from engine.backtesting.history import History
from engine.model import Realm
from engine.rule_set import RuleSet
from engine.store.database import Database
from engine.store.queries import mentions_by_id
from rules.diff import changes_levels, reworded, rule_changes
from rules.diff_handling import handling_changes
from rules.schema import RuleStatus

__all__ = ["RuleComparison", "Texts", "compare_meaning", "compare_rules", "stored_texts"]

SAMPLES: Final = 3
SAMPLE_LENGTH: Final = 80

Texts = Callable[[Sequence[str]], Mapping[str, str]]
"""The texts of these mentions, as far as they are known."""


def compare_meaning(
    old: RuleSet, new: RuleSet, since: date | None = None, rewritten: Iterable[str] = ()
) -> RuleComparison:
    """What changed in meaning alone. `since` is the first day that counts for exemptions; `rewritten` are ids of rules
    whose files read otherwise.
    """
    tables = (old.handling, new.handling) if old.handling and new.handling else (None, None)
    changes = {change.rule: change for change in rule_changes(old.rules, new.rules, since)}
    changes |= {rule: reworded(new.rule(rule)) for rule in rewritten if rule not in changes}
    return RuleComparison(
        old=old.hash,
        new=new.hash,
        rules=tuple(changes[rule] for rule in sorted(changes)),
        handling=handling_changes(*tables),
        two_because=changes_levels(old.rules, new.rules, since, tables),
    )


def compare_rules(
    old: RuleSet,
    new: RuleSet,
    history: History,
    *,
    since: date | None = None,
    rewritten: Iterable[str] = (),
    texts: Texts | None = None,
    on_progress: OnProgress | None = None,
) -> RuleComparison:
    """What changed in meaning and in decisions. `texts` gives the sample mentions' texts; without it their ids stand
    alone.
    """
    before, after = backtest_both(old, new, history, on_progress)
    alarms = compare(before.decisions, after.decisions, old.rules, new.rules)
    trial = _on_trial(old, new)
    was, now = _of(before.shadow, trial), _of(after.shadow, trial)
    titles = {rule.id: rule.title for rule in (*old.rules, *new.rules)}
    return compare_meaning(old, new, since, rewritten).model_copy(
        update={
            "history": after.history,
            "decisions": _diff(alarms, before.decisions, after.decisions, (before, after), titles, texts),
            "on_trial": _diff(compare(was, now, old.rules, new.rules), was, now, None, titles, texts),
        }
    )


def stored_texts(database: Database, realm: Realm) -> Texts:
    """The texts that a store holds, masked as they were stored."""

    def texts(ids: Sequence[str]) -> Mapping[str, str]:
        with database.read() as connection:
            return {row.mention.id: row.mention.text for row in mentions_by_id(connection, realm, ids)}

    return texts


def _on_trial(old: RuleSet, new: RuleSet) -> set[str]:
    """Rules that are not active on either side: one that starts or stops to alarm is told by its alarms."""
    active = {rule.id for rule in (*old.rules, *new.rules) if rule.status is RuleStatus.active}
    return {rule.id for rule in (*old.rules, *new.rules)} - active


def _of(decisions: Iterable[Decision], rules: set[str]) -> list[Decision]:
    return [one for one in decisions if one.rule in rules]


def _diff(
    changes: tuple[DecisionChange, ...],
    old: Sequence[Decision],
    new: Sequence[Decision],
    runs: tuple[Backtest, Backtest] | None,
    titles: Mapping[str, str],
    texts: Texts | None,
) -> DecisionDiff:
    by_rule: dict[str, list[DecisionChange]] = {}
    for change in changes:
        by_rule.setdefault(change.rule, []).append(change)
    shown = set(sorted(range(len(changes)), key=lambda at: (-_loudest(changes[at]), at))[:MOST_ROWS])
    kept = [change for at, change in enumerate(changes) if at in shown]
    known = texts(sorted({one for change in kept for one in change.mentions[-SAMPLES:]})) if texts else {}
    return DecisionDiff(
        old=len(old),
        new=len(new),
        incidents_old=len(runs[0].incidents) if runs else 0,
        incidents_new=len(runs[1].incidents) if runs else 0,
        counts=counts(changes),
        by_rule={rule: counts(found) for rule, found in sorted(by_rule.items())},
        rows=tuple(_row(change, titles, known) for change in kept),
    )


def _loudest(change: DecisionChange) -> int:
    return max(one.level.rank for one in (change.old, change.new) if one)


def _row(change: DecisionChange, titles: Mapping[str, str], known: Mapping[str, str]) -> ChangedDecision:
    samples = change.mentions[-SAMPLES:]
    return ChangedDecision(
        kind=change.kind,
        brand=change.brand,
        category=change.category,
        rule=change.rule,
        title=titles.get(change.rule, change.rule),
        old=Side.of(change.old),
        new=Side.of(change.new),
        text=change.text,
        mentions=tuple(SampleMention(id=one, text=_short(known.get(one))) for one in samples),
    )


def _short(text: str | None) -> str | None:
    if text is None:
        return None
    plain = " ".join(text.split())
    return plain if len(plain) <= SAMPLE_LENGTH else f"{plain[: SAMPLE_LENGTH - 1]}…"
