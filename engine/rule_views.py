"""The rules as people read them: words beside YAML, with their tests' results."""

from functools import cache
from pathlib import Path

from engine.rule_tests import CaseResult, run_rule_tests
from engine.views import RuleView
from rules.cases import case_path
from rules.loader import PACKS, RuleFile, read_rules
from rules.wording import say_rule


@cache
def rule_views(packs: Path = PACKS) -> tuple[RuleView, ...]:
    """Every rule of a pack folder; tests are run once per process."""
    files, _ = read_rules(packs)
    results = run_rule_tests(packs).results
    return tuple(_view(file, [one for one in results if one.rule == file.rule.id]) for file in files)


def _view(file: RuleFile, results: list[CaseResult]) -> RuleView:
    rule, tests = file.rule, case_path(file.path)
    failed = [one for one in results if not one.ok]
    return RuleView(
        id=rule.id,
        title=rule.title,
        category=rule.category,
        status=rule.status,
        words=tuple(say_rule(rule).splitlines()),
        yaml=file.path.read_text(encoding="utf-8"),
        test_yaml=tests.read_text(encoding="utf-8") if tests.exists() else None,
        passed=len(results) - len(failed),
        failed=len(failed),
        problems=tuple(one.text() for one in failed),
    )
