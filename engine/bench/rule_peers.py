"""Other rule engines over the same rules and facts: loaded once, asked for everything that matches.

Every one is given all rules, with the category as one more condition, and facts as the whole numbers that this
program compares as well. It answers with rules and levels: all that hold, or the highest of each rule where its way of
asking allows to stop there. Rules with `!=`, exemptions or answers to missing values are not spoken to it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import count
from typing import Any, Final

from engine.durable_matcher import Held, definition, nodes, shards
from rules.fixed_point import Fixed, fixed
from rules.normal_form import Conjunction, Missing, conjunctions
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.vocabulary import VOCABULARY, FactType

Plain = Mapping[str, Fixed]
"""Facts in fixed point by name, and the category by its own."""

Peer = Callable[[Plain], set[Held]]

CATEGORY: Final = "category"


def bare_durable(rules: Sequence[Rule]) -> Peer:
    """durable_rules with nothing of this program around it but the safe way to use it: rulesets of at most 63
    conjunctions; each fact is written as JSON, asserted, drained and retracted.
    """
    ways = (
        (definition(way, json.dumps({CATEGORY: rule.category})), {held})
        for rule in rules
        for held, node in nodes(rule)
        for way in conjunctions(node)
    )
    rulesets, numbers = shards(list(ways)), count()

    def ask(facts: Plain) -> set[Held]:
        name = f"f{next(numbers)}"
        known = {fact: value for fact, value in facts.items() if value is not None}
        message = json.dumps({"id": name, **known})
        found: set[Held] = set()
        for ruleset in rulesets:
            found |= ruleset.match(name, message) or set()
        return found

    return ask


def rule_engine(rules: Sequence[Rule]) -> Peer:
    """The package rule-engine: one expression a level, asked from the highest down."""
    module = import_module("rule_engine")
    context = module.Context(default_value=None)
    compiled = [
        (rule.id, [(level, module.Rule(text, context=context)) for level, text in reversed(list(_texts(rule)))])
        for rule in rules
    ]

    def ask(facts: Plain) -> set[Held]:
        found: set[Held] = set()
        for name, levels in compiled:
            held = next((level for level, one in levels if one.matches(facts)), None)
            if held:
                found.add((name, held))
        return found

    return ask


def zen_expression(rules: Sequence[Rule]) -> Peer:
    """The package zen-engine, without its decision graphs: a single compiled expression that lists what holds."""
    zen = import_module("zen")
    held = [(rule.id, level) for rule in rules for level in rule.levels]
    expression = zen.compile_expression(f"[{', '.join(text for rule in rules for _, text in _texts(rule))}]")
    return lambda facts: {one for one, holds in zip(held, expression.evaluate(facts), strict=True) if holds}


def zen_table(rules: Sequence[Rule]) -> Peer:
    """The package zen-engine as documented: a decision table that collects, with a row for each conjunction."""
    zen = import_module("zen")
    ways = [(held, rule, way) for rule in rules for held, node in nodes(rule) for way in conjunctions(node)]
    columns = {CATEGORY: "category", **{fact: fact for fact in sorted({term.fact for *_, way in ways for term in way})}}
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": column, "name": column, "field": column, "type": "expression"} for column in columns],
        "outputs": [{"id": "held", "name": "held", "field": "held", "type": "expression"}],
        "rules": [_table_row(number, rule, way, columns) for number, (_, rule, way) in enumerate(ways)],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(_graph(table)))
    return lambda facts: {ways[one["held"]][0] for one in decision.evaluate(dict(facts))["result"]}


def _table_row(number: int, rule: Rule, way: Conjunction, columns: Mapping[str, str]) -> dict[str, str]:
    row = {"_id": str(number), "held": str(number), **dict.fromkeys(columns, ""), CATEGORY: json.dumps(rule.category)}
    for term in way:
        cell = "null" if isinstance(term, Missing) else _cell(term)
        row[term.fact] = f"{row[term.fact]} and {cell}" if row[term.fact] else cell
    return row


def _cell(condition: Condition) -> str:
    value = json.dumps(fixed(condition.fact, _single(condition)))
    guard = "$ != null and " if VOCABULARY[condition.fact].nullable else ""
    return f"{guard}$ {condition.op} {value}"


def _graph(table: dict[str, Any]) -> dict[str, Any]:
    kinds = {"in": "inputNode", "table": "decisionTableNode", "out": "outputNode"}
    place = {"x": 0, "y": 0}
    listed = [{"id": name, "name": name, "type": kind, "position": place} for name, kind in kinds.items()]
    listed[1]["content"] = table
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in (("in", "table"), ("table", "out"))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": listed, "edges": edges}


def business_rules(rules: Sequence[Rule]) -> Peer:
    """The package business-rules: a variables class, one rule a level, an action that notes what held."""
    engine, variables = import_module("business_rules.engine"), _variables()
    spoken = [
        {
            "conditions": {"all": [_spoken_category(rule), _spoken(node)]},
            "actions": [{"name": "hold", "params": {"held": held}}],
        }
        for rule in rules
        for held, node in nodes(rule)
    ]

    def ask(facts: Plain) -> set[Held]:
        noted = _Noted()
        engine.run_all(spoken, variables(facts), noted)
        return noted.found

    return ask


class _Noted:
    """The actions of business-rules: the package asks nothing of the class that holds them but its methods."""

    def __init__(self) -> None:
        self.found: set[Held] = set()

    def hold(self, held: Held) -> None:
        self.found.add(held)


def _variables() -> Callable[[Plain], Any]:
    """A class with a method for each fact, made as the package's decorators make one by hand."""
    module = import_module("business_rules.variables")

    def init(self: Any, facts: Plain) -> None:
        self.facts = facts

    def method(name: str) -> Any:
        is_text = name == CATEGORY or VOCABULARY[name].type is FactType.text
        absent = "" if is_text else _absent(name)

        def value(self: Any) -> Fixed:
            found: Fixed = self.facts.get(name)
            return absent if found is None else found

        return (module.string_rule_variable if is_text else module.numeric_rule_variable)(label=name)(value)

    methods = {name: method(name) for name in (CATEGORY, *VOCABULARY)}
    made: Callable[[Plain], Any] = type("Facts", (module.BaseVariables,), {"__init__": init, **methods})
    return made


