"""JUnit XML: what continuous integration gets to see."""

from pathlib import Path
from xml.etree import ElementTree as Xml

from engine.rule_testing.junit import junit
from engine.rule_testing.trials import try_rules
from tests.rules.support import Made, without


def suites(packs: Path, *, everything: bool = False) -> dict[str, Xml.Element]:
    report = try_rules(packs, coverage=everything, mutation=everything)
    root = Xml.fromstring(junit(report.tests, report.coverage, report.mutation))  # noqa: S314 - our own
    assert root.tag == "testsuites"
    for element in (root, *root):
        counted = {"tests": "testcase", "failures": "failure", "errors": "error"}
        assert {name: len(list(element.iter(tag))) for name, tag in counted.items()} == {
            name: int(element.attrib[name]) for name in counted
        }
    return {suite.attrib["name"]: suite for suite in root}


def test_every_case_is_a_test_case_with_its_place(made: Made) -> None:
    found = suites(made())
    (suite,) = found.values()
    cases = list(suite)
    assert suite.attrib["name"] == "fee_dispute.made"
    assert cases[0].attrib["classname"] == "fee_dispute.made"
    assert cases[0].attrib["name"] == "正好十条、热度四十分"
    assert cases[0].attrib["file"].endswith("fee_dispute/made_test.yaml")
    assert cases[0].attrib["line"] == "3"
    assert not list(suite.iter("failure"))


def test_a_failed_case_says_what_was_off(made: Made) -> None:
    (suite,) = suites(made(rule=("value: 30}", "value: 31}"))).values()
    (failure,) = suite.iter("failure")
    assert "正好三十条达到严重（应为“严重”，实为不告警）" in failure.attrib["message"]
    assert "还差 1 条到“严重”" in (failure.text or "")


def test_coverage_and_mutation_are_suites_of_their_own(made: Made) -> None:
    found = suites(made(rows=without("正好三十条")), everything=True)
    assert set(found) == {"fee_dispute.made", "条件覆盖 fee_dispute.made", "改动检查 fee_dispute.made"}
    gaps = found["条件覆盖 fee_dispute.made"].find("testcase/failure")
    changes = found["改动检查 fee_dispute.made"].find("testcase/failure")
    assert gaps is not None
    assert changes is not None
    assert "没有用例达到过它" in gaps.attrib["message"]
    assert "用例照样全部通过" in (changes.text or "")
    whole = suites(made(), everything=True)
    assert not any(list(suite.iter("failure")) for suite in whole.values())


def test_files_that_cannot_be_read_are_errors(made: Made) -> None:
    folder = made()
    (folder / "fee_dispute" / "other.yaml").write_text("id: fee_dispute.other\n", encoding="utf-8")
    errors = list(suites(folder)["规则与用例文件"].iter("error"))
    assert errors
    assert any("缺少字段" in error.attrib["message"] for error in errors)


def test_equal_results_give_equal_bytes(made: Made) -> None:
    folder = made()
    assert junit(try_rules(folder).tests) == junit(try_rules(folder).tests)
