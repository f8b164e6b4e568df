"""`rules lint`: everything that is wrong with a folder of rules and their tests, at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.cases import CaseKind, LoadedCases, case_path, read_cases
from rules.document import file_name
from rules.errors import Fault
from rules.loader import PACKS, TEST_SUFFIX, RuleFile, read_rules, rule_paths
from rules.schema import RuleStatus
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category


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
        """Plain values for JSON."""
        faults = [{"file": fault.file, "line": fault.line, "message": fault.message} for fault in self.faults]
        return {"ok": self.ok, "rules": self.rules, "cases": self.cases, "faults": faults}


def lint_rules(packs: Path = PACKS) -> LintReport:
    """Check every rule file and test file below a folder."""
    files, faults = read_rules(packs)
    cases = 0
    for file in files:
        loaded, wrong = _cases_of(file)
        faults += wrong
        cases += len(loaded.cases) if loaded else 0
    faults += _stray_tests(packs)
    faults += _missing_categories(packs, files)
    return LintReport(tuple(sorted(set(faults))), len(files), cases)


def _cases_of(file: RuleFile) -> tuple[LoadedCases | None, list[Fault]]:
    path = case_path(file.path)
    if not path.exists():
        return None, [file.document.fault(("id",), f"规则“{file.rule.id}”没有测试文件 {path.name}")]
    loaded, faults = read_cases(path)
    if loaded:
        faults += _uncovered(file, loaded)
    return loaded, faults


def _uncovered(file: RuleFile, loaded: LoadedCases) -> Iterable[Fault]:
    """A rule shows each of its levels, what just misses one, and what stays quiet."""
    if loaded.rule != file.rule.id:
        yield Fault(loaded.file, 1, f'测试写的是规则 "{loaded.rule}"，旁边的规则是 "{file.rule.id}"')
    hits = {case.expect for case in loaded.cases if case.kind is CaseKind.hit}
    for level in file.rule.levels:
        if level not in hits:
            yield Fault(loaded.file, 1, f"缺少命中“{LEVEL_TITLES[level]}”的用例（kind: hit）")
    kinds = {case.kind for case in loaded.cases}
    if CaseKind.near_miss not in kinds:
        yield Fault(loaded.file, 1, "缺少差一点的用例（kind: near_miss）")
    if CaseKind.quiet not in kinds:
        yield Fault(loaded.file, 1, "缺少安静的用例（kind: quiet）")


def _stray_tests(packs: Path) -> Iterable[Fault]:
    expected = {case_path(path) for path in rule_paths(packs)}
    for path in sorted(packs.rglob(f"*{TEST_SUFFIX}")):
        if path not in expected:
            yield Fault(file_name(path), 1, "旁边没有对应的规则文件")


def _missing_categories(packs: Path, files: list[RuleFile]) -> Iterable[Fault]:
    """Only a category without any rule file is missing: one whose rules are faulty is reported there."""
    covered = {str(file.rule.category) for file in files if file.rule.status is not RuleStatus.deprecated}
    covered |= {path.parent.name for path in rule_paths(packs)} - {str(file.rule.category) for file in files}
    for category in Category:
        if category not in covered:
            yield Fault(file_name(packs), 1, f"类别“{CATEGORY_TITLES[category]}”（{category}）没有规则")
