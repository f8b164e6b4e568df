"""`rules`: windows, detection and explanation with 12, 100 and 500 rules, against durable_rules and other engines.

What is measured is the way from a record to findings: windows, both engines, and the written finding with facts and
explanation where there is news; incidents and the store are not in it. The references only match facts that were
computed before, each event's facts against all rules.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Final

from engine.bench.material import Volume, mentions, records
from engine.bench.report import Gate, Result, Skipped
from engine.bench.rule_history import EVENTS, bench_history
from engine.bench.rule_material import decided, made_rules
from engine.bench.rule_peers import (
    CATEGORY,
    Peer,
    Plain,
    bare_durable,
    business_rules,
    rule_engine,
    zen_expression,
    zen_table,
)
from engine.bench.timing import Prepare, Rounds, Work, race
from engine.detection import Detector, DurableMatcher
from engine.durable_matcher import Held
from engine.model import Category, LogRecord, Realm, WindowFacts
from engine.rule_set import RuleSet
from engine.window_facts import FactPlan
from engine.window_state import BrandState
from engine.windows import advance
from rules.evaluate import level_of
from rules.fixed_point import Fixed, fixed
from rules.schema import Rule

OF_DURABLE: Final = Gate(at="least", limit=0.5)
OF_PEER: Final = Gate(at="least", limit=5)


@dataclass(frozen=True, slots=True)
class Other:
    """Another engine: what it is called in figures, its package and module, how it is loaded."""

    name: str
    package: str
    module: str
    load: Callable[[Sequence[Rule]], Peer]
    gate: Gate | None = OF_PEER
    note: str = ""

    @property
    def installed(self) -> bool:
        """Whether its package is there."""
        return find_spec(self.module) is not None


OTHERS: Final = (
    Other("rule_engine", "rule-engine", "rule_engine", rule_engine),
    Other("business_rules", "business-rules", "business_rules", business_rules),
    Other("zen", "zen-engine", "zen", zen_table, note="决策表"),
    Other("zen_expression", "zen-engine", "zen", zen_expression, gate=None, note="全部规则写成一个表达式"),
)


@dataclass(frozen=True, slots=True)
class RulesSize:
    """`rules`: how many, with how many sets of facts the other engines are asked in a round; `mentions` of the crisis
    days (None: all); `gated` is the number of rules at which gates apply. The backtest of `events` runs in a process
    of its own (`apart`), where nothing else has left memory behind.
    """

    rules: dict[int, int] = field(default_factory=lambda: {12: 100, 100: 40, 500: 10})
    mentions: int | None = None
    explained: int = 100
    rounds: int = 5
    gated: int = 100
    events: int = EVENTS
    apart: bool = True


def bench_rules(size: RulesSize = RulesSize()) -> tuple[Result | Skipped, ...]:
    """All numbers of rules, one after another, and the backtest."""
    log = list(records(mentions(size.mentions, live_only=True), Volume()))
    facts = _facts(log)
    skipped = tuple(
        Skipped(bench=f"rules.{one.name}", reason=f"没有安装 {one.package}（pip install 'crisisdesk[bench]'）")
        for one in OTHERS
        if not one.installed
    )
    results = (one for many, asked in size.rules.items() for one in _Contest(many, asked, log, facts, size).results())
    return (*results, *_history(size), *skipped)


def _history(size: RulesSize) -> tuple[Result, ...]:
    if not size.apart:
        return bench_history(size.events)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as alone:
        return alone.submit(bench_history, size.events).result()


class _Contest:
    """One number of rules: who runs, over what, and what came out."""

    def __init__(
        self, many: int, asked: int, log: Sequence[LogRecord], facts: Sequence[WindowFacts], size: RulesSize
    ) -> None:
        self._many = many
        self._size = size
        self._log = log
        self._rules = made_rules(many)
        self._facts = facts
        self._plain = [_plain(self._rules, one) for one in facts]
        self._sample = range(0, len(facts), max(1, len(facts) // asked))
        self._explained = facts[:: max(1, len(facts) // size.explained)]
        self._others = [one for one in OTHERS if one.installed]

    def results(self) -> tuple[Result, ...]:
        """The figures of this number of rules."""
        with Detector(self._rules) as detector, ExitStack() as stack:
            rounds = self._race(detector, stack)
        return (
            self._rate(rounds, "durable", "同样的事实，只用 durable_rules 匹配全部规则", self._gate(OF_DURABLE)),
            self._rate(rounds, "matching", "同样的事实，只做本程序按类别分开的匹配", None),
            self._rate(rounds, "explained", "同样的事实，每一组都逐条规则说明理由", None),
            *(self._other(rounds, one) for one in self._others),
        )

    def _race(self, detector: Detector, stack: ExitStack) -> Rounds:
        rows = self._rows()
        matchers = {
            category: stack.enter_context(closing(DurableMatcher(self._rules.evaluated(category))))
            for category in Category
        }
        peers = {one.name: one.load(self._rules.rules) for one in self._others}
        durable = bare_durable(self._rules.rules)
        for name, peer in {"durable": durable, **peers}.items():
            self._check(name, peer)
        asked = [self._plain[place] for place in self._sample]
        works: dict[str, tuple[Work, int]] = {
            "ours": (lambda: decided(self._log, detector), len(self._facts)),
            "durable": (lambda: [durable(one) for one in self._plain], len(self._facts)),
            "matching": (lambda: [matchers[category].match(row) for category, row in rows], len(rows)),
            "explained": (lambda: [detector.why(one) for one in self._explained], len(self._explained)),
            **{name: (_asking(peer, asked), len(asked)) for name, peer in peers.items()},
        }
        rounds = race({name: _always(work) for name, (work, _) in works.items()}, self._size.rounds)
        return rounds.each({name: count for name, (_, count) in works.items()})

    def _rows(self) -> list[tuple[Category, tuple[Fixed, ...]]]:
        plans = {category: FactPlan(self._rules.facts(category)) for category in Category}
        return [(one.category, plans[one.category].row_of(one.values)) for one in self._facts]

    def _check(self, name: str, peer: Peer) -> None:
        """Nothing is compared with an engine that decides otherwise."""
        for place in self._sample:
            facts = self._facts[place]
            rules = self._rules.evaluated(facts.category)
            wanted = {(rule.id, level) for rule in rules if (level := level_of(rule, facts.values, facts.day))}
            if _highest(peer(self._plain[place])) != wanted:
                raise AssertionError(f"{name} decides otherwise than the evaluator")

    def _other(self, rounds: Rounds, one: Other) -> Result:
        against = f"同样的事实，只用 {one.package} 判断全部规则{f'（{one.note}）' if one.note else ''}"
        return self._rate(rounds, one.name, against, self._gate(one.gate))

    def _gate(self, gate: Gate | None) -> Gate | None:
        return gate if self._many == self._size.gated else None

    def _rate(self, rounds: Rounds, other: str, against: str, gate: Gate | None) -> Result:
        name = f"rules.{self._many}.of_{other}"
        return rounds.rate(name, "组事实/秒", "ours", other, count=1, against=against, gate=gate)


def _always(work: Work) -> Prepare:
    return lambda _: work


def _asking(peer: Peer, asked: Sequence[Plain]) -> Work:
    return lambda: [peer(one) for one in asked]


def _facts(log: Sequence[LogRecord]) -> list[WindowFacts]:
    states: dict[str, BrandState] = {}
    found: list[WindowFacts] = []
    for record in log:
        state = states.get(record.brand) or BrandState.empty(Realm.replay, record.brand)
        states[record.brand], facts = advance(state, record)
        found.extend(facts)
    return found


def _plain(rules: RuleSet, facts: WindowFacts) -> Plain:
    """The facts that any rule of any category names."""
    named = sorted({name for category in Category for name in rules.facts(category)})
    return {CATEGORY: str(facts.category), **{name: fixed(name, facts.values[name]) for name in named}}


def _highest(found: set[Held]) -> set[Held]:
    ranks: dict[str, Held] = {}
    for held in found:
        known = ranks.get(held[0])
        if known is None or _rank(held) > _rank(known):
            ranks[held[0]] = held
    return set(ranks.values())


def _rank(held: Held) -> int:
    level = held[1]
    return 0 if isinstance(level, int) else level.rank
