"""The desk's whole way with real parts: from mentions to an approved statement, and who may do what."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from engine import audit
from engine.commands import Company, Desk
from engine.drafting.exports.exporting import ExportForm
from engine.drafting.exports.standing import OUTDATED
from engine.drafting.samples import REGISTRY_VALUES
from engine.drafting.strategy import StrategyChoice
from engine.errors import Conflict, InputError, NotAllowed, NotFound
from engine.language_model.protocol import LanguageModel, ScriptedModel
from engine.model import (
    SYSTEM,
    Actor,
    ApprovalStatus,
    Category,
    ChangeKind,
    Fact,
    FactSource,
    FactStatus,
    Incident,
    IncidentStatus,
    Level,
    Realm,
    Role,
    TaskStatus,
)
from engine.permissions import Permission, allowed
from engine.releases.content import ReleaseContent
from engine.releases.release import load_release
from engine.releases.shelf import ReleaseShelf
from engine.signing import Signer, TrustedKeys
from engine.store.casework import StoredDraft
from engine.views import MentionFilters
from knowledge.loader import load_knowledge
from knowledge.schema import AnyEntry, FactKey, Strategy
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine
from tests.support.made import OWN, START, MadeStream, made_mention, made_pipeline, made_scores

FEE = Category.fee_dispute
WEIBO = "tpl.fee_dispute.weibo"
PRECEDENT = "inc.fee_dispute.double_debit"
PR = Actor(name="林舟", role=Role.pr)
LAW = Actor(name="许衡", role=Role.compliance)
ANALYST = Actor(name="周敏", role=Role.analyst)
SERVICE = Actor(name="客服值班", role=Role.department, department="客服")
OPERATOR = Actor(name="运维", role=Role.operator)
FROM_SERVICE = FactSource(kind="department", ref="客服部")
COMPLAINT = "办理“安心分期”时被额外收取“会员服务费”，页面上没有明显提示，要求退费。"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose store has seen a crisis."""
    folder = tmp_path_factory.mktemp("desk")
    stream = MadeStream(days=1, minutes=200)
    said = [made_mention(f"said{number}", stream.mentions[-1].received_at, text=COMPLAINT) for number in range(3)]
    stream.scores |= {one.id: made_scores(one, FEE) for one in said}
    pipeline = made_pipeline(folder, stream.scores)
    knowledge = load_knowledge()
    signer = Signer.generate()
    bundled = load_release(ReleaseContent.from_disk())
    entries: tuple[AnyEntry, ...] = (
        *knowledge.incidents.values(),
        *knowledge.playbooks.values(),
        *knowledge.templates.values(),
    )
    now = stream.mentions[-1].received_at + timedelta(minutes=1)
    desk = Desk(
        database=pipeline.database,
        pipeline=pipeline,
        shelf=ReleaseShelf(pipeline.database, TrustedKeys.of(signer), bundled),
        searcher=SearchEngine.build(entries, HashingEmbedder(), cache=None),
        clock=lambda: now,
        signer=signer,
        company=Company(REGISTRY_VALUES[FactKey.company], REGISTRY_VALUES[FactKey.hotline]),
    )
    desk.ingest(SYSTEM, Realm.live, [*stream.mentions, *said])
    pipeline.drain()
    yield desk
    pipeline.close()


@pytest.fixture(params=[None, ScriptedModel(answers=(1, 2, 1))], ids=["without a model", "with a model"])
def desk(base: Desk, request: pytest.FixtureRequest) -> Desk:
    model: LanguageModel | None = request.param
    return replace(base, model=model)


@pytest.fixture(scope="module")
def crisis(base: Desk) -> Incident:
    found = [row.incident for row in base.incidents(PR, Realm.live) if row.incident.category is FEE]
    return found[0]


def confirmed(desk: Desk, incident: str, key: FactKey, value: str) -> Fact:
    for fact in desk.incident(PR, incident).facts:
        if (fact.key, fact.value, fact.status) == (key, value, FactStatus.confirmed):
            return fact
    fact = desk.add_fact(PR, incident, key, value, FROM_SERVICE)
    return desk.confirm_fact(LAW, fact.id)


