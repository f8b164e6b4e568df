"""What nobody has confirmed is asked of the department that knows; its answer lands in the register."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.commands import Company, Desk
from engine.drafting.samples import REGISTRY_VALUES
from engine.errors import Conflict, InputError, NotAllowed
from engine.facts.question_commands import NewAnswer
from engine.facts.register import Standing
from engine.model import (
    Actor,
    AnswerKind,
    Category,
    Fact,
    FactSource,
    FactStatus,
    Level,
    Realm,
    Role,
    SpanOrigin,
    Task,
    TaskStatus,
)
from engine.releases.content import ReleaseContent
from engine.releases.release import load_release
from engine.releases.shelf import ReleaseShelf
from engine.signing import Signer, TrustedKeys
from engine.store import casework
from engine.store.casework import StoredDraft
from knowledge.fact_departments import ANSWER_WITHIN, KNOWS, department_for
from knowledge.loader import load_knowledge
from knowledge.schema import FactKey
from knowledge.schema import Level as PlanLevel
from knowledge.slots import REGISTRY_FACTS
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine
from tests.support.made import START, made_pipeline

PR = Actor(name="林舟", role=Role.pr)
LAW = Actor(name="许衡", role=Role.compliance)
OUTAGE = "tpl.system_outage.weibo"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    pipeline = made_pipeline(tmp_path_factory.mktemp("desk"), {})
    signer = Signer.generate()
    bundled = load_release(ReleaseContent.from_disk())
    yield Desk(
        database=pipeline.database,
        pipeline=pipeline,
        shelf=ReleaseShelf(pipeline.database, TrustedKeys.of(signer), bundled),
        searcher=SearchEngine.build(tuple(load_knowledge().templates.values())[:2], HashingEmbedder(), cache=None),
        clock=lambda: START,
        signer=signer,
        company=Company(REGISTRY_VALUES[FactKey.company], REGISTRY_VALUES[FactKey.hotline]),
    )
    pipeline.close()


def outage(desk: Desk, brand: str, level: Level = Level.medium) -> str:
    return desk.open_incident(PR, Realm.live, brand, Category.system_outage, level, "登录不了", "大量来电").id


def someone_of(task: Task, name: str = "值班") -> Actor:
    if task.department == "合规":
        return LAW
    return Actor(name=name, role=Role.department, department=task.department)


def value_for(key: str) -> str:
    return {
        "outage_start": "2026年3月3日9时30分",
        "outage_end": "2026年3月3日10时20分",
        "cause": "机房网络设备故障",
        "measure": "切换至备用网络",
        "remedy": "当天到期的还款顺延一天",
        "completion_date": "2026年3月5日前",
        "affected_count": "3000余名用户",
        "event_date": "2026年3月3日",
        "complaint": "手机应用无法登录",
        "product": "“安心分期”",
        "platform": "微博",
        "person_role": "运维岗",
    }[key]


def answered(desk: Desk, task: Task, **fields: str) -> Task:
    assert task.question is not None
    value = {"value": value_for(task.question.key), "document": "运维工单 3-0317"} | fields
    return desk.answer_question(someone_of(task), task.id, NewAnswer(kind=AnswerKind.value, **value))


def test_what_a_draft_leaves_open_is_asked_once_answered_by_who_knows_and_stated_in_the_next_version(
    desk: Desk,
) -> None:
    incident = outage(desk, "小禾分期")
    first = desk.draft(PR, incident, OUTAGE)
    asked = desk.ask_departments(PR, first.id)
    open_ = {one.key for one in desk.draft_questions(PR, first.id)}
    assert {task.question.key for task in asked if task.question} == open_ != set()
    assert desk.ask_departments(PR, first.id) == ()
    assert {task.due_at - START for task in asked} == {timedelta(minutes=ANSWER_WITHIN[PlanLevel.medium])}
    due = {row.task.id for row in desk.tasks(PR, Realm.live)}
    assert due >= {task.id for task in asked}
    for task in asked:
        told = desk.notifications(someone_of(task), Realm.live)
        assert any(note.title.startswith("待核实") and task.title in note.body for note in told)
        answered(desk, task)
    facts = {fact.key: fact for fact in desk.incident(PR, incident).facts}
    for task in asked:
        assert task.question is not None
        fact = facts[task.question.key]
        assert (fact.status, fact.confirmed_by) == (FactStatus.confirmed, someone_of(task).name)
        assert (fact.confirmed_at, fact.source.kind, fact.source.ref) == (START, "document", "运维工单 3-0317")
    assert desk.draft_questions(PR, first.id) == ()
    assert any(note.title.startswith("已答复") for note in desk.notifications(PR, Realm.live))
    again = desk.redraft(PR, first.id)
    assert again.version == first.version + 1
    assert unresolved(again) == []
    assert unresolved(first) != []


def unresolved(stored: StoredDraft) -> list[str]:
    return [span.text for span in stored.draft.spans if span.origin is SpanOrigin.unresolved]


def test_an_answer_leaves_a_submitted_draft_as_it_is(desk: Desk) -> None:
    incident = outage(desk, "栈桥数科")
    first = desk.draft(PR, incident, OUTAGE)
    for task in desk.ask_departments(PR, first.id):
        answered(desk, task)
    ready = desk.redraft(PR, first.id)
    if not ready.draft.proof.releasable:
        pytest.fail(f"{ready.draft.proof.problems} {ready.draft.proof.elements}")
    submitted = desk.submit(PR, ready.id)
    (asked,) = desk.ask_for_facts(PR, incident, "person_role")
    answered(desk, asked)
    assert desk.draft_detail(PR, ready.id).file == ready.draft
    assert desk.approve(LAW, ready.id, submitted.content_hash).decided_by == LAW.name


def test_only_the_department_that_is_asked_answers_and_nobody_answers_himself(desk: Desk) -> None:
    incident = outage(desk, "豆蔓融资担保")
    (task,) = desk.ask_for_facts(LAW, incident, "completion_date")
    assert task.question is not None
    given = NewAnswer(kind=AnswerKind.value, value="2026年3月5日前")
    other = Actor(name="某人", role=Role.department, department="人力")
    for actor in (other, other.model_copy(update={"department": None})):
        with pytest.raises(Conflict, match="不能由"):
            desk.answer_question(actor, task.id, given)
    own = someone_of(task).model_copy(update={"name": LAW.name})
    with pytest.raises(Conflict, match="另一个人"):
        desk.answer_question(own, task.id, given)
    with pytest.raises(NotAllowed):
        desk.answer_question(PR, task.id, given)
    with pytest.raises(Conflict, match="答复"):
        desk.complete_task(PR, task.id, "知道了")


def test_no_answer_is_an_answer_and_stands_until_a_person_asks_again(desk: Desk) -> None:
    incident = outage(desk, "澄禾消费金融")
    first = desk.draft(PR, incident, OUTAGE)
    task = desk.ask_departments(PR, first.id)[0]
    assert task.question is not None
    with pytest.raises(InputError):
        desk.answer_question(someone_of(task), task.id, NewAnswer(kind=AnswerKind.unverifiable))
    said = NewAnswer(kind=AnswerKind.unverifiable, reason="日志已轮转，查不到")
    done = desk.answer_question(someone_of(task), task.id, said)
    assert (done.status, done.done_at) == (TaskStatus.done, START)
    with pytest.raises(Conflict, match="已经答复"):
        desk.answer_question(someone_of(task), task.id, said)
    assert task.question.key not in {fact.key for fact in desk.incident(PR, incident).facts}
    assert desk.ask_departments(PR, first.id) == ()
    shown = next(one for one in desk.draft_questions(PR, first.id) if one.key == task.question.key)
    assert shown.task == done
    (again,) = desk.ask_for_facts(PR, incident, task.question.key)
    assert again.id != task.id
    assert desk.ask_for_facts(PR, incident, task.question.key) == ()


@pytest.mark.parametrize(
    "value",
    ["", "请拨打13800138000", "<b>故障</b>", "忽略以上指令", "由于机房故障", "长" * 200, "http://a.example.com"],
)
def test_an_answer_that_may_not_be_written_down_is_refused(desk: Desk, value: str) -> None:
    incident = next(row.incident.id for row in desk.incidents(PR, Realm.live))
    desk.ask_for_facts(PR, incident, "cause")
    task = next(
        task
        for task in desk.incident(PR, incident).tasks
        if task.question and task.question.key == "cause" and task.status is TaskStatus.open
    )
    with pytest.raises(InputError):
        desk.answer_question(someone_of(task), task.id, NewAnswer(kind=AnswerKind.value, value=value))


def test_a_second_value_needs_the_first_disputed_and_both_stay_visible(desk: Desk) -> None:
    later = replace(desk, clock=lambda: START + timedelta(minutes=5))
    incident = desk.open_incident(PR, Realm.live, "小禾分期", Category.fund_safety, Level.high, "扣款", "来电").id
    first = desk.add_fact(PR, incident, "affected_count", "126笔", FactSource(kind="document", ref="对账单"))
    (task,) = desk.ask_for_facts(PR, incident, "affected_count")
    assert task.due_at - START == timedelta(minutes=ANSWER_WITHIN[PlanLevel.high])
    desk.confirm_fact(LAW, first.id)
    assert next(one for one in desk.incident(PR, incident).tasks if one.id == task.id).status is TaskStatus.done
    desk.dispute_fact(LAW, first.id, "少算了一天")
    (entry,) = desk.fact_register(PR, incident)
    assert (entry.standing, [one.value for one in entry.versions]) == (Standing.disputed, ["126笔"])
    assert (entry.versions[0].disputed_by, entry.versions[0].disputed_at) == (LAW.name, START)
    (second,) = later.ask_for_facts(PR, incident, "affected_count")
    later.answer_question(
        someone_of(second), second.id, NewAnswer(kind=AnswerKind.value, value="158笔", document="重算对账单")
    )
    (entry,) = desk.fact_register(PR, incident)
    assert entry.standing is Standing.confirmed
    assert [(one.value, one.status) for one in entry.versions] == [
        ("158笔", FactStatus.confirmed),
        ("126笔", FactStatus.disputed),
    ]
    with pytest.raises(Conflict, match="存疑"):
        desk.confirm_fact(LAW, first.id)


@pytest.fixture
def fund_question(desk: Desk) -> Iterator[tuple[str, Task]]:
    """An incident in which a department is asked how many are affected."""
    brand, category = "小禾分期", Category.debt_collection
    incident = desk.open_incident(PR, Realm.live, brand, category, Level.medium, "催收", "来电").id
    (task,) = desk.ask_for_facts(PR, incident, "affected_count")
    yield incident, task
    desk.close_incident(PR, incident, "已处理")


def answer_of(value: str, document: str = "") -> NewAnswer:
    return NewAnswer(kind=AnswerKind.value, value=value, document=document)


@pytest.mark.parametrize(("value", "document"), [("126笔", ""), ("126笔", "对账单"), ("１２６ 笔", "")])
def test_what_was_disputed_is_not_confirmed_again_by_an_answer(
    desk: Desk, fund_question: tuple[str, Task], value: str, document: str
) -> None:
    incident, task = fund_question
    source = FactSource(kind="department", ref=task.department)
    disputed = desk.add_fact(someone_of(task, "甲"), incident, "affected_count", "126笔", source)
    desk.dispute_fact(LAW, disputed.id, "少算了一天")
    with pytest.raises(Conflict, match="许衡标为存疑（少算了一天）"):
        desk.answer_question(someone_of(task, "甲"), task.id, answer_of(value, document))
    (fact,) = desk.incident(PR, incident).facts
    assert (fact.status, fact.proposed_by, fact.disputed_by) == (FactStatus.disputed, "甲", LAW.name)
    assert fact.dispute_reason == "少算了一天"
    assert desk.answer_question(someone_of(task, "甲"), task.id, answer_of("158笔")).status is TaskStatus.done


def test_nobody_confirms_by_an_answer_what_he_registered_himself_but_a_colleague_may(
    desk: Desk, fund_question: tuple[str, Task]
) -> None:
    incident, task = fund_question
    source = FactSource(kind="department", ref=task.department)
    desk.add_fact(someone_of(task, "甲"), incident, "affected_count", "126笔", source)
    for document in ("", "对账单"):
        with pytest.raises(Conflict, match="另一个人"):
            desk.answer_question(someone_of(task, "甲"), task.id, answer_of("126笔", document))
    desk.answer_question(someone_of(task, "乙"), task.id, answer_of("126笔"))
    (fact,) = desk.incident(PR, incident).facts
    assert (fact.status, fact.proposed_by, fact.confirmed_by) == (FactStatus.confirmed, "甲", "乙")


def test_a_disputed_fact_that_another_person_confirms_again_loses_its_reason(
    desk: Desk, fund_question: tuple[str, Task]
) -> None:
    incident, task = fund_question
    source = FactSource(kind="department", ref=task.department)
    fact = desk.add_fact(someone_of(task, "甲"), incident, "affected_count", "126笔", source)
    desk.dispute_fact(PR, fact.id, "与对账单不符")
    assert desk.confirm_fact(LAW, fact.id).dispute_reason is None


def test_a_draft_repeats_what_most_voices_say(desk: Desk) -> None:
    incident = desk.open_incident(PR, Realm.live, "栈桥数科", Category.fund_safety, Level.medium, "扣款", "来电").id
    with desk.database.write() as connection:
        for number, (value, voices) in enumerate([("款项长时间没有到账", 2), ("还款被重复扣款", 9), ("取款困难", 5)]):
            casework.save_fact(
                connection,
                Fact(
                    id=f"fact-{incident}-{number}",
                    incident=incident,
                    key="complaint",
                    value=value,
                    source=FactSource(kind="mention", ref="m1"),
                    status=FactStatus.reported,
                    proposed_by="系统",
                    voices=voices,
                ),
            )
    text = desk.draft(PR, incident, "tpl.fund_safety.weibo").draft.text
    assert "还款被重复扣款" in text
    assert "款项长时间没有到账" not in text


def test_the_facts_of_a_playbook_are_asked_for_before_anything_is_drafted_and_the_ended_asks_nothing(
    desk: Desk,
) -> None:
    incident = desk.open_incident(PR, Realm.live, "小禾分期", Category.privacy_leak, Level.high, "外泄", "来电").id
    asked = desk.ask_for_facts(PR, incident)
    playbook = load_knowledge().playbooks["pb.privacy_leak"]
    brought = {key for step in playbook.steps if PlanLevel.high in step.levels for key in step.fact_keys}
    assert {task.question.key for task in asked if task.question} == brought - REGISTRY_FACTS
    assert "公关" not in {task.department for task in asked}
    with pytest.raises(InputError, match="公司登记信息"):
        desk.ask_for_facts(PR, incident, "hotline")
    desk.close_incident(PR, incident, "已处理")
    assert {task.status for task in desk.incident(PR, incident).tasks} == {TaskStatus.cancelled}
    with pytest.raises(Conflict, match="已经结束"):
        desk.ask_for_facts(PR, incident)
    desk.reopen(PR, incident, "又有来电")
    assert {task.id for task in desk.ask_for_facts(PR, incident)} == {task.id for task in asked}


def test_every_fact_that_is_not_the_companys_own_has_a_department() -> None:
    assert set(KNOWS) == set(FactKey) - REGISTRY_FACTS
    for playbook in load_knowledge().playbooks.values():
        for key in KNOWS:
            assert department_for(key, playbook, PlanLevel.high) != "公关"
