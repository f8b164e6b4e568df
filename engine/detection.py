"""WindowFacts + RuleSet → Findings: durable_rules decides, the plain evaluator explains.

The only importer of durable_rules. It is used within the subset that was found safe (docs/adr/0005): only
conjunctions, at most 63 a shard, asserted facts that are retracted at once, whole numbers, one owner thread.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import durable_rules_engine as durable
import structlog
from pydantic import TypeAdapter

from engine.errors import Conflict, NotFound, ReleaseError
from engine.model import Category, FactValue, Finding, Level, WindowFacts
from rules.errors import BadRulesError
from rules.evaluate import ConditionTrace, evaluate, level_of, quantised
from rules.explain import Explanation, explain, next_level
from rules.loader import PACKS, load_rules
from rules.normal_form import Conjunction, conjunctions
from rules.schema import Rule, RuleStatus
from rules.vocabulary import VOCABULARY, FactSpec

SHARD_SIZE: Final = 63
FIXED_POINT: Final = 10**6
_OPERATORS: Final = {">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt", "!=": "$neq"}
_MATCHED: Final = 0
_NOTHING_MATCHED: Final = 1
_SENTINEL: Final = "sentinel"
_SPECS: Final = TypeAdapter(dict[str, FactSpec])

_log = structlog.get_logger(__name__)

Decided = frozenset[tuple[str, Level]]


class RuleSet:
    """The rules that decide, in the order of their ids. `hash` is the BLAKE2b of rules and vocabulary limits."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.id))
        self._by_id = {rule.id: rule for rule in self.rules}
        if len(self._by_id) < len(self.rules):
            raise ReleaseError("规则编号重复")
        self.hash = self._content_hash()

    @classmethod
    def load(cls, path: Path = PACKS) -> Self:
        """All rules below a folder. Raises ReleaseError that names every fault of every file."""
        try:
            return cls(load_rules(path))
        except BadRulesError as bad:
            raise ReleaseError(str(bad)) from bad

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id. Raises NotFound."""
        if rule_id not in self._by_id:
            raise NotFound(f"没有规则“{rule_id}”")
        return self._by_id[rule_id]

    def evaluated(self, category: Category) -> tuple[Rule, ...]:
        """The rules of a category that are looked at: all but deprecated ones."""
        return tuple(
            rule for rule in self.rules if rule.category is category and rule.status is not RuleStatus.deprecated
        )

    def _content_hash(self) -> str:
        content = [rule.model_dump(mode="json") for rule in self.rules], _SPECS.dump_python(VOCABULARY, mode="json")
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return blake2b(text.encode(), digest_size=32).hexdigest()


class Detection(NamedTuple):
    """What the active rules found, and what draft and shadow rules would have."""

    findings: tuple[Finding, ...]
    shadow: tuple[Finding, ...]


class Detector:
    """Rules at work. Owned by the thread that made it; close it (or leave its `with`) to free the engine's memory.

    To change rules, make the new detector first, use it from the next record on, then close the old one.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._owner = threading.get_ident()
        self._categories = {
            category: _CategoryEngine(found) for category in Category if (found := rules.evaluated(category))
        }

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
        engine = self._categories.get(facts.category)
        if engine is None:
            return Detection((), ())
        values = quantised(facts.values)
        active: list[Finding] = []
        shadow: list[Finding] = []
        for rule, level, agreed in engine.decide(values):
            found = _finding(rule, level, facts, values, release, agreed=agreed)
            (active if rule.status is RuleStatus.active else shadow).append(found)
        return Detection(tuple(active), tuple(shadow))

    def why(self, facts: WindowFacts) -> tuple[Explanation, ...]:
        """Every rule of the category in words, firing or not, highest level first; any thread may ask."""
        values = quantised(facts.values)
        found = [explain(rule, values) for rule in self.rules.evaluated(facts.category)]
        return tuple(sorted(found, key=lambda one: (-one.level.rank if one.level else 0, one.rule)))

    def close(self) -> None:
        """Free the engine's memory; the detector finds nothing afterwards."""
        self._check_owner()
        for engine in self._categories.values():
            engine.close()
        self._categories = {}

    def _check_owner(self) -> None:
        if threading.get_ident() != self._owner:
            raise Conflict("规则引擎只能由创建它的线程使用")


def _finding(
    rule: Rule, level: Level, facts: WindowFacts, values: dict[str, FactValue], release: str, *, agreed: bool
) -> Finding:
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
        agreed=agreed,
    )