def complete(desk: Desk, incident: str) -> StoredDraft:
    confirmed(desk, incident, FactKey.product, "安心分期")
    confirmed(desk, incident, FactKey.complaint, "办理分期时被额外收取会员服务费")
    confirmed(desk, incident, FactKey.measure, "暂停该项费用的收取")
    return desk.draft(PR, incident, WEIBO)


def opened(desk: Desk, category: Category, level: Level = Level.medium, brand: str = OWN) -> Incident:
    return desk.open_incident(PR, Realm.live, brand, category, level, "某报采访函", "记者来函询问")


def test_a_crisis_comes_with_its_playbooks_tasks_and_a_message_to_each_department(base: Desk, crisis: Incident) -> None:
    overview, detail = base.overview(PR, Realm.live), base.incident(PR, crisis.id)
    assert overview.incidents[0].incident.id == crisis.id
    assert crisis.level is not Level.low
    assert detail.changes[0].change is ChangeKind.opened
    assert detail.explanation
    assert {task.status for task in detail.tasks} == {TaskStatus.open}
    assert {note.to for note in base.notifications(PR, Realm.live)} >= {"公关", "合规"}
    assert all(note.to == "客服" for note in base.notifications(SERVICE, Realm.live))
    assert base.mentions(PR, Realm.live, MentionFilters(incident=crisis.id)).total > 20


def test_evidence_brings_the_playbook_and_past_incidents(base: Desk, crisis: Incident) -> None:
    evidence = base.evidence(PR, crisis.id)
    assert evidence.playbook is not None
    assert str(evidence.playbook.category) == FEE


def test_a_crisis_stands_beside_a_precedent_with_every_mention_counted_once(base: Desk, crisis: Incident) -> None:
    comparison = base.compare_with_precedent(ANALYST, crisis.id, PRECEDENT)
    counted = base.mentions(PR, Realm.live, MentionFilters(incident=crisis.id, since=comparison.ours.started_at)).total
    assert comparison.ours.curve[-1].mentions == counted > 20
    assert comparison.by_now is not None
    assert len(comparison.by_now.open_tasks) == len(base.incident(PR, crisis.id).tasks)


def test_from_facts_to_an_approved_statement(desk: Desk, base: Desk) -> None:
    incident = opened(desk, FEE, brand="栈桥数科" if desk.model else "小禾分期").id
    first = desk.draft(PR, incident, WEIBO)
    assert "【待核实" in first.draft.text
    with pytest.raises(Conflict, match="待核实"):
        desk.submit(PR, first.id)
    own = desk.add_fact(LAW, incident, FactKey.amount, "36.8万元", FROM_SERVICE)
    with pytest.raises(Conflict, match="另一个人"):
        desk.confirm_fact(LAW, own.id)
    draft = complete(desk, incident)
    assert draft.draft.proof.releasable
    assert "2026年3月3日" in draft.draft.text
    submitted = desk.submit(PR, draft.id)
    with pytest.raises(Conflict, match="已提交"):
        desk.submit(PR, draft.id)
    with pytest.raises(NotAllowed, match="自己"):
        desk.approve(LAW.model_copy(update={"name": PR.name}), draft.id, submitted.content_hash)
    with pytest.raises(Conflict, match="不一致"):
        desk.approve(LAW, draft.id, first.draft.content_hash)
    assert desk.approve(LAW, draft.id, submitted.content_hash).status is ApprovalStatus.approved
    compared = desk.compare_with_precedent(ANALYST, incident, PRECEDENT)
    assert compared.ours.first_response_minutes is not None
    with pytest.raises(Conflict, match="没有待审批"):
        desk.return_(LAW, draft.id, submitted.content_hash, "晚了")
    with base.database.read() as connection:
        assert audit.check(connection) > 10
    newest = desk.audit_entries(OPERATOR, newest=1)[0]
    assert (newest.action, newest.subject, newest.actor) == ("draft.approved", draft.id, LAW)


