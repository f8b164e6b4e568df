"""`rules test`: what a failed case says."""

from pathlib import Path
from shutil import copytree

import pytest

from engine.model import Level
from engine.rule_testing.tests import CaseResult, run_rule_tests
from rules.loader import PACKS


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of one rule with its tests, free to break."""
    copytree(PACKS / "fund_safety", tmp_path / "fund_safety")
    for path in (tmp_path / "fund_safety").iterdir():
        if path.stem not in ("surge", "surge_test"):
            path.unlink()
    return tmp_path


def change(pack: Path, name: str, before: str, after: str) -> None:
    path = pack / "fund_safety" / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def failed(pack: Path) -> list[CaseResult]:
    return [result for result in run_rule_tests(pack).results if not result.ok]


def test_an_untouched_pack_passes(pack: Path) -> None:
    report = run_rule_tests(pack)
    assert report.ok
    assert report.text().endswith("个通过，0 个未通过")


def test_a_raised_threshold_fails_a_case_and_says_what_is_missing(pack: Path) -> None:
    change(
        pack,
        "surge.yaml",
        '{fact: unique_authors_1h, op: ">=", value: 4}',
        '{fact: unique_authors_1h, op: ">=", value: 6}',
    )
    result = failed(pack)[0]
    assert (result.expected, result.got) == (Level.low, None)
    assert result.details == ("最近1小时发声账号 4 个，还差 2 个到“轻微”",)
    assert "surge_test.yaml:3 未通过  fund_safety.surge：" in result.text()
    assert "（应为“轻微”，实为不告警）" in result.text()


def test_a_lowered_threshold_fails_a_case_and_says_why_the_level_held(pack: Path) -> None:
    change(
        pack,
        "surge.yaml",
        '{fact: unique_authors_1h, op: ">=", value: 4}',
        '{fact: unique_authors_1h, op: ">=", value: 3}',
    )
    (result,) = failed(pack)
    assert (result.expected, result.got) == (None, Level.low)
    assert "最近1小时发声账号 3 个，达到 3 个的线" in result.details


def test_faulty_files_are_reported_and_the_rest_still_runs(pack: Path) -> None:
    other = pack / "fund_safety" / "other.yaml"
    other.write_text("id: fund_safety.other\n", encoding="utf-8")
    report = run_rule_tests(pack)
    assert not report.ok
    assert report.results
    assert any("other.yaml:1 缺少字段" in str(fault) for fault in report.faults)


def test_a_folder_without_cases_is_not_ok(tmp_path: Path) -> None:
    assert not run_rule_tests(tmp_path).ok


def test_the_report_is_plain_json(pack: Path) -> None:
    report = run_rule_tests(pack).to_json()
    assert report["ok"] is True
    assert {"rule", "case", "kind", "file", "line", "expected", "got", "ok", "details"} == set(report["results"][0])
    assert report["results"][0]["expected"] == "low"
