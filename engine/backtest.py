"""Any rules over any history: what they would have said, when, how often, and how right it would have been.

The real core decides: windows, both rule engines, cooldowns, incidents. What people did to incidents at the time is
left out, since it answered the rules that were in force then. Records stream through; what is kept are the states of
the brands and the decisions, so that memory does not grow with the length of a history.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import Final

from pydantic import AwareDatetime

from engine.backtest_quality import Quality, judge
from engine.core import BrandCore, settle
from engine.detection import Detector, Facts, Rulings
from engine.episodes import Decision, Episodes, per_week
from engine.history import History, given_history, state_known_since, stored_history
from engine.incident_book import CHINA
from engine.model import (
    Category,
    ChangeKind,
    CommandRecord,
    Frozen,
    Incident,
    Level,
    LogRecord,
    MentionRecord,
    Realm,
    ReleaseRecord,
)
from engine.rule_set import RuleSet
from engine.truth import Truth
from engine.window_state import BrandState
from engine.windows import FactView, samples, view
from rules.schema import RuleStatus

__all__ = [
    "Activity", "Backtest", "BudgetBreach", "Decision", "History", "HistoryNote", "backtest", "backtest_both",
    "given_history", "stored_history",
]  # fmt: skip

OnProgress = Callable[[int, int | None], None]
"""Told how many records are done, of how many (None: not known)."""
_TELL_EVERY: Final = 1_000
_HOUR: Final = 3600


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


def backtest(
    rules: RuleSet, history: History, on_progress: OnProgress | None = None, truth: Truth | None = None
) -> Backtest:
    """Run rules over a history. `truth` only judges what came out."""
    return _run((rules,), history, on_progress, truth)[0]


def backtest_both(
    old: RuleSet, new: RuleSet, history: History, on_progress: OnProgress | None = None, truth: Truth | None = None
) -> tuple[Backtest, Backtest]:
    """Run two rule sets over a history, windows computed once."""
    before, after = _run((old, new), history, on_progress, truth)
    return before, after


def _run(
    sets: Sequence[RuleSet], history: History, on_progress: OnProgress | None, truth: Truth | None
) -> list[Backtest]:
    with ExitStack() as stack:
        benches = [_Bench(rules, stack.enter_context(Detector(rules)), history.since) for rules in sets]
        shared = _Shared(history)
        for record in shared.records(on_progress):
            windows, facts = shared.advance(record)
            for bench in benches:
                bench.take(record, windows, facts)
    note = shared.note()
    return [bench.result(note, shared.activity(), truth) for bench in benches]


class _Shared:
    """What does not depend on rules: windows, and how busy each hour was."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._windows: dict[tuple[Realm, str], BrandState] = {}
        self._negatives: dict[tuple[int, Category], int] = {}
        self._count = 0

    def records(self, on_progress: OnProgress | None) -> Iterator[LogRecord]:
        """The records that concern windows; what people did is passed over."""
        for record in self._history.records():
            self._count += 1
            if on_progress and self._count % _TELL_EVERY == 0:
                on_progress(self._count, self._history.total)
            if not isinstance(record.payload, CommandRecord | ReleaseRecord):
                yield record
        if on_progress:
            on_progress(self._count, self._count)

    def advance(self, record: LogRecord) -> tuple[BrandState, tuple[FactView, ...]]:
        key = (record.realm, record.brand)
        state = self._windows.get(key) or self._new(*key)
        self._windows[key], facts = view(state, record)
        if isinstance(record.payload, MentionRecord):
            self._note(record.payload)
        return self._windows[key], facts

    def note(self) -> HistoryNote:
        history, span = self._history, self._history.span
        return HistoryNote(
            name=history.name,
            digest=history.digest,
            since=history.since,
            until=history.until,
            records=self._count,
            realm=span.realm if span else None,
            from_seq=span.first if span else None,
            to_seq=span.last if span else None,
        )

    def activity(self) -> tuple[Activity, ...]:
        return tuple(
            Activity(hour=datetime.fromtimestamp(hour * _HOUR, CHINA), category=category, count=count)
            for (hour, category), count in sorted(self._negatives.items())
        )

    def _new(self, realm: Realm, brand: str) -> BrandState:
        return state_known_since(realm, brand, self._history.known.get(brand))

    def _note(self, mention: MentionRecord) -> None:
        if self._history.since is None or mention.published_at >= self._history.since:
            hour = int(mention.published_at.timestamp()) // _HOUR
            for category in mention.categories:
                self._negatives[hour, category] = self._negatives.get((hour, category), 0) + 1


class _Bench:
    """One rule set at work over windows that it shares."""

    def __init__(self, rules: RuleSet, detector: Detector, since: datetime | None) -> None:
        self._rules = rules
        self._detector = detector
        self._since = since
        self._cores: dict[tuple[Realm, str], BrandCore] = {}
        self._spoken = Episodes()
        self._shadow = Episodes()
        self._incidents: dict[str, Incident] = {}

    def take(self, record: LogRecord, windows: BrandState, facts: Sequence[Facts]) -> None:
        key = (record.realm, record.brand)
        core = self._cores.get(key)
        if core is None:
            core = self._cores[key] = BrandCore.empty(*key)
        core.windows = windows
        output = settle(core, record, facts, self._decide)
        for found, episodes in ((output.findings, self._spoken), (output.shadow, self._shadow)):
            for finding in found:
                if self._since is None or finding.at >= self._since:
                    episodes.take(finding, samples(windows, finding.category))
        for change in output.changes:
            if change.change is ChangeKind.opened and (self._since is None or change.at >= self._since):
                self._incidents[change.incident] = next(one for one in output.incidents if one.id == change.incident)
        for incident in output.incidents:
            if incident.id in self._incidents:
                self._incidents[incident.id] = incident

    def result(self, note: HistoryNote, activity: tuple[Activity, ...], truth: Truth | None) -> Backtest:
        decisions = self._spoken.finish()
        return Backtest(
            rules=self._rules.hash,
            history=note,
            notes=tuple(
                RuleNote(
                    rule=rule.id,
                    title=rule.title,
                    category=rule.category,
                    status=rule.status,
                    budget=rule.alert_budget_per_week,
                )
                for rule in self._rules.rules
            ),
            decisions=decisions,
            shadow=self._shadow.finish(),
            incidents=tuple(sorted(self._incidents.values(), key=lambda one: (one.opened_at, one.id))),
            activity=activity,
            quality=judge(decisions, truth) if truth else (),
        )

    def _decide(self, facts: Facts) -> Rulings:
        return self._detector.judge(facts, self._rules.hash)
