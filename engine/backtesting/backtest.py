"""Any rules over any history: what they would have said, when, how often, and how right it would have been.

The real core decides: windows, both rule engines, cooldowns, incidents. What people did to incidents at the time is
left out, since it answered the rules that were in force then. Records stream through; what is kept are the states of
the brands and the decisions, so that memory does not grow with the length of a history.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Final

from engine.backtesting.episodes import Decision, Episodes
from engine.backtesting.history import History, given_history, state_known_since, stored_history
from engine.backtesting.quality import judge
from engine.backtesting.result import Activity, Backtest, BudgetBreach, HistoryNote, RuleNote
from engine.backtesting.truth import Truth
from engine.core import BrandCore, settle
from engine.detection import Detector, Facts, Rulings
from engine.incident_book import CHINA
from engine.model import (
    Category,
    ChangeKind,
    CommandRecord,
    Finding,
    Incident,
    LogRecord,
    MentionRecord,
    Realm,
    ReleaseRecord,
)
from engine.rule_set import RuleSet
from engine.window_state import BrandState
from engine.windows import FactView, samples, view

__all__ = [
    "Activity", "Backtest", "BudgetBreach", "Decision", "History", "HistoryNote", "RuleNote", "backtest",
    "backtest_both", "given_history", "stored_history",
]  # fmt: skip

OnProgress = Callable[[int, int | None], None]
"""Told how many records are done, of how many (None: not known)."""
_TELL_EVERY: Final = 1_000
_HOUR: Final = 3600


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
        self._hear(self._spoken, output.findings, windows)
        self._hear(self._shadow, output.shadow, windows)
        for change in output.changes:
            if change.change is ChangeKind.opened and (self._since is None or change.at >= self._since):
                self._incidents[change.incident] = next(one for one in output.incidents if one.id == change.incident)
        for incident in output.incidents:
            if incident.id in self._incidents:
                self._incidents[incident.id] = incident

    def _hear(self, episodes: Episodes, found: Sequence[Finding], windows: BrandState) -> None:
        for finding in found:
            if self._since is None or finding.at >= self._since:
                episodes.take(finding, samples(windows, finding.category))

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
