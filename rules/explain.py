"""Why a rule says what it says of some facts, and what its next level still needs, in plain Chinese."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from rules.evaluate import ConditionTrace, evaluate, node_holds, trace_of
from rules.schema import AllOf, AnyOf, Condition, Rule, RuleStatus
from rules.vocabulary import LEVEL_TITLES, Category, FactValue, Level
from rules.wording import say_need, say_trace

_MARKS = "①②③④⑤⑥⑦⑧⑨⑩"


class Explanation(BaseModel):
    """A rule's verdict in words. `level` is None when nothing holds, `next_level` None at the top; `reached` says
    why the level holds, `needs` what is missing for the next one, `traces` shows every condition.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    title: str
    category: Category
    status: RuleStatus
    level: Level | None
    summary: str
    reached: tuple[str, ...]
    next_level: Level | None
    needs: tuple[str, ...]
    traces: tuple[ConditionTrace, ...]

    def text(self) -> str:
        """The whole explanation, one sentence a line."""
        lines = [self.summary, *(f"  {sentence}" for sentence in self.reached)]
        if self.next_level and self.needs:
            lines += [f"到“{LEVEL_TITLES[self.next_level]}”还需：", *(f"  {sentence}" for sentence in self.needs)]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return self.model_dump(mode="json")


def explain(rule: Rule, values: Mapping[str, FactValue]) -> Explanation:
    """The rule's verdict over quantised facts in words, firing or not."""
    verdict = evaluate(rule, values)
    following = next_level(rule, verdict.level)
    return Explanation(
        rule=rule.id,
        title=rule.title,
        category=rule.category,
        status=rule.status,
        level=verdict.level,
        summary=_summary(rule, verdict.level),
        reached=tuple(reached(verdict.level, rule.levels[verdict.level], values)) if verdict.level else (),
        next_level=following,
        needs=tuple(needs(following, rule.levels[following], values)) if following else (),
        traces=verdict.traces,
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


def _summary(rule: Rule, level: Level | None) -> str:
    if level is None:
        return f"“{rule.title}”还没有达到“{LEVEL_TITLES[next(iter(rule.levels))]}”"
    return f"“{rule.title}”达到“{LEVEL_TITLES[level]}”"
