"""`rules lint`: everything that is wrong with a folder of rules and their tests, at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, Final

from rules.case_faults import faults_of_cases, missing_tests
from rules.cases import case_path
from rules.cells import as_far_as_decided
from rules.document import Document, file_name, parse_document, read_document
from rules.errors import BadRulesError, Fault
from rules.exemptions import exemption_faults
from rules.handling import HANDLING, read_handling
from rules.levels import Reading
from rules.loader import PACKS, TEST_SUFFIX, RuleFile, check_rule, repeated_ids, rule_paths
from rules.overlap import overlap_faults
from rules.redundancy import redundancy_faults
from rules.schema import RuleStatus
from rules.upkeep import replacement_faults, upkeep_faults
from rules.vocabulary import CATEGORY_TITLES, Category

MAX_FAULTS: Final = 200
_TOO_MANY: Final = "条件的组合太多，没有查完有没有多余、总成立或达不到的条件，请精简条件，或拆成几条规则"


@dataclass(frozen=True, slots=True)
class LintReport:
    """All faults in the order of files and lines; `rules` and `cases` say how much was read."""

    faults: tuple[Fault, ...]
    rules: int
    cases: int

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    def text(self) -> str:
        """The report for people, one fault a line."""
        if self.ok:
            return f"规则检查通过：{self.rules} 条规则，{self.cases} 个用例"
        return "\n".join([*map(str, self.faults), f"共 {len(self.faults)} 处问题"])

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; a fault has an `example` where facts can show it."""
        faults = [fault.to_json() for fault in self.faults]
        return {"ok": self.ok, "rules": self.rules, "cases": self.cases, "faults": faults}


@dataclass(frozen=True, slots=True)
class _Checked:
    """One rule file: what could be read of it, and its faults."""

    document: Document | None
    file: RuleFile | None
    faults: tuple[Fault, ...]


def lint_rules(packs: Path = PACKS, on: date | None = None) -> LintReport:
    """Check every rule file and test file below a folder, and the `handling.yaml` beside it. `on` is the Chinese
    calendar day by which reviews and exemptions are overdue (None: none is).
    """
    checked = [_check_file(path, on) for path in rule_paths(packs)]
    files = [one.file for one in checked if one.file]
    faults = [fault for one in checked for fault in one.faults]
    cases = 0
    for path, one in zip(rule_paths(packs), checked, strict=True):
        found, wrong = _tests_beside(path, one.document)
        cases += found
        faults += wrong
    faults += _across(packs, files, [one.document for one in checked if one.document], on)
    return LintReport(tuple(sorted(set(faults))), len(files), cases)


def lint_source(name: str, text: str, tests_text: str | None, on: date | None) -> tuple[Fault, ...]:
    """Check one rule file as it is being edited, with the text of its tests (None: there are none). `name` is where
    it lies, such as `rules/packs/fee_dispute/surge.yaml`.
    """
    document, faults = _source(name, text, on)
    if document is None:
        return faults
    path = PurePath(name)
    tests = path.with_name(f"{path.stem}{TEST_SUFFIX}").as_posix()
    found = missing_tests(document, tests) if tests_text is None else faults_of_cases(document, tests, tests_text)[1]
    return tuple(sorted({*faults, *found}))


@lru_cache(maxsize=8)
def _source(name: str, text: str, on: date | None) -> tuple[Document | None, tuple[Fault, ...]]:
    """Kept for the next look: while one types in the tests, their rule stays as it is."""
    try:
        document = parse_document(name, text)
    except BadRulesError as bad:
        return None, bad.faults
    return document, tuple(_check(document, PurePath(name), on)[1])


def _check_file(path: Path, on: date | None) -> _Checked:
    try:
        document = read_document(path)
    except BadRulesError as bad:
        return _Checked(None, None, bad.faults)
    file, faults = _check(document, path, on)
    return _Checked(document, file, tuple(faults))


def _check(document: Document, path: PurePath, on: date | None) -> tuple[RuleFile | None, list[Fault]]:
    """The rule, if it can be loaded, and every fault that shows in its file alone."""
    reading = Reading.of(document)
    rule, faults = check_rule(reading, path)
    file = RuleFile(Path(path), document, rule) if rule and not faults else None
    spoiled = [place for place, _ in reading.tree_faults]
    needless = as_far_as_decided(redundancy_faults(reading, spoiled))
    finer = [*needless, *islice(exemption_faults(reading, on), MAX_FAULTS), *upkeep_faults(document, on)]
    if reading.grid.exhausted:
        finer.append(document.fault(("levels",), _TOO_MANY))
    return file, _first([*faults, *finer])


def _first(faults: list[Fault]) -> list[Fault]:
    """No more than people read."""
    shown = sorted(set(faults))[:MAX_FAULTS]
    more = len(set(faults)) - len(shown)
    return (
        [*shown, Fault(shown[-1].file, shown[-1].line, f"还有 {more} 处问题没有列出，请先改好上面的")]
        if more
        else shown
    )


def _tests_beside(path: Path, document: Document | None) -> tuple[int, list[Fault]]:
    """How many cases stand beside a rule file, and what is wrong with them."""
    tests = case_path(path)
    if tests.exists():
        return faults_of_cases(document, file_name(tests), tests.read_bytes())
    return 0, missing_tests(document, tests.name) if document else []


def _across(packs: Path, files: Sequence[RuleFile], documents: Sequence[Document], on: date | None) -> Iterable[Fault]:
    """What shows only when all files are seen together."""
    yield from repeated_ids(files)
    yield from overlap_faults(files, on)
    yield from replacement_faults(documents)
    yield from _stray_tests(packs)
    yield from _missing_categories(packs, files)
    if (packs.parent / HANDLING.name).exists():
        yield from read_handling(packs.parent / HANDLING.name)[1]


def _stray_tests(packs: Path) -> Iterable[Fault]:
    expected = {case_path(path) for path in rule_paths(packs)}
    for path in sorted(packs.rglob(f"*{TEST_SUFFIX}")):
        if path not in expected:
            yield Fault(file_name(path), 1, "旁边没有对应的规则文件，请放到规则旁边，或删去")


def _missing_categories(packs: Path, files: Sequence[RuleFile]) -> Iterable[Fault]:
    """Only a category without any rule file is missing: one whose rules are faulty is reported there."""
    covered = {str(file.rule.category) for file in files if file.rule.status is not RuleStatus.deprecated}
    covered |= {path.parent.name for path in rule_paths(packs)} - {str(file.rule.category) for file in files}
    for category in Category:
        if category not in covered:
            message = f"类别“{CATEGORY_TITLES[category]}”（{category}）没有规则，请在 {category}/ 下添加"
            yield Fault(file_name(packs), 1, message)
