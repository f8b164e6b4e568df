"""Why a rule says what it says of some facts, and what its next level still needs, in plain Chinese."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from rules.evaluate import ConditionTrace, ExemptionTrace, evaluate, exempting, node_holds, trace_of
from rules.schema import AllOf, AnyOf, Condition, Rule, RuleStatus
from rules.vocabulary import LEVEL_TITLES, Category, FactValue, Level
from rules.wording import say_exemption, say_need, say_trace

_MARKS = "①②③④⑤⑥⑦⑧⑨⑩"


class Explanation(BaseModel):
    """A rule's verdict in words. `level` is None when nothing holds, `next_level` None at the top; `reached` says
    why the level holds, `held_back` which exemptions keep a higher one from it, `needs` what is missing for the next
    one, `traces` and `exemptions` show every condition.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    title: str
    category: Category
    status: RuleStatus
    level: Level | None
    summary: str
    reached: tuple[str, ...]
    held_back: tuple[str, ...] = ()
    next_level: Level | None
    needs: tuple[str, ...]
    traces: tuple[ConditionTrace, ...]
    exemptions: tuple[ExemptionTrace, ...] = ()

    def text(self) -> str:
        """The whole explanation, one sentence a line."""
        lines = [self.summary, *(f"  {sentence}" for sentence in (*self.reached, *self.held_back))]
        if self.next_level and self.needs:
            lines += [f"到“{LEVEL_TITLES[self.next_level]}”还需：", *(f"  {sentence}" for sentence in self.needs)]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return self.model_dump(mode="json")


def explain(rule: Rule, values: Mapping[str, FactValue], on: date) -> Explanation:
    """The rule's verdict over quantised facts on this Chinese calendar day in words, firing or not."""
    verdict = evaluate(rule, values, on)
    following = next_level(rule, verdict.level)
    stopped = tuple(held_back(rule, verdict.level, values, on))
    return Explanation(
        rule=rule.id,
        title=rule.title,
        category=rule.category,
        status=rule.status,
        level=verdict.level,
        summary=_summary(rule, verdict.level, exempted=bool(stopped)),
        reached=tuple(reached(verdict.level, rule.levels[verdict.level], values)) if verdict.level else (),
        held_back=stopped,
        next_level=following,
        needs=tuple(needs(following, rule.levels[following], values)) if following else (),
        traces=verdict.traces,
        exemptions=verdict.exemptions,
    )


def next_level(rule: Rule, level: Level | None) -> Level | None:
    """The next level of this rule above the given one (None: below all)."""
    rank = level.rank if level else 0
    return next((candidate for candidate in rule.levels if candidate.rank > rank), None)


def reached(level: Level, node: Condition | AllOf | AnyOf, values: Mapping[str, FactValue]) -> list[str]:
    """A sentence for each condition that makes a level hold."""
    if not node_holds(node, values):
        return []
    if isinstance(node, Condition):
        return [say_trace(trace_of(level, node, values.get(node.fact)))]
    children = node.all if isinstance(node, AllOf) else node.any
    return [sentence for child in children for sentence in reached(level, child, values)]


def held_back(rule: Rule, level: Level | None, values: Mapping[str, FactValue], on: date) -> Iterator[str]:
    """A sentence for each exemption that keeps the rule from a level above the given one (None: from any)."""
    above = [one for one in rule.levels if one.rank > (level.rank if level else 0)]
    stopped = [one for one in above if node_holds(rule.levels[one], values)]
    for exemption in rule.unless:
        levels = [one for one in stopped if exemption in exempting(rule, one, values, on)]
        if levels:
            why = "；".join(reached(levels[-1], exemption.when, values))
            yield f"{say_exemption(exemption.reason, exemption.until, levels)}：{why}"


def needs(level: Level, node: Condition | AllOf | AnyOf, values: Mapping[str, FactValue]) -> list[str]:
    """A sentence for each thing that a level still lacks; where one of several is enough, one sentence for them."""
    if node_holds(node, values):
        return []
    if isinstance(node, Condition):
        return [say_need(trace_of(level, node, values.get(node.fact)))]
    if isinstance(node, AllOf):
        return [sentence for child in node.all for sentence in needs(level, child, values)]
    ways = ["，同时".join(needs(level, child, values)) for child in node.any]
    if len(ways) == 1:
        return ways
    return ["以下有一项即可：" + "；".join(f"{_mark(number)}{way}" for number, way in enumerate(ways))]


def _mark(number: int) -> str:
    return _MARKS[number] if number < len(_MARKS) else f"（{number + 1}）"


def _summary(rule: Rule, level: Level | None, *, exempted: bool) -> str:
    if level is None and exempted:
        return f"“{rule.title}”因豁免暂不告警"
    if level is None:
        return f"“{rule.title}”还没有达到“{LEVEL_TITLES[next(iter(rule.levels))]}”"
    return f"“{rule.title}”达到“{LEVEL_TITLES[level]}”"
