"""`rules test`: test cases, and where asked for condition coverage and mutation, as one report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.rule_testing.cases import rules_with_cases
from engine.rule_testing.coverage import ConditionCoverage, coverage_report
from engine.rule_testing.mutation import MutationReport, Told, mutation_report
from engine.rule_testing.tests import RuleTestReport, run_rule_tests


@dataclass(frozen=True, slots=True)
class RuleTrials:
    """What was asked for."""

    tests: RuleTestReport
    coverage: ConditionCoverage | None = None
    mutation: MutationReport | None = None

    @property
    def ok(self) -> bool:
        """Everything that was asked for holds."""
        return all(one.ok for one in (self.tests, self.coverage, self.mutation) if one)

    def text(self) -> str:
        """The reports for people."""
        return "\n".join(one.text() for one in (self.tests, self.coverage, self.mutation) if one)

    def to_json(self) -> dict[str, Any]:
        """The tests' report, with the others beside it."""
        return {
            **self.tests.to_json(),
            "ok": self.ok,
            **({"coverage": self.coverage.to_json()} if self.coverage else {}),
            **({"mutation": self.mutation.to_json()} if self.mutation else {}),
        }


def try_rules(
    packs: Path,
    only: str | None = None,
    *,
    coverage: bool = False,
    mutation: bool = False,
    told: Told | None = None,
) -> RuleTrials:
    """Try the rules below a folder, or the one with the id `only`. `told` hears each rule's id and the share done
    of the mutation.
    """
    tests = run_rule_tests(packs, only)
    if not coverage and not mutation:
        return RuleTrials(tests)
    rules, faults = rules_with_cases(packs, only)
    return RuleTrials(
        tests,
        coverage_report(rules, faults) if coverage else None,
        mutation_report(rules, faults, told) if mutation else None,
    )
