"""rules lint, rules test and rules coverage: what compliance runs."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from api.clock import wall_clock
from api.command_line.edge import DONE, FAILED, write_out

if TYPE_CHECKING:
    from engine.coverage import CoverageReport


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
    """Check rule and test files, reviews and exemptions by today, and, with a table of duties beside the rules, what
    categories lack.
    """
    from rules.handling import HANDLING, read_handling  # noqa: PLC0415 - only for this command
    from rules.lint import lint_rules  # noqa: PLC0415
    from rules.loader import read_rules  # noqa: PLC0415

    folder = _folder(packs)
    report = lint_rules(folder, _today())
    files, faults = read_rules(folder)
    if files and not faults and read_handling(folder.parent / HANDLING.name)[0]:
        report = replace(report, faults=tuple(sorted({*report.faults, *_covered(folder).gaps})))
    return _tell(report, as_json=as_json)


def coverage(packs: Path | None, *, as_json: bool) -> int:
    """What each category has at each level, and what it lacks."""
    return _tell(_covered(_folder(packs)), as_json=as_json)


def _covered(folder: Path) -> "CoverageReport":
    from engine.coverage import coverage as cover  # noqa: PLC0415 - only for these commands
    from engine.rule_set import RuleSet  # noqa: PLC0415
    from knowledge.loader import load_knowledge  # noqa: PLC0415
    from rules.document import read_document  # noqa: PLC0415
    from rules.handling import HANDLING, load_handling  # noqa: PLC0415

    rules, table = RuleSet.load(folder), folder.parent / HANDLING.name
    return cover(rules, load_knowledge(), load_handling(table), read_document(table))


def _folder(packs: Path | None) -> Path:
    """The bundled rules unless another folder is told. Raises BadRulesError when there is no such folder."""
    from rules.errors import BadRulesError, Fault  # noqa: PLC0415
    from rules.loader import PACKS  # noqa: PLC0415

    if packs is not None and not packs.is_dir():
        raise BadRulesError([Fault(packs.as_posix(), 1, "没有这个文件夹，请改成规则所在的文件夹")])
    return packs or PACKS


def _today() -> date:
    return wall_clock().astimezone(timezone(timedelta(hours=8))).date()


def test(
    packs: Path | None, rule: str | None, junit_file: Path | None, *, coverage: bool, mutation: bool, as_json: bool
) -> int:
    """Run the test cases of the rules, and what else is asked for."""
    from api.command_line.output import AtomicFile  # noqa: PLC0415 - only for this command
    from engine.errors import NotFound  # noqa: PLC0415
    from engine.rule_testing.junit import junit  # noqa: PLC0415
    from engine.rule_testing.trials import try_rules  # noqa: PLC0415 - loads the rule engine

    folder = _folder(packs)
    with _progress("改动检查") if mutation else nullcontext() as told:
        report = try_rules(folder, rule, coverage=coverage, mutation=mutation, told=told)
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
