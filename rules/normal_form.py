"""A tree of conditions as the ways in which it can be met: what the rule engine is given.

durable_rules fires an OR twice when both sides are true and errs in nested ones, so it only ever sees conjunctions.
To it a missing value meets no comparison, so that "or it is missing" is a way of its own.
"""

from itertools import product
from typing import NamedTuple

from rules.schema import AllOf, AnyOf, Condition, Operator
from rules.thresholds import Threshold


class Missing(NamedTuple):
    """A fact that has no value."""

    fact: str


Term = Condition | Missing
Conjunction = tuple[Term, ...]


def conjunctions(node: Condition | AllOf | AnyOf) -> tuple[Conjunction, ...]:
    """Every way to meet the tree (its disjunctive normal form), each a set of `==`, `!=` and order comparisons of
    values that are there, and of facts that are missing.

    `in` becomes one way for each word, a condition that a missing value meets one more way; repeated conditions and
    repeated ways are dropped; the order is stable.
    """
    return tuple(dict.fromkeys(_ordered(way) for way in _ways(node)))


def _ways(node: Condition | AllOf | AnyOf) -> list[Conjunction]:
    if isinstance(node, AllOf):
        parts = (_ways(child) for child in node.all)
        return [tuple(term for way in ways for term in way) for ways in product(*parts)]
    if isinstance(node, AnyOf):
        return [way for child in node.any for way in _ways(child)]
    missing: list[Conjunction] = [(Missing(node.fact),)] if node.on_missing == "met" else []
    if isinstance(node.value, tuple):
        return [*((_plain(node.fact, "==", word),) for word in node.value), *missing]
    return [(_plain(node.fact, node.op, node.value),), *missing] if missing else [(node,)]


def _plain(fact: str, op: Operator, value: Threshold) -> Condition:
    """A condition on a value that is there, from one that was checked."""
    return Condition.model_construct(fact=fact, op=op, value=value)


def _ordered(way: Conjunction) -> Conjunction:
    """Without repetitions, equalities first: they cut the engine's work soonest."""
    return tuple(sorted(dict.fromkeys(way), key=_rank))


def _rank(term: Term) -> tuple[bool, str, str, str]:
    if isinstance(term, Missing):
        return (False, term.fact, "", "")
    return (term.op != "==", term.fact, term.op, str(term.value))
