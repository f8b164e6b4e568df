"""`crisisdesk rules test`: cases, coverage, mutation, JUnit; exit codes and JSON."""

import json
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree as Xml

import pytest

from rules.loader import PACKS
from tests.api.support import Cli


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of one category, free to break."""
    copytree(PACKS / "system_outage", tmp_path / "packs" / "system_outage")
    return tmp_path / "packs"


def without_case(packs: Path, word: str) -> None:
    """Take the cases with this word out of the tests of system_outage.viral."""
    path = packs / "system_outage" / "viral_test.yaml"
    head, *cases = path.read_text(encoding="utf-8").split("  - name: ")
    kept = [case for case in cases if word not in case]
    assert len(kept) < len(cases)
    path.write_text("  - name: ".join([head, *kept]), encoding="utf-8")


def test_everything_asked_for_holds(cli: Cli, packs: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    words = ("rules", "test", "--packs", str(packs), "--rule", "system_outage.viral")
    code, out, told = cli(*words, "--coverage", "--mutation", "--junit", str(file))
    assert code == 0, out
    assert out.splitlines()[-2:][0] == "条件覆盖：1 条规则，1 条达到 100%"
    assert "0 处没有用例发现" in out.splitlines()[-1]
    assert "用例发现" not in told  # the bar goes to standard error, the report to standard output
    root = Xml.parse(file).getroot()  # noqa: S314 - our own
    assert [suite.attrib["failures"] for suite in root] == ["0", "0", "0"]
    assert {case.attrib["classname"] for case in root.iter("testcase")} == {"system_outage.viral"}


def test_a_case_less_fails_only_what_was_asked_for(cli: Cli, packs: Path, tmp_path: Path) -> None:
    without_case(packs, "热搜第 11 位")
    words = ("rules", "test", "--packs", str(packs), "--rule", "system_outage.viral", "--json")
    code, out, _ = cli(*words)
    plain = json.loads(out)
    assert (code, plain["ok"]) == (0, True)
    assert {"coverage", "mutation"}.isdisjoint(plain)
    file = tmp_path / "out.xml"
    code, out, _ = cli(*words, "--coverage", "--mutation", "--junit", str(file))
    found = json.loads(out)
    assert (code, found["ok"], found["coverage"]["ok"], found["mutation"]["ok"]) == (1, False, True, False)
    (rule,) = found["mutation"]["rules"]
    assert rule["tried"] == rule["noticed"] + len(rule["survivors"])
    assert any("热搜最高排名正好 11 位" in one["advice"] for one in rule["survivors"])
    assert {"file", "line", "change", "advice"} == set(rule["survivors"][0])
    assert Xml.parse(file).getroot().attrib["failures"] == "1"  # noqa: S314 - our own


def test_a_condition_that_no_case_shows_fails_coverage(cli: Cli, packs: Path) -> None:
    without_case(packs, "hot_search_rank")
    code, out, _ = cli("rules", "test", "--packs", str(packs), "--rule", "system_outage.viral", "--coverage", "--json")
    (rule,) = json.loads(out)["coverage"]["rules"]
    assert code == 1
    assert rule["percent"] < 100
    assert {"file", "line", "subject", "missing"} == set(rule["gaps"][0])
    assert any("热搜" in gap["subject"] for gap in rule["gaps"])


def test_a_rule_or_folder_that_is_not_there_is_bad_usage(cli: Cli, packs: Path) -> None:
    code, out, told = cli("rules", "test", "--packs", str(packs), "--rule", "system_outage.nothing")
    assert (code, out) == (2, "")
    assert "没有规则“system_outage.nothing”" in told
    code, out, told = cli("rules", "test", "--packs", str(packs / "nowhere"))
    assert (code, out) == (2, "")
    assert "没有这个文件夹" in told


def test_a_report_that_cannot_be_written_is_bad_usage(cli: Cli, packs: Path) -> None:
    words = ("--rule", "system_outage.viral", "--junit", str(packs / "nowhere" / "out.xml"))
    code, out, told = cli("rules", "test", "--packs", str(packs), *words)
    assert (code, out) == (2, "")
    assert "无法写入" in told
