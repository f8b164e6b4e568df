"""Every test case of every rule in the pack, through the real windows and both engines."""

from functools import cache

import pytest

from engine.rule_testing.coverage import rule_coverage
from engine.rule_testing.mutation import rule_mutation
from engine.rule_testing.tests import RuleTestReport, run_rule_tests
from rules.lint import lint_rules
from rules.loader import load_rules
from rules.schema import Rule
from rules.vocabulary import Category, Level
from tests.rules.support import pack

RULES = load_rules()


@cache
def report() -> RuleTestReport:
    """All cases, run once in the process that needs them."""
    return run_rule_tests()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_cases_of_a_rule_come_out_as_they_are_written(rule: Rule) -> None:
    results = [result for result in report().results if result.rule == rule.id]
    assert len(results) >= 5
    assert all(result.ok for result in results), "\n".join(result.text() for result in results if not result.ok)


def test_the_pack_has_no_fault() -> None:
    found = lint_rules()
    assert found.ok, found.text()
    assert report().ok, report().text()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_cases_of_a_rule_show_every_condition_and_notice_every_change(rule: Rule) -> None:
    (tested,) = (one for one in pack() if one.rule == rule)
    coverage, mutation = rule_coverage(tested), rule_mutation(tested)
    assert not coverage.gaps, coverage.text()
    assert mutation.ok, mutation.text()
    assert mutation.tried > len(coverage.conditions)


def test_every_category_has_a_rule_with_three_levels() -> None:
    full = {rule.category for rule in RULES if list(rule.levels) == list(Level)}
    assert full == set(Category)


def test_every_near_miss_says_what_was_missing() -> None:
    near = [result for result in report().results if result.kind == "near_miss"]
    assert near
    assert all(result.details for result in near)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_why_it_is_there_and_when_it_errs(rule: Rule) -> None:
    assert len(rule.rationale) >= 20
    assert rule.references
    assert rule.false_positives
