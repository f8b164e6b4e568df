"""The rules in force as people read them: words beside YAML, with their tests' results."""

from functools import lru_cache

from engine.releases.release import Release
from engine.rule_testing.tests import RuleTestReport, run_source_tests
from engine.views import RuleView
from rules.schema import Rule
from rules.wording import say_rule


def rule_views(release: Release) -> tuple[RuleView, ...]:
    """Every rule of a release; the tests of the same texts are run once per process."""
    return tuple(_view(release, rule) for rule in release.rules.rules)


def _view(release: Release, rule: Rule) -> RuleView:
    place = f"rules/packs/{rule.id.replace('.', '/')}"
    text, tests = release.content.files[f"{place}.yaml"], release.content.files.get(f"{place}_test.yaml")
    report = test_report(text, tests or "")
    failed = [one for one in report.results if not one.ok]
    return RuleView(
        id=rule.id,
        title=rule.title,
        category=rule.category,
        status=rule.status,
        words=tuple(say_rule(rule).splitlines()),
        yaml=text,
        test_yaml=tests,
        passed=len(report.results) - len(failed),
        failed=len(failed),
        problems=tuple(one.text() for one in failed),
    )


@lru_cache(512)
def test_report(rule: str, tests: str) -> RuleTestReport:
    """How the tests of a rule come out, both as texts; without tests there is nothing to report."""
    return run_source_tests(rule, tests) if tests else RuleTestReport((), ())
