"""`core`: windows, detection and incidents in memory, against the rule engine and the windows alone."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Final

from engine.bench.material import Volume, mentions, records
from engine.bench.report import Gate, Result
from engine.bench.state import soak
from engine.bench.timing import Rounds, Work, race
from engine.core import BrandCore, Decide, step
from engine.detection import Detector, DurableMatcher, RuleSet
from engine.model import Category, LogRecord, MentionRecord, Realm, WindowFacts
from engine.window_facts import FactPlan
from engine.window_state import BrandState
from engine.windows import advance, view
from rules.fixed_point import Fixed

RELEASE: Final = "bench"
STEP_OF_MATCHING: Final = Gate(at="least", limit=0.06)
STEP_OF_WINDOWS: Final = Gate(at="least", limit=0.03)
DETECTION_OF_MATCHING: Final = Gate(at="least", limit=0.12)


@dataclass(frozen=True, slots=True)
class CoreSize:
    """`mentions` of the crisis days (None: all) `copies` times for speed; the soak for state and memory."""

    mentions: int | None = None
    copies: int = 3
    rounds: int = 5
    soak_copies: int = 9
    soak_periods: int = 3


def bench_core(size: CoreSize = CoreSize()) -> tuple[Result, ...]:
    """Speed of a step and of its parts, size of the state, growth of memory."""
    rules = RuleSet.load()
    source = mentions(size.mentions)
    log = list(records(mentions(size.mentions, live_only=True), Volume(size.copies)))
    with Detector(rules) as detector:
        rounds, facts = _race(log, rules, detector, size.rounds)
        volume = Volume(size.soak_copies, size.soak_periods)
        grown = soak(records(source, volume), source, volume, decide_by(detector))
    return (*_speeds(rounds, log, facts), *grown.results())


def decide_by(detector: Detector) -> Decide:
    """Detection under the benchmark's release."""
    return lambda facts: detector.judge(facts, RELEASE)


def run_core(log: Sequence[LogRecord], decide: Decide) -> Work:
    """The whole core over a log, from empty states."""

    def work() -> None:
        cores: dict[str, BrandCore] = {}
        for record in log:
            core = cores.get(record.brand) or BrandCore.empty(Realm.replay, record.brand)
            cores[record.brand], _ = step(core, record, decide)

    return work


def _race(
    log: Sequence[LogRecord], rules: RuleSet, detector: Detector, rounds: int
) -> tuple[Rounds, list[WindowFacts]]:
    facts = _facts(log)
    plans = {category: FactPlan(rules.facts(category)) for category in Category}
    asked = [(one.category, plans[one.category].row_of(one.values)) for one in facts]
    decide = decide_by(detector)
    with ExitStack() as stack:
        matchers = {
            category: stack.enter_context(closing(DurableMatcher(rules.evaluated(category)))) for category in Category
        }
        entrants = {
            "step": lambda _: run_core(log, decide),
            "windows": lambda _: lambda: _windows(log),
            "matching": lambda _: lambda: _match(matchers, asked),
            "detection": lambda _: lambda: [decide(one) for one in facts],
        }
        return race(entrants, rounds), facts


def _windows(log: Sequence[LogRecord]) -> None:
    """The windows alone, from empty states; nobody asks for a fact."""
    states: dict[str, BrandState] = {}
    for record in log:
        state = states.get(record.brand) or BrandState.empty(Realm.replay, record.brand)
        states[record.brand], _ = view(state, record)


def _facts(log: Sequence[LogRecord]) -> list[WindowFacts]:
    """Every set of facts, written out."""
    states: dict[str, BrandState] = {}
    found: list[WindowFacts] = []
    for record in log:
        state = states.get(record.brand) or BrandState.empty(Realm.replay, record.brand)
        states[record.brand], facts = advance(state, record)
        found.extend(facts)
    return found


def _match(matchers: dict[Category, DurableMatcher], asked: Sequence[tuple[Category, tuple[Fixed, ...]]]) -> None:
    for category, row in asked:
        matchers[category].match(row)


def _speeds(rounds: Rounds, log: Sequence[LogRecord], facts: Sequence[WindowFacts]) -> tuple[Result, ...]:
    mentioned = sum(isinstance(record.payload, MentionRecord) for record in log)
    matching = "同样的事实，只做 durable_rules 匹配"
    return (
        rounds.rate(
            "core.step_of_matching", "提及/秒", "step", "matching",
            count=mentioned, against=matching, gate=STEP_OF_MATCHING,
        ),
        rounds.rate(
            "core.step_of_windows", "提及/秒", "step", "windows",
            count=mentioned, against="同样的记录，只算窗口", gate=STEP_OF_WINDOWS,
        ),
        rounds.rate(
            "core.detection_of_matching", "组事实/秒", "detection", "matching",
            count=len(facts), against=matching, gate=DETECTION_OF_MATCHING,
        ),
    )  # fmt: skip
