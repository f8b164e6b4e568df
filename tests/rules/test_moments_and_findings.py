"""Series cases: the level at a moment, what is announced, the day, and what a failed one says."""

from engine.detection import Detector
from engine.rule_set import RuleSet
from engine.rule_testing.run import passes, plain_run, run_case
from engine.rule_testing.tests import TESTS_TEXT, run_rule_tests, run_source_tests
from rules.loader import PACKS, load_rules
from rules.schema import RuleStatus
from tests.rules.support import HEAD, ROWS, RULE, Made, pack

WAVE = """\
  - name: 半小时后每十分钟四条，冷却之后又记一次
    kind: hit
    expect: low
    series:
      - {at: 30m, every: 10m, mentions: "4x8", reach: 3000}
    at: AT
    findings: FINDINGS
"""
RIGHT_AT = "{30m: none, 60m: low, 110m: low, 1d: none}"
RIGHT_FINDINGS = "[{at: 52m, level: low}, {at: 112m, level: low}]"


def wave(at: str = RIGHT_AT, findings: str = RIGHT_FINDINGS) -> str:
    return WAVE.replace("AT", at).replace("FINDINGS", findings)


def problems(text: str) -> tuple[str, ...]:
    report = run_source_tests(RULE, HEAD + text)
    assert not report.faults, report.faults
    (result,) = report.results
    assert result.ok is not bool(result.details)
    return result.details


def test_the_level_at_each_moment_and_each_finding_are_as_the_live_engine_has_them() -> None:
    assert problems(wave()) == ()


def test_a_wrong_moment_says_what_held_and_what_was_missing() -> None:
    late = problems(wave(at="{35m: low, 1d: none}"))
    assert late[0] == "35m时应为“轻微”，实为不告警"
    assert late[1].strip() == "最近1小时负面提及 3 条，还差 7 条到“轻微”"
    loud = problems(wave(at="{60m: none}"))
    assert loud[0] == "1h时应为不告警，实为“轻微”"
    assert "最近1小时负面提及 13 条，达到 10 条的线" in loud[1]
    early = problems(wave(at="{10m: low}"))
    assert [one.strip() for one in early] == ["10m时应为“轻微”，实为不告警", "此前没有任何提及"]


def test_decay_counts_at_a_moment_without_a_mention() -> None:
    """Three hours after the last mention nothing has arrived, but the clock has ticked."""
    assert problems(wave(at="{4h: none}")) == ()
    assert problems(wave(at="{4h: low}"))[0] == "4h时应为“轻微”，实为不告警"


def test_findings_must_be_exactly_these() -> None:
    told = "实际记下：52m“轻微”、112m“轻微”"
    assert problems(wave(findings="[{at: 52m, level: low}]")) == (f"应记的发现：52m“轻微”；{told}",)
    assert problems(wave(findings="[]")) == (f"应记的发现：没有；{told}",)
    quiet = "  - {name: 一天只有一两条, kind: quiet, expect: none, series: [{at: 0m, count: 2}], findings: []}\n"
    assert problems(quiet) == ()


def test_a_case_that_fails_only_on_the_way_says_so() -> None:
    report = run_source_tests(RULE, HEAD + wave(at="{60m: none}"))
    assert f"{TESTS_TEXT}:3 未通过  fee_dispute.made：" in report.text()
    assert "（最高等级相符，过程不符）" in report.text()


def test_the_day_decides_on_exemptions_and_a_failed_case_names_them() -> None:
    every_day = "facts: {negative_count_1h: 10, heat: 40, active_days_7d: 7}"
    case = f"  - {{name: 年费出账期间应当告警吗, kind: hit, expect: low, on: DAY, {every_day}}}\n"
    assert problems(case.replace("DAY", "2026-07-01")) == ()
    assert problems(case.replace("DAY", "2026-06-30")) == ("已豁免：年费集中出账（到 2026-06-30 为止）",)


def test_rule_and_tests_can_be_run_as_texts_with_all_their_faults() -> None:
    assert run_source_tests(RULE, HEAD + "".join(ROWS)).ok
    broken = run_source_tests(RULE.replace("heat", "heet"), HEAD + "".join(ROWS).replace("expect: high", "expect: hi"))
    assert not broken.ok
    assert not broken.results
    assert [fault.file for fault in broken.faults] == ["用例", "规则"]
    assert "是否想写" in broken.faults[1].message


def test_one_rule_can_be_tested_alone_without_the_faults_of_others(made: Made) -> None:
    folder = made()
    (folder / "fee_dispute" / "other.yaml").write_text("id: fee_dispute.other\n", encoding="utf-8")
    assert not run_rule_tests(folder).ok
    alone = run_rule_tests(folder, "fee_dispute.made")
    assert alone.ok
    assert {one.rule for one in alone.results} == {"fee_dispute.made"}
    assert run_rule_tests(folder, "fee_dispute.other").faults


def test_the_plain_evaluator_tells_every_case_of_the_pack_as_both_engines_do() -> None:
    """Mutation rests on it: levels at every moment, findings and cooldown."""
    for one in pack():
        tested = one.rule.model_copy(update={"status": RuleStatus.active})
        series = [case for case in one.cases if case.case.series and case.case.findings is not None]
        with Detector(RuleSet([tested])) as detector:
            for each in series:
                real, plain = run_case(detector, tested, each.case), plain_run(tested, each.case, each.moments)
                assert [(seen.minute, seen.level) for seen in real.seen] == [
                    (seen.minute, seen.level) for seen in plain.seen
                ]
                assert real.announced == plain.announced
                assert passes(each.case, real)


def test_every_category_has_a_compact_series_with_moments_and_one_with_findings() -> None:
    cases = [(one.rule.category, each.case) for one in pack() for each in one.cases if each.case.series]
    compact = {category for category, case in cases if case.at and any(step.mentions for step in case.series or ())}
    announced = {category for category, case in cases if case.findings}
    assert compact == announced == {rule.category for rule in load_rules()}


def test_the_handbooks_examples_hold() -> None:
    handbook = (PACKS.parent.parent / "docs" / "compliance" / "test.md").read_text(encoding="utf-8")
    example = handbook.split("**时刻、发现和日期。**")[1].split("```yaml\n")[1].split("```")[0]
    on_hot_search, announced = (f"  - name: {case}" for case in example.split("  - name: ")[1:])
    for folder, case in (("system_outage/viral", on_hot_search), ("fee_dispute/surge", announced)):
        rule = (PACKS / f"{folder}.yaml").read_text(encoding="utf-8")
        report = run_source_tests(rule, f"rule: {folder.replace('/', '.')}\ncases:\n{case}")
        assert report.ok, report.text()
