"""The plain evaluator: value, threshold, verdict and distance of every condition."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isnan

from pydantic import BaseModel, ConfigDict

from rules.errors import BadFactError
from rules.schema import AllOf, AnyOf, Condition, Exemption, Rule
from rules.vocabulary import VOCABULARY, WINDOWS, FactType, FactValue, Level


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


class ExemptionTrace(BaseModel):
    """One exemption as it was seen, counted from 1: the levels of the rule that it covers, whether the day is still
    within `until`, and whether its conditions hold. `traces` carry the highest of these levels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    reason: str
    until: date
    levels: tuple[Level, ...]
    in_force: bool
    holds: bool
    traces: tuple[ConditionTrace, ...]


class Verdict(BaseModel):
    """What a rule says of some facts: the highest level that holds (None: none does), and how every condition of
    every level and every exemption was seen, from mild to severe in the order of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    level: Level | None
    traces: tuple[ConditionTrace, ...]
    exemptions: tuple[ExemptionTrace, ...] = ()


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


def level_of(rule: Rule, values: Mapping[str, FactValue], on: date) -> Level | None:
    """The highest level whose conditions hold over quantised facts and which no exemption holds back on this
    Chinese calendar day.
    """
    return next((level for level in reversed(rule.levels) if level_holds(rule, level, values, on)), None)


def level_holds(rule: Rule, level: Level, values: Mapping[str, FactValue], on: date) -> bool:
    """Whether a level of the rule is reached on this day, a higher one or not."""
    if not node_holds(rule.levels[level], values):
        return False
    return not any(True for _ in exempting(rule, level, values, on))


def exempting(rule: Rule, level: Level, values: Mapping[str, FactValue], on: date) -> Iterator[Exemption]:
    """The exemptions that hold a level back on this day."""
    return (one for one in rule.unless if one.covers(level, on) and node_holds(one.when, values))


def evaluate(rule: Rule, values: Mapping[str, FactValue], on: date) -> Verdict:
    """The rule's verdict over quantised facts on this day, with a trace of every condition."""
    return Verdict(
        rule=rule.id,
        level=level_of(rule, values, on),
        traces=tuple(trace for level in rule.levels for trace in level_traces(rule, level, values)),
        exemptions=tuple(_exemption_trace(rule, number, values, on) for number in range(len(rule.unless))),
    )


def _exemption_trace(rule: Rule, number: int, values: Mapping[str, FactValue], on: date) -> ExemptionTrace:
    exemption = rule.unless[number]
    levels = tuple(level for level in rule.levels if not exemption.levels or level in exemption.levels)
    highest = (levels or tuple(rule.levels))[-1]
    return ExemptionTrace(
        number=number + 1,
        reason=exemption.reason,
        until=exemption.until,
        levels=levels,
        in_force=on <= exemption.until,
        holds=node_holds(exemption.when, values),
        traces=tuple(trace_of(highest, one, values.get(one.fact)) for one in conditions(exemption.when)),
    )


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


def rule_conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition of a rule: of its levels, then of its exemptions."""
    for node in (*rule.levels.values(), *(exemption.when for exemption in rule.unless)):
        yield from conditions(node)


def windows_of(rule: Rule) -> tuple[str, ...]:
    """The windows over which a rule looks, from short to long."""
    used = {VOCABULARY[condition.fact].window for condition in rule_conditions(rule)}
    return tuple(window for window in WINDOWS.values() if window in used)


def node_holds(node: Condition | AllOf | AnyOf, values: Mapping[str, FactValue]) -> bool:
    """Whether a tree holds over quantised facts."""
    if isinstance(node, Condition):
        return condition_holds(node, values.get(node.fact))
    if isinstance(node, AllOf):
        return all(node_holds(child, values) for child in node.all)
    return any(node_holds(child, values) for child in node.any)


def condition_holds(condition: Condition, value: FactValue) -> bool:
    """Whether a quantised value meets a condition. A missing value (None) meets none, `!=` included, unless the
    condition says so: what is not known must not raise an alarm by itself.
    """
    if value is None:
        return condition.on_missing == "met"
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
