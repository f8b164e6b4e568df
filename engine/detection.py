"""WindowFacts + RuleSet → Findings: durable_rules decides, the plain evaluator explains.

The only importer of durable_rules. It is used within the subset that was found safe (docs/adr/0005): only
conjunctions, at most 63 a shard, asserted facts that are retracted at once, whole numbers, one owner thread.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

import durable_rules_engine as durable
import structlog

from engine.errors import Conflict
from engine.model import Category, FactValue, Finding, Level, WindowFacts
from engine.rule_set import RuleSet
from rules.evaluate import ConditionTrace, level_of, level_traces, quantised
from rules.explain import Explanation, explain, next_level
from rules.normal_form import Conjunction, Missing, Term, conjunctions
from rules.schema import Node, Rule, RuleStatus

__all__ = ["Detection", "Detector", "DurableMatcher", "Matcher", "RuleSet"]

SHARD_SIZE: Final = 63
FIXED_POINT: Final = 10**6
_OPERATORS: Final = {">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt", "!=": "$neq"}
_MATCHED: Final = 0
_NOTHING_MATCHED: Final = 1
_SENTINEL: Final = "sentinel"
_MISSING: Final = "__missing"

_log = structlog.get_logger(__name__)

Held = tuple[str, Level | int]
"""A rule's id with a level, or with the number (from 0) of one of its exemptions."""


class Matcher(Protocol):
    """A rule engine over the rules of one category."""

    def match(self, values: Mapping[str, FactValue]) -> set[Held] | None:
        """The levels and exemptions that hold over quantised facts; None when the engine failed."""

    def close(self) -> None:
        """Free what the engine holds."""


class Detection(NamedTuple):
    """What the active rules found, and what draft and shadow rules would have."""

    findings: tuple[Finding, ...]
    shadow: tuple[Finding, ...]


class Detector:
    """Rules at work. Owned by the thread that made it; close it (or leave its `with`) to free the engine's memory.

    To change rules, make the new detector first, use it from the next record on, then close the old one.
    """

    def __init__(self, rules: RuleSet, engine: Callable[[tuple[Rule, ...]], Matcher] | None = None) -> None:
        """`engine` makes the matcher of a category's rules; durable_rules unless told."""
        self.rules = rules
        self._owner = threading.get_ident()
        build = engine or DurableMatcher
        self._matchers = {category: build(rules.evaluated(category)) for category in Category}
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def detect(self, facts: WindowFacts, release: str) -> tuple[Finding, ...]:
        """One finding for each active rule of which a level holds: its highest one, in the order of rule ids."""
        return self.examine(facts, release).findings

    def examine(self, facts: WindowFacts, release: str) -> Detection:
        """As `detect`, with what draft and shadow rules would have found beside it."""
        self._check_owner()
        if self._closed:
            raise Conflict("规则引擎已经关闭")
        values = quantised(facts.values, self.rules.facts(facts.category))
        active: list[Finding] = []
        shadow: list[Finding] = []
        for verdict in self._decide(facts.category, values, facts.day):
            found = _finding(verdict, facts, values, release)
            (active if verdict.rule.status is RuleStatus.active else shadow).append(found)
        return Detection(tuple(active), tuple(shadow))

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
            for matcher in self._matchers.values():
                matcher.close()

    def _decide(self, category: Category, values: dict[str, FactValue], on: date) -> Iterator["_Verdict"]:
        """Each rule that holds, with the higher of both engines' levels: towards the alarm."""
        matched = self._matchers[category].match(values)
        for rule in self.rules.evaluated(category):
            plain = level_of(rule, values, on)
            engine = _highest(rule, matched, on) if matched else None
            candidates = [level for level in (plain, engine) if level]
            if candidates:
                yield _Verdict(rule, max(candidates, key=lambda level: level.rank), engine, plain)

    def _check_owner(self) -> None:
        if threading.get_ident() != self._owner:
            raise Conflict("规则引擎只能由创建它的线程使用")


def _highest(rule: Rule, matched: set[Held], on: date) -> Level | None:
    """The highest level that was matched and that no matched exemption holds back on this day."""
    exempting = [one for number, one in enumerate(rule.unless) if (rule.id, number) in matched]
    for level in reversed(rule.levels):
        if (rule.id, level) in matched and not any(one.covers(level, on) for one in exempting):
            return level
    return None


class _Verdict(NamedTuple):
    """A rule that holds: the level taken, and what each engine said."""

    rule: Rule
    level: Level
    engine_level: Level | None
    evaluator_level: Level | None


def _finding(verdict: _Verdict, facts: WindowFacts, values: dict[str, FactValue], release: str) -> Finding:
    rule, level = verdict.rule, verdict.level
    key = "\x1f".join((facts.realm, facts.brand, release, str(facts.brand_seq), rule.id))
    return Finding(
        id=blake2b(key.encode(), digest_size=16).hexdigest(),
        realm=facts.realm,
        brand=facts.brand,
        category=facts.category,
        level=level,
        rule=rule.id,
        release=release,
        at=facts.at,
        facts=facts,
        explanation=_traces(rule, level, values),
        agreed=verdict.engine_level is verdict.evaluator_level,
        engine_level=verdict.engine_level,
        evaluator_level=verdict.evaluator_level,
        title=rule.title,
        cooldown_minutes=rule.cooldown_minutes,
    )


