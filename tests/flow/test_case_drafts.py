"""误报 and 漏报 become draft test cases, and drafts become part of a rule's tests."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.commands import Company, Desk
from engine.drafting.samples import REGISTRY_VALUES
from engine.errors import Conflict, InputError, NotFound
from engine.model import SYSTEM, Actor, AuthorKind, Category, Finding, Incident, Level, MentionRecord, Realm, Role
from engine.releases.content import ReleaseContent
from engine.releases.release import load_release
from engine.releases.shelf import ReleaseShelf
from engine.rule_testing.drafts import (
    MAX_MENTIONS,
    CaseDraft,
    DraftKind,
    DraftStatus,
    case_from_finding,
    case_from_mentions,
)
from engine.rule_testing.tests import run_source_tests
from engine.signing import Signer, TrustedKeys
from engine.store.case_drafts import loudest_findings
from knowledge.loader import load_knowledge
from knowledge.schema import FactKey
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine
from rules.cases import parse_cases
from rules.vocabulary import VOCABULARY
from tests.support.made import OWN, START, MadeStream, made_mention, made_pipeline, made_record, made_scores

FEE = Category.fee_dispute
LAW = Actor(name="许衡", role=Role.compliance)
ANALYST = Actor(name="周敏", role=Role.analyst)
TEXT = "客户张某某说办理分期时被收取会员费"
MISSED = [
    made_mention(f"missed{number}", START + timedelta(minutes=7 * number), text=f"{TEXT}{number}", author="阿明的账号")
    for number in range(3)
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose store has seen a crisis, and three mentions that led to nothing."""
    stream = MadeStream(days=1, minutes=150)
    stream.scores |= {one.id: made_scores(one, Category.privacy_leak) for one in MISSED}
    pipeline = made_pipeline(tmp_path_factory.mktemp("drafts"), stream.scores)
    signer = Signer.generate()
    now = stream.mentions[-1].received_at + timedelta(minutes=1)
    playbooks = tuple(load_knowledge().playbooks.values())
    desk = Desk(
        database=pipeline.database,
        pipeline=pipeline,
        shelf=ReleaseShelf(pipeline.database, TrustedKeys.of(signer), load_release(ReleaseContent.from_disk())),
        searcher=SearchEngine.build(playbooks, HashingEmbedder(), cache=None),
        clock=lambda: now,
        signer=signer,
        company=Company(REGISTRY_VALUES[FactKey.company], REGISTRY_VALUES[FactKey.hotline]),
    )
    desk.ingest(SYSTEM, Realm.live, [*MISSED, *stream.mentions])
    pipeline.drain()
    yield desk
    pipeline.close()


@pytest.fixture(scope="module")
def crisis(desk: Desk) -> Incident:
    return next(row.incident for row in desk.incidents(LAW, Realm.live) if row.incident.category is FEE)


@pytest.fixture(scope="module")
def loudest(desk: Desk, crisis: Incident) -> tuple[Finding, ...]:
    with desk.database.read() as connection:
        return loudest_findings(connection, crisis.id)


def texts_of(desk: Desk, draft: CaseDraft) -> tuple[str, str, str]:
    """The path of a rule's tests, the rule's text, and the tests' text."""
    path = f"rules/packs/{draft.rule.replace('.', '/')}"
    files = desk.release.content.files
    return f"{path}_test.yaml", files[f"{path}.yaml"], files[f"{path}_test.yaml"]


def test_a_false_alarm_asks_each_rule_that_spoke_for_less(
    desk: Desk, crisis: Incident, loudest: tuple[Finding, ...]
) -> None:
    drafts = desk.draft_case_from_incident(LAW, crisis.id, "促销退费集中到账，客户只是问进度")
    assert [one.rule for one in drafts] == [one.rule for one in loudest]
    assert len({one.rule for one in loudest}) == len(loudest) > 0
    for draft, finding in zip(drafts, loudest, strict=True):
        assert draft.kind is DraftKind.false_alarm
        assert draft.case.expect == "none"
        assert draft.case.misses is finding.level
        assert draft.case.name == "误报：促销退费集中到账，客户只是问进度"
        assert draft.case.on == finding.facts.day
        assert draft.text.startswith("  - name: 误报：")
    assert all(one in desk.case_drafts(LAW) for one in drafts)
    again = desk.draft_case_from_incident(LAW, crisis.id, "再说一遍")
    assert [one.id for one in again] == [one.id for one in drafts]
    assert len(desk.case_drafts(LAW)) == len(drafts)


