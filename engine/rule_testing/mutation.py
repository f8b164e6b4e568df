"""Threshold mutation: whatever small thing changes in a rule, one of its tests must fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.rule_testing.cases import CaseMoments, RuleWithCases
from engine.rule_testing.run import passes, plain_run
from rules.errors import Fault
from rules.meaning import Effect, Meaning
from rules.mutants import Mutant, mutants
from rules.schema import Rule

Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no test noticed."""

    file: str
    line: int
    change: str
    advice: str

    def text(self) -> str:
        """For people."""
        return f"{self.file}:{self.line} {self.change}，用例照样全部通过；{self.advice}"


@dataclass(frozen=True, slots=True)
class RuleMutation:
    """One rule: how many changes were tried and which its tests did not notice. Changes that no facts whatever could
    tell from the original are not among the tried ones. `broken` names a case that the unchanged rule already fails;
    nothing was tried then.
    """

    rule: str
    tried: int
    survivors: tuple[Survivor, ...]
    broken: str | None = None

    @property
    def ok(self) -> bool:
        """Every change was noticed."""
        return not self.survivors and self.broken is None

    def text(self) -> str:
        """For people; a rule without fault is one line."""
        if self.broken:
            return f"{self.rule}：用例“{self.broken}”本身没有通过，先改好它再检查"
        head = f"{self.rule}：{self.tried} 处改动，{self.tried - len(self.survivors)} 处被用例发现"
        return "\n".join([head, *(f"    {one.text()}" for one in self.survivors)])


@dataclass(frozen=True, slots=True)
class MutationReport:
    """All rules in the order of their ids."""

    rules: tuple[RuleMutation, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Every change to every rule was noticed."""
        return bool(self.rules) and not self.faults and all(one.ok for one in self.rules)

    def text(self) -> str:
        """The rules with faults, and a summary."""
        tried = sum(one.tried for one in self.rules)
        survived = sum(len(one.survivors) for one in self.rules)
        summary = f"改动检查：{len(self.rules)} 条规则，{tried} 处改动，{survived} 处没有用例发现"
        return "\n".join([*(one.text() for one in self.rules if not one.ok), summary])

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rules = [
            {
                "rule": one.rule,
                "tried": one.tried,
                "noticed": one.tried - len(one.survivors),
                "broken_case": one.broken,
                "survivors": [
                    {"file": left.file, "line": left.line, "change": left.change, "advice": left.advice}
                    for left in one.survivors
                ],
            }
            for one in self.rules
        ]
        return {"ok": self.ok, "rules": rules}


def mutation_report(
    rules: Sequence[RuleWithCases], faults: tuple[Fault, ...] = (), told: Told | None = None
) -> MutationReport:
    """Try every change on every rule; `told` hears which rule is through, and the share done (0-1)."""
    found = []
    for number, one in enumerate(rules, 1):
        found.append(rule_mutation(one))
        if told:
            told(one.rule.id, number / len(rules))
    return MutationReport(tuple(found), faults)


def rule_mutation(tested: RuleWithCases) -> RuleMutation:
    """Try every change on one rule."""
    broken = [one.case.name for one in tested.cases if not _passes(tested.rule, one)]
    if broken:
        return RuleMutation(tested.rule.id, 0, (), broken[0])
    tried = list(mutants(tested.rule))
    unnoticed = [one for one in tried if all(_passes(one.rule, each) for each in tested.cases)]
    survivors = [one for one in unnoticed if _differs(tested.rule, one.rule)]
    number = len(tried) - len(unnoticed) + len(survivors)
    return RuleMutation(tested.rule.id, number, tuple(_survivor(tested, one) for one in survivors))


def _differs(rule: Rule, changed: Rule) -> bool:
    """Whether some facts, on some day, tell both apart."""
    meaning = Meaning.of_rules(rule, changed)
    return any(meaning.levels(rule, changed, level) is not Effect.same for level in rule.levels)


def _passes(rule: Rule, one: CaseMoments) -> bool:
    return passes(one.case, plain_run(rule, one.case, one.moments))


def _survivor(tested: RuleWithCases, mutant: Mutant) -> Survivor:
    file, line = tested.spot(mutant.place)
    return Survivor(file, line, mutant.change, mutant.advice)
