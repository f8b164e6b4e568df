"""durable_rules over the rules of one category: which levels and exemptions hold for a row of facts.

The only importer of durable_rules. It is used within the subset that was found safe (docs/adr/0005): only
conjunctions, at most 63 a shard, asserted facts that are retracted at once, whole numbers (it silently drops what it
reads in a float like 1e-05), one owner thread.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import is_
from typing import Final, Protocol

import durable_rules_engine as durable
import structlog

from engine.model import Level
from rules.fixed_point import Fixed, fixed
from rules.normal_form import Conjunction, Missing, Term, conjunctions
from rules.schema import Node, Rule
from rules.vocabulary import VOCABULARY, FactType

SHARD_SIZE: Final = 63
_OPERATORS: Final = {">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt", "!=": "$neq"}
_MATCHED: Final = 0
_NOTHING_MATCHED: Final = 1
_SENTINEL: Final = "sentinel"
_MISSING: Final = "__missing"
_NONE: Final = repeat(None)
_NOBODY: Final[frozenset["Held"]] = frozenset()

_log = structlog.get_logger(__name__)

Held = tuple[str, Level | int]
"""A rule's id with a level, or with the number (from 0) of one of its exemptions."""


class Matcher(Protocol):
    """A rule engine over the rules of one category."""

    def match(self, row: Sequence[Fixed]) -> set[Held] | frozenset[Held] | None:
        """The levels and exemptions that hold over quantised facts in fixed point: all that the rules name, in the
        order of their names. None when the engine failed.
        """

    def close(self) -> None:
        """Free what the engine holds."""


class DurableMatcher:
    """durable_rules over the rules of one category, in shards."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        ways: dict[Conjunction, set[Held]] = {}
        for rule in rules:
            for held, node in nodes(rule):
                for way in conjunctions(node):
                    ways.setdefault(way, set()).add(held)
        terms = [term for way in ways for term in way]
        fields = sorted({term.fact for term in terms})
        noticed = {term.fact for term in terms if isinstance(term, Missing)}
        self._fields = fields
        self._noticed = noticed
        self._templates: dict[tuple[bool, ...], str] = {}
        self._shards = shards([(definition(way), held) for way, held in ways.items()])
        self._asserted = 0

    def match(self, row: Sequence[Fixed]) -> set[Held] | frozenset[Held] | None:
        """As the protocol says."""
        self._asserted += 1
        name = f"f{self._asserted}"
        missing = tuple(map(is_, row, _NONE))
        template = self._templates.get(missing) or self._template(missing)
        message = template % (name, *row)
        matched: set[Held] | frozenset[Held] = _NOBODY
        for shard in self._shards:
            held = shard.match(name, message)
            if held is None:
                return None
            if held:
                matched = matched | held
        return matched

    def _template(self, missing: tuple[bool, ...]) -> str:
        """The message of rows in which these facts are missing: to be filled with its id and the row.

        A missing fact is left out; one that a rule asks for has a field of its own, because a missing field meets no
        comparison. `%.0s` takes a value and writes nothing.
        """
        parts = (self._part(field, absent) for field, absent in zip(self._fields, missing, strict=True))
        return self._templates.setdefault(missing, f'{{"id":"%s"{"".join(parts)}}}')

    def _part(self, field: str, absent: bool) -> str:
        if absent:
            return f',"{field}{_MISSING}":1%.0s' if field in self._noticed else "%.0s"
        return f',"{field}":"%s"' if VOCABULARY[field].type is FactType.text else f',"{field}":%d'

    def close(self) -> None:
        """Free the engine's memory."""
        for shard in self._shards:
            shard.close()
        self._shards = []


def nodes(rule: Rule) -> Iterator[tuple[Held, Node]]:
    """Everything of a rule that is matched: its levels and its exemptions."""
    for level, node in rule.levels.items():
        yield (rule.id, level), node
    for number, exemption in enumerate(rule.unless):
        yield (rule.id, number), exemption.when


def shards(ways: Sequence[tuple[str, set[Held]]]) -> list["Shard"]:
    """As many rulesets as it takes for these definitions, each with what holds when it is met."""
    return [Shard(ways[at : at + SHARD_SIZE]) for at in range(0, len(ways), SHARD_SIZE)]


class Shard:
    """One ruleset of the C engine with at most `SHARD_SIZE` conjunctions and a sentinel."""

    def __init__(self, ways: Sequence[tuple[str, set[Held]]]) -> None:
        self._held = {f"c{number}": held for number, (_, held) in enumerate(ways)}
        rules = {name: way for name, (way, _) in zip(self._held, ways, strict=True)}
        rules[_SENTINEL] = f'{{"all":[{{"m":{{"{_SENTINEL}":1}}}}]}}'
        self._definition = f"{{{','.join(f'{json.dumps(name)}:{rule}' for name, rule in rules.items())}}}"
        self._handle = self._open()

    def _open(self) -> int:
        """Deleting the state of a ruleset that never fired is unsafe, so the sentinel fires once."""
        handle: int = durable.create_ruleset("s", self._definition)
        _, state = durable.assert_event(handle, json.dumps({"id": _SENTINEL, _SENTINEL: 1}))
        durable.start_action_for_state(handle, state)
        durable.complete_and_start_action(handle, state)
        return handle

    def match(self, name: str, message: str) -> set[Held] | frozenset[Held] | None:
        """What holds for this fact; None when the engine failed and was opened anew."""
        try:
            return self._match(name, message)
        except durable.error as error:
            _log.error("rule_engine_failed", fact=message, error=str(error))
            self.close()
            self._handle = self._open()
            return None

    def _match(self, name: str, message: str) -> set[Held] | frozenset[Held]:
        code, state = durable.assert_fact(self._handle, message)
        if code == _NOTHING_MATCHED:
            return _NOBODY
        if code != _MATCHED:
            raise durable.error(f"assert_fact: {code}")
        matched: set[Held] = set()
        action = durable.start_action_for_state(self._handle, state)
        fired: str | None = action[1] if action else None
        while fired:
            matched |= self._held[fired[2 : fired.index('"', 2)]]  # {"c12":{"m":{...}}}
            fired = durable.complete_and_start_action(self._handle, state)
        durable.retract_fact(self._handle, f'{{"id":"{name}"}}')
        return matched

    def close(self) -> None:
        """Free the ruleset's memory."""
        durable.delete_state(self._handle, "0")
        durable.delete_ruleset(self._handle)


def definition(way: Conjunction, *also: str) -> str:
    """A conjunction in the engine's language, in front of it other terms in that language."""
    return f'{{"all":[{{"m":{{"$and":[{",".join([*also, *map(_term, way)])}]}}}}]}}'


def _term(term: Term) -> str:
    if isinstance(term, Missing):
        return f'{{"{term.fact}{_MISSING}":1}}'
    assert not isinstance(term.value, tuple)  # noqa: S101 - the normal form has no word lists
    equal = f'{{"{term.fact}":{json.dumps(fixed(term.fact, term.value))}}}'
    return equal if term.op == "==" else f'{{"{_OPERATORS[term.op]}":{equal}}}'