def test_the_draft_fails_today_and_its_facts_are_those_of_the_moment(
    desk: Desk, crisis: Incident, loudest: tuple[Finding, ...]
) -> None:
    """That is what it is for: it holds once the rule is changed."""
    draft = desk.draft_case_from_incident(LAW, crisis.id, "只是退费")[0]
    _, rule, _ = texts_of(desk, draft)
    (result,) = run_source_tests(rule, f"rule: {draft.rule}\ncases:\n{draft.text}").results
    assert not result.ok
    assert result.got is loudest[0].level
    seen = loudest[0].facts.values
    told = {fact: value for fact, value in seen.items() if value or (value == 0 and VOCABULARY[fact].nullable)}
    assert draft.case.facts == told


def test_a_lower_level_may_be_expected_and_rules_that_said_no_more_are_left_out(
    desk: Desk, crisis: Incident, loudest: tuple[Finding, ...]
) -> None:
    top = max((one.level for one in loudest), key=lambda level: level.rank)
    assert top is not Level.low
    drafts = desk.draft_case_from_incident(LAW, crisis.id, "只到轻微", expected=Level.low)
    assert {one.case.expect for one in drafts} == {Level.low}
    assert {one.rule for one in drafts} == {one.rule for one in loudest if one.level is not Level.low}
    with pytest.raises(Conflict, match="没有规则在这起事件里说过更高的等级"):
        desk.draft_case_from_incident(LAW, crisis.id, "已经是最高", expected=Level.high)
    with pytest.raises(InputError, match="要低于当时的等级"):
        case_from_finding(loudest[0], "用例的名字", loudest[0].level)


def test_missed_mentions_become_a_series_without_texts_and_names(desk: Desk) -> None:
    draft = desk.draft_case_from_mentions(
        ANALYST, [one.id for one in MISSED], Category.privacy_leak, Level.low, "三条都说信息被卖"
    )
    assert draft.kind is DraftKind.missed
    assert draft.rule.startswith("privacy_leak.")
    assert draft.case.expect is Level.low
    assert [step.at for step in draft.case.series or ()] == [0, 7, 14]
    assert {step.account for step in draft.case.series or ()} == {"1"}
    written = draft.model_dump_json(exclude={"made_by"})
    assert not any(word in written for word in ("张某某", "阿明", MISSED[0].id, OWN))
    loaded, faults = parse_cases("a", f"rule: {draft.rule}\ncases:\n{draft.text}")
    assert not faults
    assert loaded
    assert loaded.cases == (draft.case,)


def test_the_rule_of_a_missed_case_can_be_named(desk: Desk) -> None:
    ids, leak = [MISSED[0].id], Category.privacy_leak
    draft = desk.draft_case_from_mentions(ANALYST, ids, leak, Level.low, "应当更早", rule="privacy_leak.viral")
    assert draft.rule == "privacy_leak.viral"
    with pytest.raises(InputError, match="没有这样的规则"):
        desk.draft_case_from_mentions(ANALYST, ids, leak, Level.low, "应当更早", rule="fee_dispute.viral")
    with pytest.raises(NotFound):
        desk.draft_case_from_mentions(ANALYST, ["nothing"], leak, Level.low, "应当更早")