def test_a_draft_whose_fact_was_disputed_meanwhile_is_neither_submitted_nor_approved(base: Desk) -> None:
    incident = opened(base, Category.fee_dispute, brand="豆蔓融资担保").id
    draft = complete(base, incident)
    submitted = base.submit(PR, draft.id)
    measure = next(fact for fact in base.incident(PR, incident).facts if fact.key == FactKey.measure)
    base.dispute_fact(SERVICE, measure.id, "措施尚未落实")
    with pytest.raises(Conflict, match="重新起草"):
        base.approve(LAW, draft.id, submitted.content_hash)
    assert base.return_(LAW, draft.id, submitted.content_hash, "事实有变").status is ApprovalStatus.returned
    with pytest.raises(Conflict, match="重新起草"):
        base.submit(PR, draft.id)


def test_a_draft_is_judged_by_what_the_level_of_now_demands(base: Desk) -> None:
    incident = opened(base, FEE, brand="澄禾小贷").id
    complete(base, incident)
    choice = StrategyChoice(Strategy.rebuild, "按最重的准备")
    draft = base.draft(PR, incident, "tpl.fee_dispute.wechat", strategy=choice)
    submitted = base.submit(PR, draft.id)
    base.set_level(LAW, incident, Level.high, "媒体跟进")
    with pytest.raises(Conflict, match="等级（严重），草稿缺少必备内容：退费办法。请补齐"):
        base.approve(LAW, draft.id, submitted.content_hash)
    base.set_level(LAW, incident, Level.medium, "误读")
    base.approve(LAW, draft.id, submitted.content_hash)
    assert base.draft_standing(PR, draft.id).is_final
    base.set_level(LAW, incident, Level.high, "媒体跟进")
    assert "退费办法" in base.draft_standing(PR, draft.id).warnings[0]


def test_what_must_not_go_out_any_more_is_recorded_only_knowingly(base: Desk) -> None:
    incident = opened(base, FEE, brand="云栖分期").id
    draft = complete(base, incident)
    base.approve(LAW, draft.id, base.submit(PR, draft.id).content_hash)
    confirmed(base, incident, FactKey.measure, "逐笔核对订单")
    url, now = "https://weibo.example/1", base.clock()
    with pytest.raises(Conflict, match=r"不得再对外发布.*如实登记"):
        base.publish(PR, draft.id, "weibo", url, now)
    kept = base.publish(PR, draft.id, "weibo", url, now, despite=True)
    assert kept.despite == (OUTDATED,)
    assert base.draft_publications(PR, draft.id).rows[0].publication == kept
    assert OUTDATED in base.audit_entries(LAW, newest=1)[0].detail


def test_a_statement_of_a_drill_looks_like_none_of_a_real_incident(base: Desk) -> None:
    incident = base.open_incident(PR, Realm.drill, OWN, FEE, Level.medium, "演练", "季度演练")
    draft = base.draft(PR, incident.id, "tpl.fee_dispute.holding_weibo")
    base.approve(LAW, draft.id, base.submit(PR, draft.id).content_hash)
    assert base.export_draft(PR, draft.id, ExportForm.txt).name.startswith("演练稿-")
    assert base.draft_post(PR, draft.id).startswith("【演练稿 · 不是真实事件的声明，不得对外发布】")
    base.publish(PR, draft.id, "weibo", "https://weibo.example/2", base.clock())
    row = base.draft_publications(PR, draft.id).rows[0]
    assert (row.state, row.publication.realm, row.publication.despite) == ("演练：已发布", Realm.drill, ())


def test_facts_proposed_from_mentions_are_reports_until_a_person_confirms_one(base: Desk, crisis: Incident) -> None:
    found = base.propose_facts(ANALYST, crisis.id)
    assert found
    assert {fact.status for fact in found} == {FactStatus.reported}
    assert base.propose_facts(ANALYST, crisis.id) == found
    assert {(fact.confirmed_by, fact.confirmed_at) for fact in found} == {(None, None)}
    confirmed_one = base.confirm_fact(LAW, found[0].id)
    assert (confirmed_one.confirmed_by, confirmed_one.confirmed_at) == (LAW.name, base.clock())
    disputed = base.dispute_fact(SERVICE, found[1].id, "与登记不符")
    again = {fact.id: fact for fact in base.propose_facts(ANALYST, crisis.id)}
    assert (again[confirmed_one.id], again[disputed.id]) == (confirmed_one, disputed)


