"""Facts and rules to findings."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.detection import Detector, Held, Matcher, RuleSet
from engine.errors import Conflict, NotFound, ReleaseError
from engine.model import FactValue, Finding, Level, Realm, WindowFacts
from rules.cases import full_facts
from rules.fixed_point import Fixed
from rules.schema import Rule
from rules.vocabulary import VOCABULARY, Category

RAW = {
    "id": "fee_dispute.surge",
    "title": "收费争议集中爆发",
    "category": "fee_dispute",
    "status": "active",
    "version": 1,
    "owner": "合规部",
    "rationale": "短时间内多人同时投诉同一项收费。",
    "false_positives": ["促销退费集中到账"],
    "effective_from": "2026-01-01",
    "review_by": "2026-12-31",
    "cooldown_minutes": 60,
    "levels": {
        "low": {"fact": "negative_count_1h", "op": ">=", "value": 8},
        "medium": {"fact": "negative_count_1h", "op": ">=", "value": 20},
        "high": {
            "all": [{"fact": "negative_count_1h", "op": ">=", "value": 60}, {"fact": "heat", "op": ">", "value": 50}]
        },
    },
}


def rule(**changes: object) -> Rule:
    return Rule.model_validate(RAW | changes)


def facts(
    brand: str = "安心借", seq: int = 7, category: Category = Category.fee_dispute, **values: FactValue
) -> WindowFacts:
    return WindowFacts(
        realm=Realm.live,
        brand=brand,
        category=category,
        at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        brand_seq=seq,
        trigger=None,
        values=full_facts(values),
    )


def detect(
    rules: RuleSet, what: WindowFacts, engine: Callable[[tuple[Rule, ...]], Matcher] | None = None
) -> tuple[Finding, ...]:
    with Detector(rules, engine) as detector:
        return detector.detect(what, "r1")


@pytest.mark.parametrize(
    ("count", "heat", "level"),
    [
        (7, 0, None),
        (8, 0, "low"),
        (20, 0, "medium"),
        (60, 50, "medium"),
        (60, 50.01, "high"),
        (10_000_000, 120, "high"),
    ],
)
def test_a_rule_gives_one_finding_at_its_highest_level(count: int, heat: float, level: str | None) -> None:
    found = detect(RuleSet([rule()]), facts(negative_count_1h=count, heat=heat))
    assert [finding.level for finding in found] == ([level] if level else [])


def test_a_finding_carries_the_level_that_holds_and_what_the_next_one_needs() -> None:
    (finding,) = detect(RuleSet([rule()]), facts(negative_count_1h=25))
    seen = [(trace.level, trace.fact, trace.holds, trace.margin) for trace in finding.explanation]
    assert seen == [
        (Level.medium, "negative_count_1h", True, 5),
        (Level.high, "negative_count_1h", False, -35),
        (Level.high, "heat", False, -50.01),
    ]
    assert finding.agreed


def test_finding_ids_depend_on_realm_brand_release_number_and_rule_alone() -> None:
    rules = RuleSet([rule()])
    with Detector(rules) as detector:
        (first,) = detector.detect(facts(negative_count_1h=9), "r1")
        (again,) = detector.detect(facts(negative_count_1h=19), "r1")
        others = [
            detector.detect(facts(negative_count_1h=9), "r2"),
            detector.detect(facts(negative_count_1h=9, seq=8), "r1"),
            detector.detect(facts(negative_count_1h=9, brand="安心"), "r1"),
        ]
    assert first.id == again.id
    assert len({first.id, *(found.id for (found,) in others)}) == 4
    assert len(first.id) == 32


def test_rules_speak_only_of_their_own_category() -> None:
    assert detect(RuleSet([rule()]), facts(category=Category.privacy_leak, negative_count_1h=99)) == ()


@pytest.mark.parametrize("status", ["draft", "shadow"])
def test_draft_and_shadow_rules_are_evaluated_but_do_not_alert(status: str) -> None:
    with Detector(RuleSet([rule(status=status), rule(id="fee_dispute.other")])) as detector:
        found = detector.examine(facts(negative_count_1h=9), "r1")
    assert [finding.rule for finding in found.findings] == ["fee_dispute.other"]
    assert [finding.rule for finding in found.shadow] == ["fee_dispute.surge"]


def test_deprecated_rules_are_ignored() -> None:
    with Detector(RuleSet([rule(status="deprecated", deprecated={"reason": "并入新规则"})])) as detector:
        assert detector.examine(facts(negative_count_1h=99), "r1") == ((), ())
        assert detector.why(facts(negative_count_1h=99)) == ()


def test_why_answers_for_rules_that_fire_and_for_those_that_do_not() -> None:
    other = rule(id="fee_dispute.other", levels={"low": {"fact": "media_count_24h", "op": ">=", "value": 3}})
    with Detector(RuleSet([rule(), other])) as detector:
        fired, quiet = detector.why(facts(negative_count_1h=25, media_count_24h=1))
    assert (fired.rule, fired.level, fired.next_level) == ("fee_dispute.surge", Level.medium, Level.high)
    assert quiet.needs == ("最近24小时媒体发声 1 条，还差 2 条到“轻微”",)
    assert fired.to_json()["traces"][0]["margin"] == 17


# --- two engines ----------------------------------------------------------------------------------


class SaysAlways:
    """An engine that says the same whatever the facts are; None stands for an engine that failed."""

    def __init__(self, held: set[Held] | None) -> None:
        self.held = held
        self.closed = 0

    def match(self, row: Sequence[Fixed]) -> set[Held] | None:
        return self.held

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize(
    ("held", "count", "level"),
    [
        ({("fee_dispute.surge", Level.high)}, 8, Level.high),
        ({("fee_dispute.surge", Level.high)}, 0, Level.high),
        ({("fee_dispute.surge", Level.low)}, 25, Level.medium),
        (set(), 25, Level.medium),
        (None, 25, Level.medium),
    ],
)
def test_where_the_engines_differ_the_higher_level_is_taken_and_flagged(
    held: set[Held] | None, count: int, level: Level
) -> None:
    (finding,) = detect(RuleSet([rule()]), facts(negative_count_1h=count), lambda _: SaysAlways(held))
    assert (finding.level, finding.agreed) == (level, False)


def test_an_engine_that_agrees_on_silence_gives_nothing() -> None:
    assert detect(RuleSet([rule()]), facts(negative_count_1h=1), lambda _: SaysAlways(set())) == ()


# --- life of a detector ---------------------------------------------------------------------------


def test_only_the_owner_thread_may_detect_but_any_may_ask_why() -> None:
    caught: list[str] = []

    def elsewhere(detector: Detector) -> None:
        assert detector.why(facts(negative_count_1h=9))[0].level is Level.low
        try:
            detector.detect(facts(negative_count_1h=9), "r1")
        except Conflict as refused:
            caught.append(str(refused))

    with Detector(RuleSet([rule()])) as detector:
        thread = threading.Thread(target=elsewhere, args=(detector,))
        thread.start()
        thread.join()
    assert caught == ["规则引擎只能由创建它的线程使用"]


def test_a_closed_detector_refuses_instead_of_finding_nothing() -> None:
    engine = SaysAlways(set())
    detector = Detector(RuleSet([rule()]), lambda _: engine)
    detector.close()
    detector.close()
    assert engine.closed == len(Category)
    with pytest.raises(Conflict, match="已经关闭"):
        detector.detect(facts(negative_count_1h=9), "r1")


def resident_bytes() -> int:
    """Memory of this process; Linux alone tells it without a package."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("/proc/self/statm 不存在，无法测量内存")
    return int(statm.read_text().split()[1]) * 4096


