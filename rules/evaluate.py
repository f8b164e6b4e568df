"""The plain evaluator: value, threshold, verdict and distance of every condition."""

from collections.abc import Iterable, Iterator, Mapping
from math import isnan

from pydantic import BaseModel, ConfigDict

from rules.errors import BadFactError
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.vocabulary import VOCABULARY, FactType, FactValue, Level


class ConditionTrace(BaseModel):
    """One condition as it was seen. `margin` is the signed distance to the threshold in the fact's unit:
    positive or zero when it holds (by how much), negative when it fails (how much is missing); None for texts
    and missing values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    fact: str
    value: FactValue
    op: str
    threshold: float | int | str | tuple[str, ...]
    holds: bool
    margin: float | None


class Verdict(BaseModel):
    """What a rule says of some facts: the highest level that holds (None: none does), and how every condition of
    every level was seen, from mild to severe in the order of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    level: Level | None
    traces: tuple[ConditionTrace, ...]


def quantised(values: Mapping[str, FactValue], names: Iterable[str] = VOCABULARY) -> dict[str, FactValue]:
    """The facts of these names as rules see them: rounded to their steps, None where unknown.

    Names outside the vocabulary are left out (no rule can name them), words outside a fact's choices count as
    unknown. Raises BadFactError for a text where a number belongs, or a number that is none.
    """
    return {name: _quantised(name, values.get(name)) for name in names}


def _quantised(name: str, value: FactValue) -> FactValue:
    spec = VOCABULARY[name]
    if value is None:
        return None
    if spec.type is FactType.text:
        return value if value in spec.choices else None
    if isinstance(value, str) or isnan(value):
        raise BadFactError(name, value)
    return spec.quantise(value)


def level_of(rule: Rule, values: Mapping[str, FactValue]) -> Level | None:
    """The highest level whose conditions hold over quantised facts."""
    return next((level for level in reversed(rule.levels) if node_holds(rule.levels[level], values)), None)


def evaluate(rule: Rule, values: Mapping[str, FactValue]) -> Verdict:
    """The rule's verdict over quantised facts, with a trace of every condition."""
    traces = tuple(trace for level in rule.levels for trace in level_traces(rule, level, values))
    return Verdict(rule=rule.id, level=level_of(rule, values), traces=traces)


def level_traces(rule: Rule, level: Level, values: Mapping[str, FactValue]) -> tuple[ConditionTrace, ...]:
    """How every condition of one level was seen, in the order of the file."""
    return tuple(trace_of(level, one, values.get(one.fact)) for one in conditions(rule.levels[level]))


def conditions(node: Condition | AllOf | AnyOf) -> Iterator[Condition]:
    """The conditions of a tree in the order of the file."""
    if isinstance(node, Condition):
        yield node
    else:
        for child in node.all if isinstance(node, AllOf) else node.any:
            yield from conditions(child)


def node_holds(node: Condition | AllOf | AnyOf, values: Mapping[str, FactValue]) -> bool:
    """Whether a tree holds over quantised facts."""
    if isinstance(node, Condition):
        return condition_holds(node, values.get(node.fact))
    if isinstance(node, AllOf):
        return all(node_holds(child, values) for child in node.all)
    return any(node_holds(child, values) for child in node.any)


def condition_holds(condition: Condition, value: FactValue) -> bool:
    """Whether a quantised value meets a condition. A missing value (None) meets none, `!=` included: what is not
    known must not raise an alarm, and durable_rules sees a missing field the same way.
    """
    if value is None:
        return False
    if condition.op == "in":
        return isinstance(condition.value, tuple) and value in condition.value
    if condition.op == "==":
        return value == condition.value
    if condition.op == "!=":
        return value != condition.value
    if isinstance(value, str) or not isinstance(condition.value, int | float):
        return False
    return _ordered(condition.op, value, condition.value)


def _ordered(op: str, value: float, threshold: float) -> bool:
    if op == ">=":
        return value >= threshold
    if op == ">":
        return value > threshold
    return value <= threshold if op == "<=" else value < threshold


def trace_of(level: Level, condition: Condition, value: FactValue) -> ConditionTrace:
    """How one condition of a level was seen."""
    return ConditionTrace(
        level=level,
        fact=condition.fact,
        value=value,
        op=condition.op,
        threshold=condition.value,
        holds=condition_holds(condition, value),
        margin=_margin(condition, value),
    )


def _margin(condition: Condition, value: FactValue) -> float | None:
    """Signed distance to the nearest value that meets the condition; `>` and `<` start one step past the threshold."""
    threshold = condition.value
    if value is None or isinstance(value, str) or not isinstance(threshold, int | float):
        return None
    step = VOCABULARY[condition.fact].step
    distance = value - threshold
    # Adding zero turns -0.0 into 0.0, which would read oddly in explanations.
    return round(_distance(condition.op, distance, step), 6) + 0.0


def _distance(op: str, distance: float, step: float) -> float:
    if op in (">=", ">"):
        return distance if op == ">=" else distance - step
    if op in ("<=", "<"):
        return -distance if op == "<=" else -distance - step
    return -abs(distance) if op == "==" else abs(distance) - step