def test_an_accepted_draft_is_the_last_case_of_a_working_copy(desk: Desk, crisis: Incident) -> None:
    first, *_ = desk.draft_case_from_incident(LAW, crisis.id, "放进用例")
    path, rule, before = texts_of(desk, first)
    accepted = desk.accept_case_draft(LAW, first.id)
    assert (accepted.status, accepted.decided_by) == (DraftStatus.accepted, LAW.name)
    (edit,) = [one for one in desk.rule_edits(LAW) if one.path == path]
    assert edit.base == before
    assert edit.text.startswith(before)
    assert run_source_tests(rule, edit.text).results[-1].case == first.case.name
    assert first.id not in {one.id for one in desk.case_drafts(LAW)}
    assert first.id in {one.id for one in desk.case_drafts(LAW, DraftStatus.accepted)}
    with pytest.raises(Conflict, match="已经处理过"):
        desk.accept_case_draft(LAW, first.id)
    second = desk.draft_case_from_mentions(
        LAW, [MISSED[1].id], Category.fee_dispute, Level.low, "另一条也放进来", rule=first.rule
    )
    desk.accept_case_draft(LAW, second.id)
    (edit,) = [one for one in desk.rule_edits(LAW) if one.path == path]
    assert [one.case for one in run_source_tests(rule, edit.text).results[-2:]] == [first.case.name, second.case.name]


def test_a_draft_can_be_done_without(desk: Desk) -> None:
    draft = desk.draft_case_from_mentions(LAW, [MISSED[2].id], FEE, Level.low, "不需要的一条")
    assert desk.discard_case_draft(LAW, draft.id).status is DraftStatus.discarded
    assert draft.id not in {one.id for one in desk.case_drafts(LAW)}
    with pytest.raises(NotFound, match="没有编号为"):
        desk.discard_case_draft(LAW, "nothing")


def test_calling_an_incident_a_false_alarm_leaves_its_drafts(desk: Desk, crisis: Incident) -> None:
    desk.false_alarm(LAW, crisis.id, "核实为退费到账")
    drafts = [one for one in desk.case_drafts(LAW) if one.incident == crisis.id]
    assert drafts
    assert {one.reason for one in drafts} == {"核实为退费到账"}
    by_hand = desk.open_incident(LAW, Realm.live, OWN, Category.system_outage, Level.low, "来电", "来电")
    desk.false_alarm(LAW, by_hand.id, "没有这回事")
    assert not [one for one in desk.case_drafts(LAW) if one.incident == by_hand.id]


def record(number: int, minutes: float, **fields: object) -> MentionRecord:
    return made_record(made_mention(number, START + timedelta(minutes=minutes)), [FEE], **fields)


def test_what_comes_back_keeps_its_number_and_followers_are_rounded() -> None:
    several = [
        record(1, 0, author="甲", group="g", followers=123_456, reach=900),
        record(2, 61, author="乙", author_kind=AuthorKind.media, hot_search_rank=8),
        record(3, 1500, author="甲", group="g", reposts=7),
    ]
    case = case_from_mentions(several, Level.medium, "三条先后出现")
    steps = case.series or ()
    assert [(one.at, one.account, one.content) for one in steps] == [(0, "1", "1"), (61, None, None), (1500, "1", "1")]
    assert steps[0].followers == 120_000
    assert (steps[0].reach, steps[1].author_kind, steps[1].hot_search_rank, steps[2].reposts) == (900, "media", 8, 7)


def test_too_many_too_few_and_too_far_apart_are_refused() -> None:
    for picked in ([], [record(number, number) for number in range(MAX_MENTIONS + 1)]):
        with pytest.raises(InputError, match="请选 1 到 300 条提及"):
            case_from_mentions(picked, Level.low, "用例的名字")
    with pytest.raises(InputError, match="超过 30 天"):
        case_from_mentions([record(1, 0), record(2, 31 * 1440)], Level.low, "用例的名字")


def test_a_nullable_fact_that_was_known_to_be_nothing_stays_in_the_case(loudest: tuple[Finding, ...]) -> None:
    finding = loudest[0]
    spec = next(one for one in VOCABULARY.values() if one.nullable and one.minimum == 0)
    usual = next(one for one in VOCABULARY.values() if not one.nullable and one.minimum == 0)
    told = {
        value: case_from_finding(
            finding.model_copy(
                update={
                    "facts": finding.facts.model_copy(
                        update={"values": finding.facts.values | {spec.name: value, usual.name: 0}}
                    )
                }
            ),
            "误报：已知为零",
        ).facts
        for value in (0, None)
    }
    assert told[0] == (told[None] or {}) | {spec.name: 0}
    assert usual.name not in (told[0] or {})
