"""The plain evaluator compiled: all rules of a category as one function over a row of facts.

`rules.evaluate` says what a rule means; this says the same some thirty times as fast (a test holds them together). The
function is written as Python source: conditions become comparisons of local variables, and the row is unpacked once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from rules.fixed_point import Fixed, fixed
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.vocabulary import Level

Ruled = tuple[int, Level]
"""The place of a rule among those that were compiled, and the highest of its levels that holds."""

Compiled = Callable[[Sequence[Fixed], int], list[Ruled]]
"""Given quantised facts in fixed point, in the order they were compiled for, and a day as `date.toordinal`, the rules
that hold.
"""

_LEVELS: Final = {level.name.upper(): level for level in Level}


def compiled(rules: Sequence[Rule], names: Sequence[str]) -> Compiled:
    """The levels of rules over rows of these facts; `names` holds every fact that the rules name."""
    made: dict[str, Compiled] = {}
    # Nothing in the source is anybody's text: numbers and words that the schema checked, numbered variables.
    exec(source(rules, names), dict(_LEVELS), made)  # noqa: S102
    return made["ruled"]


def source(rules: Sequence[Rule], names: Sequence[str]) -> str:
    """What is compiled."""
    variable = {name: f"f{place}" for place, name in enumerate(names)}
    unpacked = [f"    ({', '.join(variable.values())},) = row"] if variable else []
    lines = (line for place, rule in enumerate(rules) for line in _rule_lines(place, rule, variable))
    return "\n".join(["def ruled(row, day):", *unpacked, "    found = []", *lines, "    return found"])


def _rule_lines(place: int, rule: Rule, variable: Mapping[str, str]) -> Iterator[str]:
    word = "if"
    for level in reversed(rule.levels):
        yield f"    {word} {_level(rule, level, variable)}:"
        yield f"        found.append(({place}, {level.name.upper()}))"
        word = "elif"


def _level(rule: Rule, level: Level, variable: Mapping[str, str]) -> str:
    exemptions = (one for one in rule.unless if one.covers(level, date.min))
    unless = (f" and not (day <= {one.until.toordinal()} and {_node(one.when, variable)})" for one in exemptions)
    return _node(rule.levels[level], variable) + "".join(unless)


def _node(node: Condition | AllOf | AnyOf, variable: Mapping[str, str]) -> str:
    if isinstance(node, Condition):
        return _condition(node, variable[node.fact])
    word, children = (" and ", node.all) if isinstance(node, AllOf) else (" or ", node.any)
    return f"({word.join(_node(child, variable) for child in children)})"


def _condition(condition: Condition, name: str) -> str:
    value = condition.value if isinstance(condition.value, tuple) else fixed(condition.fact, condition.value)
    known = f"{name} {condition.op} {value!r}"
    if condition.on_missing == "met":
        return f"({name} is None or {known})"
    return f"({name} is not None and {known})"
