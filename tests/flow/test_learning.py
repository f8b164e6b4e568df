"""A closed incident becomes a past incident: drafted, completed, reviewed by somebody else, found by search."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.commands import Desk
from engine.errors import Conflict, NotAllowed, ProposalRefused
from engine.knowledge_base.in_force import SearchedEntries
from engine.knowledge_base.revisions import Revision, RevisionState
from engine.learning.stale import StaleKind
from engine.model import SYSTEM, Actor, Category, FactSource, Incident, Level, Realm, Role
from engine.releases.factory import adopt
from knowledge.document import parse_document
from knowledge.loader import parse_entry
from knowledge.schema import FactKey, PastIncident
from knowledge.wording import TO_COMPLETE
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine
from tests.support.made import OWN, PARTNER, START, MadeStream, made_mention, made_scores
from tests.support.releases import Firm

FEE = Category.fee_dispute
PR = Actor(name="林舟", role=Role.pr)
LAW = Actor(name="许衡", role=Role.compliance)
ANALYST = Actor(name="周敏", role=Role.analyst)
OTHER = Actor(name="沈知", role=Role.analyst)
SERVICE = Actor(name="客服值班", role=Role.department, department="客服")
HOSTILE = (
    "我叫王小明，手机13812345678，身份证11010119900307721X，澄禾消费金融的客服李娜不退会员费，"
    "栈桥助贷也一样！[[[[{{7*7}}<script>\u202e*&!%\nid: 别的"
)
COMPLETED = {
    "title": "便民缴费送的保险第二年自动续，一通电话退清",
    "summary": (
        "一位水站老板发现，缴水费时赠送的家财险第二年自动续保，从绑定的卡里扣走36元，同城四十多人翻出同样的扣款。"
        "客服起初答复由保险方处理，帖子里贴出的通话记录越来越多；当天夜里客服主管改为先退后查，两天里逐户打去电话，"
        "把续保的款原路退回，并在缴费页去掉了赠送一栏。"
    ),
    "cause": "赠险协议写明次年自动续保，缴费页只写“赠送”两字，续扣前也没有提醒。",
    "turning_point": "客服主管在同城群里留下值班电话，第一个打通的人半小时后收到退款。",
    "outcome": "四十七户的续保款全部退回，保险方停用自动续保，没有人再去投诉。",
    "lessons": ["赠送的东西到期要问一声，再收钱。"],
    "voices": ["送的时候没人说明年要钱。", "电话打通半小时就退了，还行。"],
}


def stream() -> MadeStream:
    made = MadeStream(days=1, minutes=110, brands=(OWN, PARTNER))
    last = made.mentions[-1].received_at
    said = [made_mention(f"said{number}", last, text=HOSTILE, author="爱吃瓜的人") for number in range(4)]
    calm = [made_mention(f"calm{number}", last + timedelta(hours=30, minutes=number)) for number in range(12)]
    made.scores |= {one.id: made_scores(one, FEE) for one in said} | {one.id: made_scores(one, None) for one in calm}
    made.mentions += [*said, *calm]
    return made


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> object:
        return self.now


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Incident, Clock]]:
    """A crisis that was answered after three hours, calmed down, and closed by a person."""
    made, clock = stream(), Clock()
    firm = Firm(tmp_path_factory.mktemp("learning"), made.scores)
    pipeline = firm.pipeline()
    adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    desk = firm.desk(pipeline, clock)
    crisis = [one for one in made.mentions if "calm" not in one.external_id]
    desk.ingest(SYSTEM, Realm.live, crisis)
    pipeline.drain()
    clock.now = crisis[-1].received_at + timedelta(minutes=5)
    (incident,) = (row.incident for row in desk.incidents(PR, Realm.live) if row.incident.brand == OWN)
    with pytest.raises(Conflict, match="还没有关闭"):
        desk.learn_from(ANALYST, incident.id)
    answer(desk, incident.id)
    desk.ingest(SYSTEM, Realm.live, [one for one in made.mentions if "calm" in one.external_id])
    pipeline.drain()
    clock.now = made.mentions[-1].received_at + timedelta(minutes=5)
    desk.close_incident(PR, incident.id, "林舟已逐户答复，见手机13912345678")
    yield desk, incident, clock
    pipeline.close()


def answer(desk: Desk, incident: str) -> None:
    """Facts, an approved statement, a task that is done."""
    for key, value in (
        (FactKey.product, "安心分期"),
        (FactKey.complaint, "办理分期时被额外收取会员服务费"),
        (FactKey.measure, "暂停该项费用的收取"),
        (FactKey.cause, "林舟核实：澄禾分期页面默认勾选"),
    ):
        fact = desk.add_fact(PR, incident, key, value, FactSource(kind="department", ref="客服部"))
        desk.confirm_fact(LAW, fact.id)
    draft = desk.draft(PR, incident, "tpl.fee_dispute.weibo")
    desk.approve(LAW, draft.id, desk.submit(PR, draft.id).content_hash)
    task = next(one for one in desk.incident(PR, incident).tasks if one.department == "客服")
    desk.complete_task(SERVICE, task.id, "已按林舟的要求逐户回访，澄禾App已改")


@pytest.fixture
def learned(base: tuple[Desk, Incident, Clock]) -> Revision:
    desk, incident, _ = base
    return desk.learn_from(ANALYST, incident.id)


def written(revision: Revision) -> PastIncident:
    entry, _ = parse_entry(f"incidents/{'/'.join(revision.entry.split('.')[1:])}.yaml", revision.text)
    assert isinstance(entry, PastIncident)
    return entry


def test_the_log_fills_in_what_it_knows_and_marks_what_only_a_person_can_say(
    base: tuple[Desk, Incident, Clock], learned: Revision
) -> None:
    _, incident, _ = base
    entry = written(learned)
    assert (entry.source, learned.incident, learned.state) == ("own", incident.id, RevisionState.draft)
    assert (str(entry.category), str(entry.level)) == (incident.category, incident.peak_level)
    assert set(entry.platforms) == {"微博", "抖音", "投诉平台"}
    assert (entry.first_response, str(entry.strategy)) == ("89分钟", "diminish")
    actors = [step.actor for step in entry.steps]
    assert actors[0] == "监测规则"
    assert {"合规", "客服", "公关"} <= set(actors)
    assert (entry.steps[0].action[:2], entry.steps[-1].action) == ("立案", "关闭事件")
    mentions = [point.mentions for point in entry.course]
    assert mentions == sorted(mentions)
    assert len(mentions) >= 4
    assert (entry.course[0].negative, entry.course[-1].negative) == (1.0, 0.0)
    assert (entry.outcome_grade, "最后一天负面占0%，最高时" in learned.text) == ("好转", True)
    for asked in (entry.title, entry.summary, entry.cause, entry.turning_point, entry.outcome, *entry.lessons):
        assert asked.startswith(TO_COMPLETE)
    assert all(voice.startswith(TO_COMPLETE) for voice in entry.voices)
    assert "某人核实：本公司分期页面默认勾选" in entry.cause


def test_nobody_is_named_whatever_the_mentions_and_notes_say(
    base: tuple[Desk, Incident, Clock], learned: Revision
) -> None:
    desk, _, _ = base
    assert desk.release.registry.brands_in(learned.text) == ()
    for name in ("林舟", "许衡", "周敏", "客服值班", "王小明", "李娜", "爱吃瓜", "138", "139", "1101", "<", "{7"):
        assert name not in learned.text.replace("{after", "")
    assert "不退会员费" in learned.text, "what was said stays"
    assert learned.text == desk.learn_from(OTHER, learned.incident or "").text, "asked again it says the same"
    assert parse_document("x", learned.text).data["id"] == learned.entry, "no mention writes a field"


def test_who_may_not_edit_does_not_learn_and_everybody_sees_how_far_it_is(
    base: tuple[Desk, Incident, Clock], learned: Revision
) -> None:
    desk, incident, _ = base
    with pytest.raises(NotAllowed):
        desk.learn_from(SERVICE, incident.id)
    state = desk.learning_state(SERVICE, incident.id)
    assert (state.entry, state.state_title, state.can_learn) == (learned.entry, "草稿", False)
    assert state.to_complete >= 9


def test_an_unfinished_draft_is_refused_with_places_and_a_completed_one_is_found_by_search(
    base: tuple[Desk, Incident, Clock], learned: Revision
) -> None:
    desk, incident, clock = base
    with pytest.raises(ProposalRefused) as refused:
        desk.submit_entry(ANALYST, learned.entry, learned.number)
    lines = learned.text.split("\n")
    title = next(number for number, line in enumerate(lines, start=1) if line.startswith("title:"))
    assert any(f".yaml:{title} 还有【待补充】没有写" in fault for fault in refused.value.faults)
    second = desk.keep_entry(ANALYST, learned.entry, completed(learned.text), learned.hash, "复盘补充")
    with pytest.raises(Conflict, match="在它的页面上继续"):
        desk.learn_from(ANALYST, incident.id)
    assert second.incident == incident.id, "it stays linked to the incident"
    desk.submit_entry(ANALYST, learned.entry, second.number)
    assert desk.learning_state(PR, incident.id).state_title == "待复核"
    with pytest.raises(NotAllowed, match="自己"):
        desk.review_entry(ANALYST, learned.entry, second.number, True)
    desk.review_entry(OTHER, learned.entry, second.number, True, "属实")
    state = desk.learning_state(PR, incident.id)
    assert (state.state_title, state.is_searchable, state.to_complete) == ("已入库", True, 0)
    hits = searching(desk).search(PR, "缴水费送的家财险自动续保，扣了36元").hits
    assert hits[0].id == learned.entry
    found = desk.knowledge_entry(PR, hits[0].id)
    assert isinstance(found, PastIncident)
    assert found.source == "own"
    outcomes = desk.strategy_outcomes(PR, FEE)
    assert outcomes.own == 1
    plan = desk.incident_outcomes(PR, incident.id)
    assert f"同类 {outcomes.cases} 件中，" in plan.lines[0]
    later = clock.now.date() + timedelta(days=800)
    kinds = {one.kind for one in desk.stale_entries(PR, later) if one.entry == learned.entry}
    assert StaleKind.review_due in kinds
    assert StaleKind.source_judged_anew not in kinds
    desk.reopen(PR, incident.id, "再核对一遍")
    desk.false_alarm(ANALYST, incident.id, "说的是同名公司")
    flags = {one.kind: one for one in desk.stale_entries(PR, later) if one.entry == learned.entry}
    assert "改判为误报" in flags[StaleKind.source_judged_anew].reason


def completed(text: str) -> str:
    """The draft as an analyst completes it: the fields that were asked for, nothing else."""
    data = {**parse_document("draft", text).data, **COMPLETED}
    return "\n".join(f"{name}: {said(value)}" for name, value in data.items()) + "\n"


def said(value: object) -> str:
    """A value in one line of YAML."""
    if isinstance(value, list):
        return f"[{', '.join(map(said, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {said(one)}" for name, one in value.items()) + "}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "null" if value is None else str(value)


def searching(desk: Desk) -> Desk:
    """The desk with a search over what of the category is in force now."""
    entries = [one for one in SearchedEntries(desk.database, desk.shelf)()[1] if one.category == FEE]
    return replace(desk, searcher=SearchEngine.build(entries, HashingEmbedder(), cache=None))


Ending = Callable[[Desk, str, str], object]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (lambda desk, one, _: desk.false_alarm(ANALYST, one, "同名公司"), "误报"),
        (lambda desk, one, other: desk.merge(PR, one, other, "同一件事"), "请从那一件复盘"),
    ],
)
def test_false_alarms_and_merged_incidents_teach_nothing(tmp_path: Path, end: Ending, told: str) -> None:
    firm = Firm(tmp_path)
    pipeline = firm.pipeline()
    adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    desk = firm.desk(pipeline)
    opened = [
        desk.open_incident(PR, Realm.live, OWN, category, Level.low, "来函", "记者来函询问").id
        for category in (Category.impersonation, Category.privacy_leak)
    ]
    end(desk, *opened)
    with pytest.raises(Conflict, match=told):
        desk.learn_from(ANALYST, opened[0])
    assert desk.learning_state(PR, opened[0]).can_learn is False
    pipeline.close()


def test_an_incident_that_nobody_spoke_of_still_becomes_a_draft(tmp_path: Path) -> None:
    firm = Firm(tmp_path)
    pipeline = firm.pipeline()
    adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    desk = firm.desk(pipeline)
    opened = desk.open_incident(PR, Realm.live, "不在册小店", Category.regulatory_action, Level.low, "来函", "询问").id
    desk.close_incident(PR, opened, "不在册小店的事已答复")
    entry = written(desk.learn_from(ANALYST, opened))
    assert (entry.course, entry.first_response, str(entry.strategy)) == ((), None, "no_public_response")
    assert "某机构的事已答复" in entry.steps[1].material
    assert len(entry.steps) == 4
    pipeline.close()
