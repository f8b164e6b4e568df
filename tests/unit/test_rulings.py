"""Facts on demand and light rulings say what written facts and findings say."""

from datetime import timedelta

from engine.core import BrandCore, step
from engine.detection import Detector
from engine.facts.values import COUNTED, OF_TRIGGER, OF_WINDOWS, counted
from engine.model import Level, LogRecord, Realm
from engine.rule_set import RuleSet
from engine.window_facts import RAW, FactPlan
from engine.window_state import BrandState
from engine.windows import advance, view
from rules.schema import Rule
from rules.vocabulary import VOCABULARY
from tests.support.made import OWN, START, made_mention, made_record
from tests.support.window_stream import FEE, stream

RULE = {
    "id": "fee_dispute.some",
    "title": "有人投诉收费",
    "category": "fee_dispute",
    "status": "active",
    "version": 1,
    "owner": "合规部",
    "rationale": "每一条收费投诉都看一眼，用来测试。",
    "false_positives": ["测试"],
    "effective_from": "2026-01-01",
    "review_by": "2026-12-31",
    "cooldown_minutes": 60,
    "levels": {
        "low": {"fact": "negative_count_24h", "op": ">=", "value": 2},
        "high": {"fact": "negative_count_24h", "op": ">=", "value": 4},
    },
}


def mention(number: int, minutes: int) -> LogRecord:
    at = START + timedelta(minutes=minutes)
    payload = made_record(made_mention(number, at), [FEE])
    return LogRecord(seq=number, realm=Realm.live, brand=OWN, brand_seq=number, at=at, payload=payload)


def test_every_fact_of_the_vocabulary_is_computed() -> None:
    assert OF_WINDOWS.keys() | OF_TRIGGER.keys() == VOCABULARY.keys() == RAW.keys()


def test_a_row_of_any_facts_is_that_of_the_written_facts() -> None:
    names = sorted(VOCABULARY)
    plans = [FactPlan(names), FactPlan(names[:1]), FactPlan(names[::-3]), FactPlan([])]
    state = BrandState.empty(Realm.live, OWN)
    seen = 0
    for record in stream():
        state, views = view(state, record)
        for one in views:
            written = one.written()
            assert (written.values, written.day, written.at) == (one.values, one.day, one.at)
            assert one.day_number == one.day.toordinal()
            for plan in plans:
                assert plan.row(one) == plan.row_of(written.values)
            seen += 1
    assert seen > 150


def test_counts_taken_together_are_the_facts_of_their_names() -> None:
    state = BrandState.empty(Realm.live, OWN)
    for record in stream():
        state, views = view(state, record)
        for one in views:
            together = counted(state, one.found)
            assert {name: together[place] for name, place in COUNTED.items()} == {
                name: RAW[name](one) for name in COUNTED
            }


def test_counts_beyond_the_vocabularys_range_are_cut_to_it() -> None:
    state, views = view(BrandState.empty(Realm.live, OWN), mention(1, 0))
    state.categories[FEE].counts.week = 10**8
    plan = FactPlan(["negative_count_7d", "negative_count_1h"])
    assert plan.row(views[0]) == (10**7, 1) == plan.row_of(views[0].values)


def test_light_rulings_become_the_findings_of_the_written_facts() -> None:
    light, heavy = BrandState.empty(Realm.live, OWN), BrandState.empty(Realm.live, OWN)
    said = 0
    with Detector(RuleSet.load()) as detector:
        for record in stream():
            light, views = view(light, record)
            heavy, facts = advance(heavy, record)
            for one, written in zip(views, facts, strict=True):
                rulings, wanted = detector.judge(one, "r"), detector.examine(written, "r")
                assert tuple(found.finding() for found in rulings.findings) == wanted.findings
                for found, finding in zip(rulings.findings, wanted.findings, strict=True):
                    assert (found.rule, found.level, found.at) == (finding.rule, finding.level, finding.at)
                    assert (found.title, found.agreed) == (finding.title, finding.agreed)
                    assert found.explanation == finding.explanation
                said += len(wanted.findings)
    assert said > 5


def test_what_shadow_rules_would_have_announced_has_a_cooldown_and_a_memory_of_its_own() -> None:
    rules = RuleSet([Rule.model_validate(RULE | {"status": "shadow"})])
    core = BrandCore.empty(Realm.live, OWN)
    told: list[list[Level]] = []
    with Detector(rules) as detector:
        for number, minutes in enumerate((0, 1, 2, 3, 4, 70), 1):
            core, output = step(core, mention(number, minutes), lambda facts: detector.judge(facts, "r"))
            core = BrandCore.from_json(core.to_json())
            assert output.findings == ()
            assert output.changes == ()
            told.append([one.level for one in output.shadow])
    assert told == [[], [Level.low], [], [Level.high], [], [Level.high]]
    assert core.spoken == {}
    assert core.shadow_spoken["fee_dispute.some"].level is Level.high
