"""rules lint and rules test: what compliance runs."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
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


def test(
    packs: Path | None, rule: str | None, junit_file: Path | None, *, coverage: bool, mutation: bool, as_json: bool
) -> int:
    """Run the test cases of the rules, and what else is asked for."""
    from api.command_line.output import AtomicFile  # noqa: PLC0415 - only for this command
    from engine.errors import NotFound  # noqa: PLC0415
    from engine.junit import junit  # noqa: PLC0415
    from engine.rule_trials import try_rules  # noqa: PLC0415 - loads the rule engine
    from rules.loader import PACKS  # noqa: PLC0415

    with _progress("改动检查") if mutation else nullcontext() as told:
        report = try_rules(packs or PACKS, rule, coverage=coverage, mutation=mutation, told=told)
    if rule and not report.tests.results and not report.tests.faults:
        raise NotFound(f"没有规则“{rule}”，或它没有用例")
    if junit_file:
        with AtomicFile(junit_file) as file:
            file.line(junit(report.tests, report.coverage, report.mutation).rstrip())
    return _tell(report, as_json=as_json)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error, for people; gone when it is full."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda line, share: bar.update(task, description=f"{title} {line}", completed=share)


def _tell(report: Report, *, as_json: bool) -> int:
    write_out(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else report.text())
    return DONE if report.ok else FAILED
