"""rules lint and rules test: what compliance runs."""

import json
from pathlib import Path
from typing import Any, Protocol

from api.command_line.edge import DONE, FAILED, write_out


class Report(Protocol):
    """What both checks give."""

    @property
    def ok(self) -> bool:
        """Whether the check passed."""

    def text(self) -> str:
        """The report for people."""

    def to_json(self) -> dict[str, Any]:
        """The report for scripts."""


def lint(packs: Path | None, *, as_json: bool) -> int:
    """Check rule and test files."""
    from rules.lint import lint_rules  # noqa: PLC0415 - only for this command

    return _tell(lint_rules(packs) if packs else lint_rules(), as_json=as_json)


def test(packs: Path | None, *, as_json: bool) -> int:
    """Run the test cases of the rules."""
    from engine.rule_tests import run_rule_tests  # noqa: PLC0415 - loads the rule engine

    return _tell(run_rule_tests(packs) if packs else run_rule_tests(), as_json=as_json)


def _tell(report: Report, *, as_json: bool) -> int:
    write_out(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else report.text())
    return DONE if report.ok else FAILED
