"""Every test case of every rule in the pack, through the real windows and both engines."""

import pytest

from engine.rule_cases import RuleWithCases
from engine.rule_coverage import rule_coverage
from engine.rule_mutation import rule_mutation
from engine.rule_tests import CaseResult, RuleTestReport, run_rule_tests
from rules.lint import lint_rules
from rules.loader import load_rules
from rules.schema import Rule
from rules.vocabulary import Category, Level
from tests.rules.conftest import pack

REPORT: RuleTestReport = run_rule_tests()


@pytest.mark.parametrize("result", REPORT.results, ids=lambda result: f"{result.rule}-{result.case}")
def test_case(result: CaseResult) -> None:
    assert result.ok, result.text()


def test_the_pack_has_no_fault() -> None:
    report = lint_rules()
    assert report.ok, report.text()
    assert not REPORT.faults
    assert REPORT.ok


@pytest.mark.parametrize("rule", pack(), ids=lambda one: one.rule.id)
def test_the_cases_show_every_condition_and_notice_every_change(rule: RuleWithCases) -> None:
    coverage, mutation = rule_coverage(rule), rule_mutation(rule)
    assert not coverage.gaps, coverage.text()
    assert mutation.ok, mutation.text()
    assert mutation.tried >= 3 * len(coverage.conditions) - len(rule.rule.unless)


def test_every_category_has_a_rule_with_three_levels() -> None:
    full = {rule.category for rule in load_rules() if list(rule.levels) == list(Level)}
    assert full == set(Category)


def test_every_near_miss_says_what_was_missing() -> None:
    near = [result for result in REPORT.results if result.kind == "near_miss"]
    assert near
    assert all(result.details for result in near)


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_a_rule_says_why_it_is_there_and_when_it_errs(rule: Rule) -> None:
    assert len(rule.rationale) >= 20
    assert rule.references
    assert rule.false_positives
