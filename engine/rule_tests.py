"""`rules test`: every rule's test cases through the real windows and both engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.detection import Detector, RuleSet
from engine.model import FactValue, Level, Realm, WindowFacts
from engine.rule_series import BRAND, START, series_facts
from rules.cases import Case, CaseKind, LoadedCases, case_path, full_facts, read_cases
from rules.errors import Fault
from rules.evaluate import condition_holds, conditions, quantised
from rules.explain import needs, reached
from rules.loader import PACKS, read_rules
from rules.schema import Rule
from rules.vocabulary import LEVEL_TITLES


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
        outcome = f"应为{_word(self.expected)}，实为{_word(self.got)}"
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


def run_rule_tests(packs: Path = PACKS) -> RuleTestReport:
    """Run every test case below a folder. Files with faults are reported, the rest still runs."""
    files, faults = read_rules(packs)
    results: list[CaseResult] = []
    for file in files:
        if not case_path(file.path).exists():
            continue  # `rules lint` reports it.
        loaded, wrong = read_cases(case_path(file.path))
        faults += wrong
        if loaded:
            results += _run_file(file.rule, loaded)
    return RuleTestReport(tuple(results), tuple(sorted(set(faults))))


def _run_file(rule: Rule, loaded: LoadedCases) -> Iterator[CaseResult]:
    with Detector(RuleSet([rule])) as detector:
        for case, line in zip(loaded.cases, loaded.lines, strict=True):
            yield _run_case(detector, rule, case, loaded.file, line)


def _run_case(detector: Detector, rule: Rule, case: Case, file: str, line: int) -> CaseResult:
    moments = _moments(rule, case)
    seen = [detector.examine(facts, "test") for facts in moments]
    found = [finding for detection in seen for finding in (*detection.findings, *detection.shadow)]
    got = max((finding.level for finding in found), key=lambda level: level.rank, default=None)
    expected = None if case.expect == "none" else case.expect
    agreed = all(finding.agreed for finding in found)
    details = _details(rule, case, got, moments) if agreed else ("两个引擎的判断不一致",)
    ok = agreed and got == expected
    return CaseResult(rule.id, case.name, case.kind, file, line, expected, got, ok, details)


def _details(rule: Rule, case: Case, got: Level | None, moments: list[WindowFacts]) -> tuple[str, ...]:
    """What the expected (or just missed) level lacked, or why a level held that should not have."""
    expected = None if case.expect == "none" else case.expect
    target = case.misses if got == expected else expected
    if target and target in rule.levels and target.rank > _rank(got):
        return tuple(needs(target, rule.levels[target], _nearest(rule, target, moments)))
    if got and _rank(got) > _rank(expected):
        return tuple(reached(got, rule.levels[got], _nearest(rule, got, moments)))
    return ()


def _nearest(rule: Rule, level: Level, moments: list[WindowFacts]) -> dict[str, FactValue]:
    """The facts of the moment that had the most of a level's conditions (the latest of those)."""

    def met(values: dict[str, FactValue]) -> int:
        return sum(condition_holds(one, values.get(one.fact)) for one in conditions(rule.levels[level]))

    return max((quantised(facts.values) for facts in reversed(moments)), key=met, default={})


def _rank(level: Level | None) -> int:
    return level.rank if level else 0


def _word(level: Level | None) -> str:
    return f"“{LEVEL_TITLES[level]}”" if level else "不告警"


def _moments(rule: Rule, case: Case) -> list[WindowFacts]:
    if case.series is not None:
        return series_facts(rule.category, case.series)
    values = full_facts(case.facts or {})
    return [
        WindowFacts(
            realm=Realm.replay, brand=BRAND, category=rule.category, at=START, brand_seq=1, trigger=None, values=values
        )
    ]
