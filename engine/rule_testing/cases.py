"""Rules with their test cases and what they get to see in each: computed once for coverage and mutation, because
windows do not depend on thresholds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.rule_testing.run import Seen, case_moments
from engine.rule_testing.tests import concerning
from rules.cases import Case, case_path, read_cases
from rules.document import Document, Place
from rules.errors import Fault
from rules.evaluate import rule_conditions
from rules.loader import PACKS, read_rules
from rules.schema import Rule


@dataclass(frozen=True, slots=True)
class CaseMoments:
    """A case and its moments."""

    case: Case
    moments: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class RuleWithCases:
    """A rule with its cases, those with the fewest moments first."""

    rule: Rule
    document: Document
    cases: tuple[CaseMoments, ...]

    def spot(self, place: Place) -> tuple[str, int]:
        """File and line of a place in the rule."""
        return self.document.file, self.document.lines[self.document.resolve(place)]


def rules_with_cases(
    packs: Path = PACKS, only: str | None = None
) -> tuple[tuple[RuleWithCases, ...], tuple[Fault, ...]]:
    """All sound rules below a folder (or the one with the id `only`) with their cases, and the faults of the rest."""
    files, faults = read_rules(packs)
    found: list[RuleWithCases] = []
    for file in files:
        if only not in (None, file.rule.id):
            continue
        cases: tuple[Case, ...] = ()
        if case_path(file.path).exists():
            loaded, wrong = read_cases(case_path(file.path))
            faults += wrong
            cases = loaded.cases if loaded else ()
        found.append(with_cases(file.rule, file.document, cases))
    return tuple(found), concerning(faults, only)


def with_cases(rule: Rule, document: Document, cases: Iterable[Case]) -> RuleWithCases:
    """One rule with these cases."""
    facts = {one.fact for one in rule_conditions(rule)}
    taken = (CaseMoments(case, case_moments(rule.category, case, facts)) for case in cases)
    return RuleWithCases(rule, document, tuple(sorted(taken, key=lambda one: len(one.moments))))