def _absent(name: str) -> int:
    """What stands for a missing number, which business-rules does not know: ranks are small when it matters."""
    return 10**12 if name == "hot_search_rank_24h" else -1


_SPOKEN: Final = {
    "==": "equal_to",
    ">": "greater_than",
    ">=": "greater_than_or_equal_to",
    "<": "less_than",
    "<=": "less_than_or_equal_to",
}


def _spoken_category(rule: Rule) -> dict[str, Any]:
    return {"name": CATEGORY, "operator": "equal_to", "value": str(rule.category)}


def _spoken(node: Condition | AllOf | AnyOf) -> dict[str, Any]:
    if isinstance(node, AllOf):
        return {"all": [_spoken(child) for child in node.all]}
    if isinstance(node, AnyOf):
        return {"any": [_spoken(child) for child in node.any]}
    if isinstance(node.value, tuple):
        return {"any": [{"name": node.fact, "operator": "equal_to", "value": word} for word in node.value]}
    return {"name": node.fact, "operator": _SPOKEN[node.op], "value": fixed(node.fact, node.value)}


def _texts(rule: Rule) -> Iterator[tuple[Any, str]]:
    """Each level as an expression that rule-engine and zen-engine both read; the category comes first."""
    for level, node in rule.levels.items():
        yield level, f"({CATEGORY} == {json.dumps(rule.category)} and {_infix(node)})"


def _infix(node: Condition | AllOf | AnyOf) -> str:
    if isinstance(node, AllOf):
        return f"({' and '.join(_infix(child) for child in node.all)})"
    if isinstance(node, AnyOf):
        return f"({' or '.join(_infix(child) for child in node.any)})"
    if isinstance(node.value, tuple):
        return f"({' or '.join(f'{node.fact} == {json.dumps(word)}' for word in node.value)})"
    compared = f"{node.fact} {node.op} {json.dumps(fixed(node.fact, node.value))}"
    return f"({node.fact} != null and {compared})" if VOCABULARY[node.fact].nullable else compared


def _single(condition: Condition) -> float | int | str:
    assert not isinstance(condition.value, tuple)  # noqa: S101 - the normal form has no word lists
    return condition.value
