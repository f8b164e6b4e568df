"""Facts + RuleSet → rulings and findings: durable_rules decides, the plain evaluator explains.

Both look at every moment. Where they differ, the higher level is taken and the finding says so; where the engine
fails, the evaluator's word stands.
"""

import threading
from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from types import TracebackType
from typing import Self

from engine.durable_matcher import DurableMatcher, Held, Matcher
from engine.errors import Conflict
from engine.model import Category, Finding, Level, WindowFacts
from engine.rule_set import RuleSet
from engine.rulings import SILENCE, Detection, Facts, Ruling, Rulings
from engine.window_facts import FactPlan, FactView
from rules.compiled import Compiled, compiled
from rules.evaluate import quantised
from rules.explain import Explanation, explain
from rules.schema import Rule, RuleStatus

__all__ = ["Detection", "Detector", "DurableMatcher", "Facts", "Held", "Matcher", "RuleSet", "Ruling", "Rulings"]

Engine = Callable[[tuple[Rule, ...]], Matcher]


class Detector:
    """Rules at work. Owned by the thread that made it; close it (or leave its `with`) to free the engine's memory.

    To change rules, make the new detector first, use it from the next record on, then close the old one. `judge` is
    for streams: its rulings are light and cost nothing more until one is worth keeping. `examine` and `detect` write
    everything out.
    """

    def __init__(self, rules: RuleSet, engine: Engine | None = None) -> None:
        """`engine` makes the matcher of a category's rules; durable_rules unless told."""
        self.rules = rules
        self._owner = threading.get_ident()
        self._benches = {category: _Bench(rules, category, engine or DurableMatcher) for category in Category}
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def judge(self, facts: Facts, release: str) -> Rulings:
        """A ruling for each rule of which a level holds: its highest one, in the order of rule ids.

        Those of a `FactView` must be used before the brand's next record.
        """
        self._check_owner()
        if self._closed:
            raise Conflict("规则引擎已经关闭")
        return self._benches[facts.category].judge(facts, release)

    def detect(self, facts: Facts, release: str) -> tuple[Finding, ...]:
        """One finding for each active rule of which a level holds, in the order of rule ids."""
        return tuple(one.finding() for one in self.judge(facts, release).findings)

    def examine(self, facts: Facts, release: str) -> Detection:
        """As `detect`, with what draft and shadow rules would have found beside it."""
        active, shadow = self.judge(facts, release)
        return Detection(tuple(one.finding() for one in active), tuple(one.finding() for one in shadow))

    def why(self, facts: WindowFacts) -> tuple[Explanation, ...]:
        """Every rule of the category in words, firing or not, highest level first; any thread may ask."""
        values = quantised(facts.values)
        found = [explain(rule, values, facts.day) for rule in self.rules.evaluated(facts.category)]
        return tuple(sorted(found, key=lambda one: (-one.level.rank if one.level else 0, one.rule)))

    def close(self) -> None:
        """Free the engine's memory; the detector cannot be used afterwards. Closing twice is harmless."""
        self._check_owner()
        if not self._closed:
            self._closed = True
            for bench in self._benches.values():
                bench.matcher.close()

    def _check_owner(self) -> None:
        if threading.get_ident() != self._owner:
            raise Conflict("规则引擎只能由创建它的线程使用")


class _Bench:
    """Both engines over the rules of one category."""

    def __init__(self, rules: RuleSet, category: Category, engine: Engine) -> None:
        self.rules = rules.evaluated(category)
        self.matcher = engine(self.rules)
        self._places = {rule.id: place for place, rule in enumerate(self.rules)}
        self._plan = FactPlan(rules.facts(category))

    @cached_property
    def _evaluator(self) -> Compiled:
        """Compiled when the category is first met."""
        return compiled(self.rules, self._plan.names)

    def judge(self, facts: Facts, release: str) -> Rulings:
        if isinstance(facts, FactView):
            row, day_number = self._plan.row(facts), facts.day_number
        else:
            row = self._plan.row_of(quantised(facts.values, self._plan.names))
            day_number = facts.day.toordinal()
        matched = self.matcher.match(row)
        plain = self._evaluator(row, day_number)
        if not plain and not matched:
            return SILENCE
        active: list[Ruling] = []
        shadow: list[Ruling] = []
        engine = self._engine_levels(matched, facts.day) if matched else {}
        evaluator = dict(plain)
        for place in sorted(engine.keys() | evaluator.keys()):
            rule = self.rules[place]
            ruling = Ruling(rule, engine.get(place), evaluator.get(place), facts, release, matched is None)
            (active if rule.status is RuleStatus.active else shadow).append(ruling)
        return Rulings(tuple(active), tuple(shadow))

    def _engine_levels(self, matched: Collection[Held], day: date) -> dict[int, Level]:
        """The highest level of each rule that was matched, by the rule's place."""
        found = {self._places[rule]: None for rule, _ in matched}
        levels = ((place, _highest(self.rules[place], matched, day)) for place in found)
        return {place: level for place, level in levels if level}


def _highest(rule: Rule, matched: Collection[Held], day: date) -> Level | None:
    """The highest level that was matched and that no matched exemption holds back on this day."""
    name = rule.id
    exempting = [one for number, one in enumerate(rule.unless) if (name, number) in matched] if rule.unless else ()
    for level in reversed(rule.levels):
        if (name, level) in matched and not (exempting and any(one.covers(level, day) for one in exempting)):
            return level
    return None