def _traces(rule: Rule, level: Level, values: dict[str, FactValue]) -> tuple[ConditionTrace, ...]:
    """The conditions of the level that holds, and of the next one, which show what it still needs."""
    shown = (level, next_level(rule, level))
    return tuple(trace for trace in evaluate(rule, values).traces if trace.level in shown)


class _CategoryEngine:
    """The rules of one category: their shards of the C engine, and the plain evaluator beside them."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        ways: dict[Conjunction, set[tuple[str, Level]]] = {}
        for rule in rules:
            for level, node in rule.levels.items():
                for way in conjunctions(node):
                    ways.setdefault(way, set()).add((rule.id, level))
        self._fields = tuple(sorted({condition.fact for way in ways for condition in way}))
        entries = [(way, frozenset(decided)) for way, decided in ways.items()]
        self._shards = [_Shard(entries[at : at + SHARD_SIZE]) for at in range(0, len(entries), SHARD_SIZE)]
        self._asserted = 0

    def decide(self, values: dict[str, FactValue]) -> list[tuple[Rule, Level, bool]]:
        """Each rule that holds, with the higher of both engines' levels and whether they agreed."""
        matched = self._matched(values)
        decisions = []
        for rule in self._rules:
            plain = level_of(rule, values)
            engine = None
            if matched is not None:
                engine = next((level for level in reversed(rule.levels) if (rule.id, level) in matched), None)
            candidates = [level for level in (plain, engine) if level]
            if candidates:
                decisions.append((rule, max(candidates, key=lambda level: level.rank), plain is engine))
        return decisions

    def _matched(self, values: dict[str, FactValue]) -> set[tuple[str, Level]] | None:
        """What durable_rules decided; None when it failed, so that nothing counts as agreed."""
        self._asserted += 1
        name = f"f{self._asserted}"
        fact: dict[str, int | str] = {"id": name}
        for field in self._fields:
            if (value := values[field]) is not None:
                fact[field] = _encoded(value)
        message = json.dumps(fact)
        matched: set[tuple[str, Level]] = set()
        for shard in self._shards:
            decided = shard.match(name, message)
            if decided is None:
                return None
            matched |= decided
        return matched

    def close(self) -> None:
        for shard in self._shards:
            shard.close()


class _Shard:
    """One ruleset of the C engine with at most `SHARD_SIZE` conjunctions and a sentinel."""

    def __init__(self, entries: Sequence[tuple[Conjunction, Decided]]) -> None:
        self._decided = {f"c{number}": decided for number, (_, decided) in enumerate(entries)}
        rules = {name: _definition(way) for name, (way, _) in zip(self._decided, entries, strict=True)}
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

    def match(self, name: str, message: str) -> set[tuple[str, Level]] | None:
        """What holds for this fact; None when the engine failed and was opened anew."""
        try:
            return self._match(name, message)
        except durable.error as error:
            _log.error("rule_engine_failed", fact=message, error=str(error))
            self.close()
            self._handle = self._open()
            return None

    def _match(self, name: str, message: str) -> set[tuple[str, Level]]:
        code, state = durable.assert_fact(self._handle, message)
        if code == _NOTHING_MATCHED:
            return set()
        if code != _MATCHED:
            raise durable.error(f"assert_fact: {code}")
        matched: set[tuple[str, Level]] = set()
        action = durable.start_action_for_state(self._handle, state)
        fired: str | None = action[1] if action else None
        while fired:
            matched |= self._decided[next(iter(json.loads(fired)))]
            fired = durable.complete_and_start_action(self._handle, state)
        durable.retract_fact(self._handle, json.dumps({"id": name}))
        return matched

    def close(self) -> None:
        durable.delete_state(self._handle, "0")
        durable.delete_ruleset(self._handle)


def _definition(way: Conjunction) -> dict[str, object]:
    terms = [
        {condition.fact: value} if condition.op == "==" else {_OPERATORS[condition.op]: {condition.fact: value}}
        for condition in way
        for value in (_encoded(condition.value),)
    ]
    return {"all": [{"m": {"$and": terms}}]}


def _encoded(value: float | str | tuple[str, ...]) -> int | str:
    """Numbers in fixed point: the engine silently drops what it reads in a float like 1e-05."""
    if isinstance(value, tuple):
        raise TypeError("a conjunction has no word lists")
    return value if isinstance(value, str) else round(value * FIXED_POINT)