def _traces(rule: Rule, level: Level, values: dict[str, FactValue]) -> tuple[ConditionTrace, ...]:
    """The conditions of the level that holds, and of the next one, which show what it still needs."""
    shown = (level, next_level(rule, level))
    return tuple(trace for one in shown if one for trace in level_traces(rule, one, values))


class DurableMatcher:
    """durable_rules over the rules of one category, in shards."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        ways: dict[Conjunction, set[Held]] = {}
        for rule in rules:
            for held, node in _nodes(rule):
                for way in conjunctions(node):
                    ways.setdefault(way, set()).add(held)
        terms = [term for way in ways for term in way]
        self._fields = tuple(sorted({term.fact for term in terms}))
        self._noticed = tuple(sorted({term.fact for term in terms if isinstance(term, Missing)}))
        entries = list(ways.items())
        self._shards = [_Shard(entries[at : at + SHARD_SIZE]) for at in range(0, len(entries), SHARD_SIZE)]
        self._asserted = 0

    def match(self, values: Mapping[str, FactValue]) -> set[Held] | None:
        """As the protocol says. Facts that no rule names and missing ones are left out of the message; a missing one
        that a rule asks for has a field of its own, because a missing field meets no comparison.
        """
        self._asserted += 1
        name = f"f{self._asserted}"
        known = ((field, values.get(field)) for field in self._fields)
        fact = {field: _encoded(value) for field, value in known if value is not None}
        fact |= {field + _MISSING: 1 for field in self._noticed if values.get(field) is None}
        message = json.dumps({"id": name, **fact})
        matched: set[Held] = set()
        for shard in self._shards:
            held = shard.match(name, message)
            if held is None:
                return None
            matched |= held
        return matched

    def close(self) -> None:
        """Free the engine's memory."""
        for shard in self._shards:
            shard.close()
        self._shards = []


def _nodes(rule: Rule) -> Iterator[tuple[Held, Node]]:
    for level, node in rule.levels.items():
        yield (rule.id, level), node
    for number, exemption in enumerate(rule.unless):
        yield (rule.id, number), exemption.when


class _Shard:
    """One ruleset of the C engine with at most `SHARD_SIZE` conjunctions and a sentinel."""

    def __init__(self, entries: Sequence[tuple[Conjunction, set[Held]]]) -> None:
        self._held = {f"c{number}": held for number, (_, held) in enumerate(entries)}
        rules = {name: _definition(way) for name, (way, _) in zip(self._held, entries, strict=True)}
        rules[_SENTINEL] = {"all": [{"m": {_SENTINEL: 1}}]}
        self._definition = json.dumps(rules)
        self._handle = self._open()

    def _open(self) -> int:
        """Deleting the state of a ruleset that never fired is unsafe, so the sentinel fires once."""
        handle: int = durable.create_ruleset("s", self._definition)
        _, state = durable.assert_event(handle, json.dumps({"id": _SENTINEL, _SENTINEL: 1}))
        durable.start_action_for_state(handle, state)
        durable.complete_and_start_action(handle, state)
        return handle

    def match(self, name: str, message: str) -> set[Held] | None:
        """What holds for this fact; None when the engine failed and was opened anew."""
        try:
            return self._match(name, message)
        except durable.error as error:
            _log.error("rule_engine_failed", fact=message, error=str(error))
            self.close()
            self._handle = self._open()
            return None

    def _match(self, name: str, message: str) -> set[Held]:
        code, state = durable.assert_fact(self._handle, message)
        if code == _NOTHING_MATCHED:
            return set()
        if code != _MATCHED:
            raise durable.error(f"assert_fact: {code}")
        matched: set[Held] = set()
        action = durable.start_action_for_state(self._handle, state)
        fired: str | None = action[1] if action else None
        while fired:
            matched |= self._held[next(iter(json.loads(fired)))]
            fired = durable.complete_and_start_action(self._handle, state)
        durable.retract_fact(self._handle, json.dumps({"id": name}))
        return matched

    def close(self) -> None:
        durable.delete_state(self._handle, "0")
        durable.delete_ruleset(self._handle)


def _definition(way: Conjunction) -> dict[str, object]:
    return {"all": [{"m": {"$and": [_encoded_term(term) for term in way]}}]}


def _encoded_term(term: Term) -> dict[str, object]:
    if isinstance(term, Missing):
        return {term.fact + _MISSING: 1}
    assert not isinstance(term.value, tuple)  # noqa: S101 - the normal form has no word lists
    equal: dict[str, object] = {term.fact: _encoded(term.value)}
    return equal if term.op == "==" else {_OPERATORS[term.op]: equal}


def _encoded(value: float | str) -> int | str:
    """Numbers in fixed point: the engine silently drops what it reads in a float like 1e-05."""
    return value if isinstance(value, str) else round(value * FIXED_POINT)
