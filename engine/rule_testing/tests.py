"""`rules test`: every rule's test cases through the real windows and both engines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.detection import Detector, RuleSet
from engine.model import FactValue, Level
from engine.rule_testing.run import CaseRun, Seen, moment_problems, passes, run_case, say_level
from rules.cases import Case, CaseKind, LoadedCases, case_path, parse_cases, read_cases
from rules.errors import Fault
from rules.evaluate import condition_holds, conditions, exempting
from rules.explain import needs, reached
from rules.loader import PACKS, parse_rule, read_rules
from rules.schema import Rule, RuleStatus

RULE_TEXT: Final = "规则"
TESTS_TEXT: Final = "用例"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case as it came out. `details` says for a failed case which conditions were off and by how much, for a
    near miss what was missing.
    """

    rule: str
    case: str
    kind: CaseKind
    file: str
    line: int
    expected: Level | None
    got: Level | None
    ok: bool
    details: tuple[str, ...]

    def text(self) -> str:
        """The result for people."""
        if self.ok:
            return f"通过  {self.rule}：{self.case}"
        outcome = f"应为{say_level(self.expected)}，实为{say_level(self.got)}"
        if self.expected == self.got:
            outcome = "最高等级相符，过程不符"
        head = f"{self.file}:{self.line} 未通过  {self.rule}：{self.case}（{outcome}）"
        return "\n".join([head, *(f"    {detail}" for detail in self.details)])


@dataclass(frozen=True, slots=True)
class RuleTestReport:
    """All results in the order of rule ids and lines; `faults` are files that could not be read."""

    results: tuple[CaseResult, ...]
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Every case passed, and there were some."""
        return bool(self.results) and not self.faults and all(result.ok for result in self.results)

    def text(self) -> str:
        """The report for people: faults, failed cases, a summary."""
        failed = [result.text() for result in self.results if not result.ok]
        summary = f"{len(self.results)} 个用例，{len(self.results) - len(failed)} 个通过，{len(failed)} 个未通过"
        return "\n".join([*map(str, self.faults), *failed, summary])

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        results = [
            {
                "rule": result.rule,
                "case": result.case,
                "kind": str(result.kind),
                "file": result.file,
                "line": result.line,
                "expected": result.expected and str(result.expected),
                "got": result.got and str(result.got),
                "ok": result.ok,
                "details": list(result.details),
            }
            for result in self.results
        ]
        faults = [{"file": fault.file, "line": fault.line, "message": fault.message} for fault in self.faults]
        return {"ok": self.ok, "results": results, "faults": faults}


def run_rule_tests(packs: Path = PACKS, only: str | None = None) -> RuleTestReport:
    """Run every test case below a folder, or those of the rule with the id `only`. Files with faults are reported,
    the rest still runs.
    """
    files, faults = read_rules(packs)
    results: list[CaseResult] = []
    for file in files:
        if not case_path(file.path).exists() or only not in (None, file.rule.id):
            continue  # `rules lint` reports missing tests.
        loaded, wrong = read_cases(case_path(file.path))
        faults += wrong
        if loaded:
            results += _run_file(file.rule, loaded)
    return RuleTestReport(tuple(results), concerning(faults, only))


def concerning(faults: Iterable[Fault], only: str | None) -> tuple[Fault, ...]:
    """The faults in the files of the rule with the id `only`, or all of them; sorted, each once."""
    stem = (only or "").replace(".", "/", 1)
    wanted = (f"{stem}.yaml", f"{stem}_test.yaml") if only else ("",)
    return tuple(sorted({fault for fault in faults if fault.file.endswith(wanted)}))


def run_source_tests(rule_text: str, tests_text: str) -> RuleTestReport:
    """The test cases of one rule as both are being edited; faults and results name the texts `规则` and `用例`."""
    rule, faults = parse_rule(RULE_TEXT, rule_text)
    loaded, wrong = parse_cases(TESTS_TEXT, tests_text)
    results = tuple(_run_file(rule, loaded)) if rule and loaded else ()
    return RuleTestReport(results, tuple(sorted({*faults, *wrong})))


def _run_file(rule: Rule, loaded: LoadedCases) -> Iterator[CaseResult]:
    """Whatever its status, a rule is tested as one that alerts."""
    tested = rule.model_copy(update={"status": RuleStatus.active})
    with Detector(RuleSet([tested])) as detector:
        for case, line in zip(loaded.cases, loaded.lines, strict=True):
            yield _result(rule, case, run_case(detector, tested, case), loaded.file, line)


def _result(rule: Rule, case: Case, run: CaseRun, file: str, line: int) -> CaseResult:
    expected = None if case.expect == "none" else case.expect
    details = [*_details(rule, case, run), *moment_problems(rule, case, run)]
    if not run.agreed:
        details = ["两个引擎的判断不一致"]
    ok = run.agreed and passes(case, run)
    return CaseResult(rule.id, case.name, case.kind, file, line, expected, run.highest, ok, tuple(details))


def _details(rule: Rule, case: Case, run: CaseRun) -> list[str]:
    """What the expected (or just missed) level lacked, or why a level held that should not have."""
    expected, got = None if case.expect == "none" else case.expect, run.highest
    target = case.misses if got == expected else expected
    if target and target in rule.levels and target.rank > _rank(got):
        return needs(target, rule.levels[target], _nearest(rule, target, run.seen)) or _exempted(rule, target, run)
    if got and _rank(got) > _rank(expected):
        return reached(got, rule.levels[got], _nearest(rule, got, run.seen))
    return []


def _exempted(rule: Rule, level: Level, run: CaseRun) -> list[str]:
    """Which exemptions held a level back whose conditions were met."""
    held = (one for seen in run.seen for one in exempting(rule, level, seen.values, seen.day))
    return list(dict.fromkeys(f"已豁免：{one.reason}（到 {one.until} 为止）" for one in held))


def _nearest(rule: Rule, level: Level, seen: tuple[Seen, ...]) -> Mapping[str, FactValue]:
    """The facts of the moment that had the most of a level's conditions (the latest of those)."""

    def met(values: Mapping[str, FactValue]) -> int:
        return sum(condition_holds(one, values.get(one.fact)) for one in conditions(rule.levels[level]))

    return max((one.values for one in reversed(seen)), key=met, default={})


def _rank(level: Level | None) -> int:
    return level.rank if level else 0