def test_a_second_value_of_a_confirmed_fact_needs_the_first_disputed(base: Desk) -> None:
    incident = opened(base, Category.system_outage).id
    first = confirmed(base, incident, FactKey.amount, "36.8万元")
    second = base.add_fact(PR, incident, FactKey.amount, "40万元", FROM_SERVICE)
    with pytest.raises(Conflict, match="存疑"):
        base.confirm_fact(LAW, second.id)
    base.dispute_fact(SERVICE, first.id, "统计有误")
    assert base.confirm_fact(LAW, second.id).status is FactStatus.confirmed


def test_an_incident_opened_by_hand_lives_until_a_person_ends_it(base: Desk) -> None:
    incident = opened(base, Category.regulatory_action, Level.high)
    assert incident.status is IncidentStatus.open
    with pytest.raises(Conflict, match="已有进行中"):
        opened(base, Category.regulatory_action)
    assert base.set_level(LAW, incident.id, Level.medium, "影响有限").level is Level.medium
    assert base.close_incident(PR, incident.id, "已答复").status is IncidentStatus.closed
    with pytest.raises(Conflict, match="重新打开"):
        base.set_level(LAW, incident.id, Level.high, "再看")
    assert base.reopen(LAW, incident.id, "监管再次来电").status is IncidentStatus.open
    other = opened(base, Category.privacy_leak)
    merged = base.merge(PR, other.id, incident.id, "同一件事")
    assert (merged.status, merged.merged_into) == (IncidentStatus.merged, incident.id)


def test_a_false_alarm_closes_the_incident_and_cancels_its_tasks(base: Desk) -> None:
    incident = opened(base, Category.impersonation)
    ended = base.false_alarm(ANALYST, incident.id, "同名公司")
    assert ended.false_alarm
    assert ended.status is IncidentStatus.closed
    assert {task.status for task in base.incident(PR, incident.id).tasks} <= {TaskStatus.cancelled}


def test_a_department_does_its_own_tasks_only(base: Desk) -> None:
    tasks = base.incident(PR, opened(base, Category.customer_service, brand="小禾分期").id).tasks
    own = next(task for task in tasks if task.department == SERVICE.department)
    other = next(task for task in tasks if task.department != SERVICE.department)
    nowhere = SERVICE.model_copy(update={"department": None})
    for actor, task in ((SERVICE, other), (nowhere, own)):
        with pytest.raises(Conflict, match="不能由"):
            base.complete_task(actor, task.id, "")
    assert base.complete_task(SERVICE, own.id, " 已回访 ").note == "已回访"
    with pytest.raises(Conflict, match="已经完成"):
        base.complete_task(SERVICE, own.id, "")


UNUSABLE = ["", "  \n", "长" * 501, "看不见\u202e的方向", "空\x00字符", "零宽\u200b空格"]