def test_reloading_the_pack_many_times_keeps_memory_flat() -> None:
    rules = RuleSet.load()

    def reload(times: int) -> None:
        for seq in range(times):
            with Detector(rules) as detector:
                assert detector.detect(facts(seq=seq, negative_count_1h=30, unique_authors_1h=30, growth_1h=30), "r1")

    reload(20)
    before = resident_bytes()
    reload(100)
    assert resident_bytes() - before < 8_000_000


def test_ten_thousand_facts_keep_memory_flat() -> None:
    with Detector(RuleSet.load()) as detector:

        def run(times: int) -> None:
            for seq in range(times):
                detector.detect(
                    facts(seq=seq, negative_count_1h=seq % 90, unique_authors_1h=seq % 70, growth_1h=9), "r1"
                )

        run(1000)
        before = resident_bytes()
        run(9000)
        assert resident_bytes() - before < 8_000_000


# --- rule sets ------------------------------------------------------------------------------------


def test_the_hash_is_of_the_content_not_of_the_order() -> None:
    one, two = rule(), rule(id="fee_dispute.other")
    assert RuleSet([one, two]).hash == RuleSet([two, one]).hash
    assert RuleSet([one]).hash != RuleSet([one, two]).hash
    assert RuleSet([one]).hash != RuleSet([rule(version=2)]).hash
    assert RuleSet.load().hash == RuleSet.load().hash


def test_a_rule_id_may_occur_once() -> None:
    with pytest.raises(ReleaseError, match="规则编号重复"):
        RuleSet([rule(), rule()])


def test_an_unknown_rule_is_said_to_be_unknown() -> None:
    assert RuleSet([rule()]).rule("fee_dispute.surge").version == 1
    with pytest.raises(NotFound, match="没有规则“fee_dispute"):
        RuleSet([rule()]).rule("fee_dispute.none")


def test_faulty_files_make_no_rule_set(tmp_path: Path) -> None:
    (tmp_path / "surge.yaml").write_text("id: a\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"surge.yaml:1 缺少字段"):
        RuleSet.load(tmp_path)


def test_no_two_facts_collide_in_the_engines_hash_of_field_names() -> None:
    """durable_rules 2.0.28 compares field names by 32-bit FNV-1a (src/rules/json.c; `id` is 926444256)."""

    def fnv1a(name: str) -> int:
        value = 2166136261
        for byte in name.encode():
            value = (value ^ byte) * 16777619 & 0xFFFFFFFF
        return value

    missing = [f"{spec.name}__missing" for spec in VOCABULARY.values() if spec.nullable]
    names = [*VOCABULARY, *missing, "id", "sid", "sentinel"]
    assert fnv1a("id") == 926444256
    assert len({fnv1a(name) for name in names}) == len(names)
