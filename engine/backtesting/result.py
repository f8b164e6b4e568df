"""What a backtest comes to: decisions, incidents, how busy it was, and what can be counted from them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from pydantic import AwareDatetime

from engine.backtesting.episodes import Decision, per_week
from engine.backtesting.quality import Quality
from engine.model import Category, Frozen, Incident, Level, Realm
from rules.schema import RuleStatus


class HistoryNote(Frozen):
    """Which history it was. `since` and `until` are the range that counts; `records` includes those of the warm-up;
    `from_seq` and `to_seq` are the numbers that they lie between in the log of a realm, where they come from one.
    """

    name: str
    digest: str
    since: AwareDatetime | None
    until: AwareDatetime | None
    records: int
    realm: Realm | None = None
    from_seq: int | None = None
    to_seq: int | None = None


class Activity(Frozen):
    """Negative mentions of a category that were published within the hour that starts at `hour`, over all brands."""

    hour: AwareDatetime
    category: Category
    count: int


class BudgetBreach(Frozen):
    """A week in which a rule spoke more often than its alert budget."""

    rule: str
    week: str
    alerts: int
    budget: int


class RuleNote(Frozen):
    """What a report has to say of a rule besides its decisions."""

    rule: str
    title: str
    category: Category
    status: RuleStatus
    budget: int | None


class Backtest(Frozen):
    """What a rule set does over a history. `decisions` are what active rules would have said, `shadow` what draft and
    shadow rules would have; `incidents` as they stand at the end; `quality` where there are labels.
    """

    rules: str
    history: HistoryNote
    notes: tuple[RuleNote, ...]
    decisions: tuple[Decision, ...]
    shadow: tuple[Decision, ...]
    incidents: tuple[Incident, ...]
    activity: tuple[Activity, ...]
    quality: tuple[Quality, ...] = ()

    @cached_property
    def alerts_per_week(self) -> Mapping[str, Mapping[str, int]]:
        """How many alerts of each rule began in each ISO week (Chinese days), rules that spoke only."""
        return per_week(self.decisions)

    @cached_property
    def shadow_per_week(self) -> Mapping[str, Mapping[str, int]]:
        """As `alerts_per_week`, of what draft and shadow rules would have said."""
        return per_week(self.shadow)

    @cached_property
    def first_alert(self) -> Mapping[str, datetime]:
        """When each rule first spoke."""
        found: dict[str, datetime] = {}
        for one in self.decisions:
            found.setdefault(one.rule, one.start)
        return dict(sorted(found.items()))

    @cached_property
    def budget_breaches(self) -> tuple[BudgetBreach, ...]:
        """The weeks in which a rule exceeded its budget; shadow rules are measured by what they would have said."""
        budgets = {note.rule: note.budget for note in self.notes if note.budget is not None}
        spoken = {**self.shadow_per_week, **self.alerts_per_week}
        return tuple(
            BudgetBreach(rule=rule, week=week, alerts=count, budget=budgets[rule])
            for rule, weeks in sorted(spoken.items())
            for week, count in weeks.items()
            if rule in budgets and count > budgets[rule]
        )

    @cached_property
    def precision(self) -> Mapping[tuple[Category, Level], float]:
        """Share of right alerts by category and level, where any could be judged."""
        return {(one.category, one.level): one.precision for one in self.quality if one.precision is not None}

    @cached_property
    def recall(self) -> Mapping[tuple[Category, Level], float]:
        """Share of true crises that were found in time by category and level, where any are known."""
        return {(one.category, one.level): one.recall for one in self.quality if one.recall is not None}