@pytest.mark.parametrize("text", UNUSABLE)
def test_words_that_are_empty_endless_or_invisible_are_refused(base: Desk, crisis: Incident, text: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: base.close_incident(PR, crisis.id, text),
        lambda: base.open_incident(PR, Realm.live, text, FEE, Level.low, "标题", "理由"),
        lambda: base.open_incident(PR, Realm.live, OWN, FEE, Level.low, text, "理由"),
        lambda: base.add_fact(PR, crisis.id, FactKey.amount, "5万元", FactSource(kind="department", ref=text)),
        lambda: base.add_fact(PR, crisis.id, FactKey.cause, text, FROM_SERVICE),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()
    task = base.tasks(PR, Realm.live)[0].task
    if text.strip():
        with pytest.raises(InputError):
            base.complete_task(PR, task.id, text)


def test_a_brand_is_named_the_same_however_it_was_typed(base: Desk) -> None:
    assert opened(base, Category.fraud_illegal, brand=f" {OWN}\n").brand == OWN
    with pytest.raises(InputError):
        opened(base, Category.fraud_illegal, brand="*")


def test_another_realm_shows_none_of_it(base: Desk, crisis: Incident) -> None:
    assert base.overview(PR, Realm.demo).incidents == ()
    assert base.mentions(PR, Realm.demo, MentionFilters(incident=crisis.id)).total == 0
    assert base.tasks(PR, Realm.demo) == ()
    assert base.drafts(PR, Realm.demo) == ()
    assert base.notifications(PR, Realm.demo) == ()
    mention = base.mentions(PR, Realm.live, MentionFilters()).items[0].mention
    with pytest.raises(NotFound):
        base.mention(PR, Realm.demo, mention.id)


def test_the_date_of_a_statement_is_the_chinese_one(base: Desk, crisis: Incident) -> None:
    early = START.replace(hour=6, day=9).astimezone(UTC)
    assert early.day == 8
    desk = replace(base, clock=lambda: early)
    assert "2026年3月9日" in desk.draft(PR, crisis.id, WEIBO).draft.text


# --- command × role --------------------------------------------------------------------------------

NEEDS = {
    **dict.fromkeys(
        (
            *("overview", "mentions", "mention", "brands", "incidents", "incident", "evidence", "tasks"),
            *("notifications", "drafts", "draft_detail", "rules", "knowledge_entry"),
            *("releases", "release_view", "release_diff", "release_file", "release_content"),
            *("rule_files", "rules_in_force", "rule_detail", "rule_tests", "rule_edits", "rule_coverage"),
            *("rule_history", "rule_fitness", "check_rule_text", "run_rule_texts", "explain_rules"),
            *("mentions_behind", "decision", "reproduce_decision"),
            *("knowledge_list", "entries_in_force", "entry_history", "check_entry", "entry_text_changes"),
            *("learning_state", "strategy_outcomes", "incident_outcomes", "stale_entries"),
            *("publications", "draft_publications", "publication_effect", "draft_standing", "incident_statements"),
            *("text_differences", "draft_questions", "fact_register", "strategy_advice"),
        ),
        Permission.read,
    ),
    **dict.fromkeys(
        ("search", "similar", "find_precedents", "knowledge_overview", "compare_with_precedent", "precedents_for"),
        Permission.search,
    ),
    "export_precedents": Permission.export,
    "precheck": Permission.precheck,
    "export_comparison": Permission.export,
    "audit_entries": Permission.read_audit,
    "ingest": Permission.ingest,
    "column_mapping": Permission.ingest,
    "keep_column_mapping": Permission.ingest,
    "open_incident": Permission.open_incident,
    "set_level": Permission.set_level,
    "close_incident": Permission.close,
    "reopen": Permission.reopen,
    "merge": Permission.merge,
    "false_alarm": Permission.false_alarm,
    "complete_task": Permission.complete_task,
    "propose_facts": Permission.propose_facts,
    "add_fact": Permission.add_fact,
    "confirm_fact": Permission.confirm_fact,
    "dispute_fact": Permission.dispute_fact,
    "ask_departments": Permission.ask,
    "ask_for_facts": Permission.ask,
    "answer_question": Permission.answer,
    "draft": Permission.draft,
    "edit_draft": Permission.draft,
    "redraft": Permission.draft,
    "draft_channels": Permission.draft,
    "publish": Permission.publish,
    "correct": Permission.publish,
    "export_draft": Permission.export,
    "draft_post": Permission.export,
    "submit": Permission.submit,
    "approve": Permission.approve,
    "return_": Permission.return_,
    "case_drafts": Permission.read,
    "draft_case_from_incident": Permission.draft_case,
    "draft_case_from_mentions": Permission.draft_case,
    "accept_case_draft": Permission.draft_case,
    "discard_case_draft": Permission.draft_case,
    "propose_release": Permission.propose_release,
    "preview_release": Permission.propose_release,
    "compare_release": Permission.propose_release,
    "compare_beside": Permission.propose_release,
    "withdraw_release": Permission.propose_release,
    **dict.fromkeys(
        (
            *("comparison_request", "comparison_of", "keep_rule_edit", "drop_rule_edit", "accept_rule_outcomes"),
            "move_rule_cases",
        ),
        Permission.propose_release,
    ),
    **dict.fromkeys(
        (
            *("keep_entry", "draft_past_incident", "import_past_incidents", "submit_entry", "recall_entry"),
            *("propose_entries", "preview_entries", "take_back_entries", "entry_work", "entry_revision"),
            *("entry_differences", "entries_learned_from", "learn_from"),
        ),
        Permission.edit_knowledge,
    ),
    "review_entry": Permission.review_knowledge,
    "withdraw_entry": Permission.review_knowledge,
    "approve_release": Permission.approve_release,
    "reject_release": Permission.approve_release,
    "activate_release": Permission.activate_release,
    "rollback_release": Permission.activate_release,
}
NO_ACTOR = {"now", "template_choices"}


def test_every_public_method_of_the_desk_needs_a_permission() -> None:
    public = {name for name, _ in inspect.getmembers(Desk, inspect.isfunction) if not name.startswith("_")}
    assert public - NO_ACTOR == set(NEEDS)
    assert set(Permission) - set(NEEDS.values()) == {Permission.manage_users}


@pytest.mark.parametrize("method", sorted(NEEDS))
def test_each_role_is_let_through_or_refused_as_the_table_says(base: Desk, method: str) -> None:
    permission, call = NEEDS[method], getattr(base, method)
    needed = [one for one in inspect.signature(call).parameters.values() if one.default is one.empty]
    for role in Role:
        actor = Actor(name="某人", role=role, department="客服" if role is Role.department else None)
        assert refused(call, actor, len(needed) - 1) is not allowed(role, permission)


def refused(call: Callable[..., object], actor: Actor, arguments: int) -> bool:
    """Whether the actor is refused before anything is looked at: the arguments are of no use."""
    try:
        call(actor, *[None] * arguments)
    except NotAllowed as error:
        return "权限" in str(error)
    except Exception:  # noqa: BLE001 - let through, and then without anything to work on
        return False
    return False


def test_a_template_against_the_strategy_is_refused_with_what_to_use_instead(desk: Desk) -> None:
    """At the low level the playbook talks with the person concerned: nothing goes to the public channels."""
    name = "interest_dispute" if desk.model else "customer_service"
    incident = opened(desk, Category(name), Level.low).id
    assert desk.strategy_advice(PR, incident).strategy is Strategy.private_communication
    with pytest.raises(Conflict, match=r"不发微博短声明.*可以改用：“[^”]+”") as refused:
        desk.draft(PR, incident, f"tpl.{name}.weibo")
    assert "tpl." not in str(refused.value)
    assert desk.draft(PR, incident, f"tpl.{name}.service_script").draft.strategy is not None


def test_a_person_chooses_another_strategy_for_a_reason_that_is_kept_and_audited(base: Desk) -> None:
    incident = opened(base, Category.debt_collection, Level.low).id
    template = "tpl.debt_collection.weibo"
    with pytest.raises(InputError, match="要写明理由"):
        base.draft(PR, incident, template, strategy=StrategyChoice(Strategy.diminish, " "))
    choice = StrategyChoice(Strategy.diminish, "已有媒体来问")
    stored = base.draft(PR, incident, template, strategy=choice)
    note = stored.draft.strategy
    assert note is not None
    assert (note.title, note.choice) == ("说明缓释", choice)
    assert "已有媒体来问" in base.audit_entries(LAW, newest=1)[0].detail
    assert base.redraft(PR, stored.id).draft.strategy == note


def test_what_is_confirmed_after_drafting_takes_a_strategy_away(base: Desk) -> None:
    incident = opened(base, Category.impersonation, Level.medium).id
    stored = base.draft(PR, incident, "tpl.impersonation.holding_weibo")
    assert stored.draft.strategy is not None
    assert stored.draft.strategy.strategy is Strategy.deny
    assert stored.draft.proof.ok
    confirmed(base, incident, FactKey.cause, "员工将客户名单提供给他人")
    with pytest.raises(Conflict, match="不能否认"):
        base.submit(PR, stored.id)
    advice = base.strategy_advice(PR, incident)
    assert advice.strategy is not Strategy.deny
    assert "员工将客户名单" in advice.refused[Strategy.deny]
    with pytest.raises(InputError, match="不能否认"):
        base.draft(PR, incident, "tpl.impersonation.weibo", strategy=StrategyChoice(Strategy.deny, "领导要求"))


def test_nobody_registers_what_the_system_provides(base: Desk, crisis: Incident) -> None:
    for key, kind in (("company", "document"), ("complaint", "registry")):
        with pytest.raises(InputError, match="公司登记信息"):
            base.add_fact(ANALYST, crisis.id, key, "某某公司", FactSource(kind=kind, ref="来源"))
