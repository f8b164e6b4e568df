"""Rule tests, condition coverage and mutation as JUnit XML, which continuous integration reads.

The shape is the one that Jenkins and GitLab take (`testsuites/testsuite/testcase` with `failure` or `error`): one
suite a rule and check. Only what is known is written: no times, no host, so that equal results give equal bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from engine.rule_testing.coverage import ConditionCoverage
from engine.rule_testing.mutation import MutationReport
from engine.rule_testing.tests import CaseResult, RuleTestReport
from rules.errors import Fault


@dataclass(frozen=True, slots=True)
class _Entry:
    """One test case of a suite; `wrong` says what failed."""

    name: str
    file: str = ""
    line: int = 0
    wrong: str = ""
    is_error: bool = False


def junit(
    tests: RuleTestReport, coverage: ConditionCoverage | None = None, mutation: MutationReport | None = None
) -> str:
    """The whole document."""
    suites = [*_fault_suite(tests.faults), *_test_suites(tests.results)]
    for one in coverage.rules if coverage else ():
        gaps = "\n".join(gap.text() for gap in one.gaps)
        suites.append(_suite(f"条件覆盖 {one.rule}", one.rule, [_Entry(f"条件覆盖 {one.percent}%", wrong=gaps)]))
    for tried in mutation.rules if mutation else ():
        wrong = "" if tried.ok else tried.text()
        suites.append(_suite(f"改动检查 {tried.rule}", tried.rule, [_Entry(f"{tried.tried} 处改动", wrong=wrong)]))
    root = Xml.Element("testsuites", {"name": "crisisdesk rules test", **_counts(suites)})
    root.extend(suites)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _fault_suite(faults: Iterable[Fault]) -> list[Xml.Element]:
    entries = [_Entry(f"{one.file}:{one.line}", one.file, one.line, one.message, is_error=True) for one in faults]
    return [_suite("规则与用例文件", "rules", entries)] if entries else []


def _test_suites(results: Iterable[CaseResult]) -> Iterable[Xml.Element]:
    of_rule: dict[str, list[_Entry]] = {}
    for one in results:
        wrong = "" if one.ok else one.text()
        of_rule.setdefault(one.rule, []).append(_Entry(one.case, one.file, one.line, wrong))
    return [_suite(rule, rule, entries) for rule, entries in of_rule.items()]


def _suite(name: str, class_name: str, entries: list[_Entry]) -> Xml.Element:
    suite = Xml.Element("testsuite", name=name)
    for entry in entries:
        case = Xml.SubElement(suite, "testcase", classname=class_name, name=entry.name)
        if entry.file:
            case.attrib |= {"file": entry.file, "line": str(entry.line)}
        if entry.wrong:
            kind = "error" if entry.is_error else "failure"
            found = Xml.SubElement(case, kind, message=entry.wrong.splitlines()[0], type=kind)
            found.text = entry.wrong
    suite.attrib |= _counts([suite])
    return suite


def _counts(suites: list[Xml.Element]) -> dict[str, str]:
    def number(tag: str) -> str:
        return str(sum(1 for suite in suites for _ in suite.iter(tag)))

    return {"tests": number("testcase"), "failures": number("failure"), "errors": number("error"), "skipped": "0"}
