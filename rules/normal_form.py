"""A tree of conditions as the ways in which it can be met: what the rule engine is given.

durable_rules fires an OR twice when both sides are true and errs in nested ones, so it only ever sees conjunctions.
"""

from itertools import product

from rules.schema import AllOf, AnyOf, Condition

Conjunction = tuple[Condition, ...]


def conjunctions(node: Condition | AllOf | AnyOf) -> tuple[Conjunction, ...]:
    """Every way to meet the tree (its disjunctive normal form), each a set of `==`, `!=` and order comparisons.

    `in` becomes one way for each word; repeated conditions and repeated ways are dropped; the order is stable.
    """
    return tuple(dict.fromkeys(_ordered(way) for way in _ways(node)))


def _ways(node: Condition | AllOf | AnyOf) -> list[Conjunction]:
    if isinstance(node, AllOf):
        parts = (_ways(child) for child in node.all)
        return [tuple(condition for way in ways for condition in way) for ways in product(*parts)]
    if isinstance(node, AnyOf):
        return [way for child in node.any for way in _ways(child)]
    if isinstance(node.value, tuple):
        return [(Condition(fact=node.fact, op="==", value=word),) for word in node.value]
    return [(node,)]


def _ordered(way: Conjunction) -> Conjunction:
    """Without repetitions, equalities first: they cut the engine's work soonest."""
    key = {condition: (condition.op != "==", condition.fact, condition.op, str(condition.value)) for condition in way}
    return tuple(sorted(key, key=key.__getitem__))
