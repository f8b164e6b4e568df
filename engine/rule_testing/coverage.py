"""Condition coverage: what of a rule its test cases show.

Each condition should be seen met, seen not met, and seen decisive: turned round by itself, it alone changes the
rule's verdict in some case (modified condition/decision coverage, Chilenski & Miller 1994). Of an exemption also that
it ends: a case after its last day in which it would still have held a level back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.model import Level
from engine.rule_testing.cases import RuleWithCases
from rules.document import Place
from rules.errors import Fault
from rules.evaluate import condition_holds, level_of
from rules.places import PlacedCondition, placed_conditions
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.wording import say_condition


@dataclass(frozen=True, slots=True)
class Shown:
    """One condition (or the end of an exemption) with what no case shows of it; nothing missing: fully shown."""

    file: str
    line: int
    subject: str
    missing: tuple[str, ...]

    def text(self) -> str:
        """For people."""
        return f"{self.file}:{self.line} {self.subject}：" + "；".join(self.missing)


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """What the cases of one rule show, in the order of the file."""

    rule: str
    conditions: tuple[Shown, ...]

    @property
    def gaps(self) -> tuple[Shown, ...]:
        """What is not fully shown."""
        return tuple(one for one in self.conditions if one.missing)

    @property
    def percent(self) -> int:
        """Fully shown conditions of all, rounded down."""
        return 100 * (len(self.conditions) - len(self.gaps)) // len(self.conditions)

    def text(self) -> str:
        """For people; a rule without gaps is one line."""
        head = f"{self.rule}：条件覆盖 {self.percent}%"
        return "\n".join([head, *(f"    {one.text()}" for one in self.gaps)])


@dataclass(frozen=True, slots=True)
class ConditionCoverage:
    """All rules in the order of their ids."""

    rules: tuple[RuleCoverage, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Every condition of every rule is fully shown."""
        return bool(self.rules) and not self.faults and not any(one.gaps for one in self.rules)

    def text(self) -> str:
        """The rules with gaps, and a summary."""
        full = sum(not one.gaps for one in self.rules)
        summary = f"条件覆盖：{len(self.rules)} 条规则，{full} 条达到 100%"
        return "\n".join([*(one.text() for one in self.rules if one.gaps), summary])

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rules = [
            {
                "rule": one.rule,
                "percent": one.percent,
                "conditions": len(one.conditions),
                "gaps": [
                    {"file": gap.file, "line": gap.line, "subject": gap.subject, "missing": list(gap.missing)}
                    for gap in one.gaps
                ],
            }
            for one in self.rules
        ]
        return {"ok": self.ok, "rules": rules}


def coverage_report(rules: Iterable[RuleWithCases], faults: tuple[Fault, ...] = ()) -> ConditionCoverage:
    """What the cases of these rules show."""
    return ConditionCoverage(tuple(rule_coverage(one) for one in rules), faults)


def rule_coverage(tested: RuleWithCases) -> RuleCoverage:
    """What the cases of one rule show."""
    rule, placed = tested.rule, list(placed_conditions(tested.rule))
    met: list[set[bool]] = [set() for _ in placed]
    decisive = [False] * len(placed)
    for truths, day in _looks(tested, placed):
        verdict = verdict_of(rule, truths, day)
        for number, truth in enumerate(truths):
            met[number].add(truth)
            turned = (*truths[:number], not truth, *truths[number + 1 :])
            decisive[number] = decisive[number] or verdict_of(rule, turned, day) is not verdict
    shown = (
        _shown(tested, one.place, f"{one.home}的“{say_condition(one.condition)}”", _missing(seen, decides))
        for one, seen, decides in zip(placed, met, decisive, strict=True)
    )
    return RuleCoverage(rule.id, (*shown, *_ends(tested)))


def verdict_of(rule: Rule, truths: Sequence[bool], on: date) -> Level | None:
    """The rule's verdict when its conditions, in the order of `placed_conditions`, are so: as `level_of` says it."""
    left = iter(truths)
    holding = [level for level, node in rule.levels.items() if _holds(node, left)]
    for exemption in rule.unless:
        if _holds(exemption.when, left):
            holding = [level for level in holding if not exemption.covers(level, on)]
    return holding[-1] if holding else None


def _holds(node: Condition | AllOf | AnyOf, left: Iterator[bool]) -> bool:
    """Takes the truth of every condition below the node, whatever the others say."""
    if isinstance(node, Condition):
        return next(left)
    children = [_holds(child, left) for child in (node.all if isinstance(node, AllOf) else node.any)]
    return all(children) if isinstance(node, AllOf) else any(children)


def _looks(tested: RuleWithCases, placed: list[PlacedCondition]) -> set[tuple[tuple[bool, ...], date]]:
    """How all conditions stood together, on which days; many moments of a series look the same."""
    return {
        (tuple(condition_holds(one.condition, seen.values.get(one.condition.fact)) for one in placed), seen.day)
        for case in tested.cases
        for seen in case.moments
    }


def _missing(seen: set[bool], decides: bool) -> tuple[str, ...]:
    missing = []
    if True not in seen:
        missing.append("没有用例达到过它")
    if False not in seen:
        missing.append("每个用例都达到了它，缺少没有达到的用例")
    if not decides:
        missing.append("没有用例由它单独决定等级（别的都相同，只差这一项）")
    return tuple(missing)


def _ends(tested: RuleWithCases) -> Iterator[Shown]:
    """Of each exemption, whether a case shows that it ends."""
    for number, exemption in enumerate(tested.rule.unless):
        late = (seen for case in tested.cases for seen in case.moments if seen.day > exemption.until)
        shows = any(
            level_of(tested.rule, seen.values, exemption.until) is not level_of(tested.rule, seen.values, seen.day)
            for seen in late
        )
        missing = () if shows else (f"没有用例说明到期之后恢复告警，请加一个 on 晚于 {exemption.until} 的用例",)
        subject = f"第 {number + 1} 条豁免（{exemption.reason}）到期"
        yield _shown(tested, ("unless", number, "until"), subject, missing)


def _shown(tested: RuleWithCases, place: Place, subject: str, missing: tuple[str, ...]) -> Shown:
    file, line = tested.spot(place)
    return Shown(file, line, subject, missing)
