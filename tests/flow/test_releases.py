"""From a proposal to what is in force and back: who may do what, and what is refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import audit
from engine.commands import Desk
from engine.errors import Conflict, InputError, NotAllowed, NotFound, ProposalRefused, ReleaseError
from engine.model import Realm
from engine.pipeline import Pipeline, note_release
from engine.releases.content import ReleaseContent, program_scorer, program_vocabulary
from engine.releases.factory import adopt, keep_bundled
from engine.releases.record import Comparison, HistoryMark, ReleaseStatus, read_file
from engine.releases.trace import is_traced
from engine.store import releases
from tests.support.made import START
from tests.support.releases import AUTHOR, LAW, OPERATOR, SECOND, SURGE, Firm, bundled, edited

BRANDS = "engine/scoring/brands.yaml"
SHADOW = {SURGE: edited(("status: active", "status: shadow"))}


def brands(alias: str) -> dict[str, str | None]:
    """A small change that only one person needs to approve: another alias."""
    return {BRANDS: edited(("澄禾消金,", f"澄禾消金, {alias},"), path=BRANDS)}


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


@pytest.fixture
def pipeline(firm: Firm) -> Iterator[Pipeline]:
    made = firm.pipeline()
    adopt(made, Realm.live, START, firm.shelf.trusted)
    yield made
    made.close()


@pytest.fixture
def desk(firm: Firm, pipeline: Pipeline) -> Desk:
    return firm.desk(pipeline)


def proposed(desk: Desk, files: dict[str, str | None], base: str | None = None) -> str:
    return desk.propose_release(AUTHOR, "测试改动", files, base).row.release


def approved(desk: Desk, files: dict[str, str | None], base: str | None = None) -> str:
    release = proposed(desk, files, base)
    desk.approve_release(LAW, release)
    return release


def test_a_change_is_proposed_approved_by_somebody_else_activated_and_taken_back(desk: Desk) -> None:
    view = desk.propose_release(AUTHOR, " 多一个\n别名 ", brands("澄禾分分期"))
    release, proposal = view.row.release, view.row.head.proposal
    assert (view.row.status, proposal.approvals_needed, proposal.reason) == ("proposed", 1, "多一个 别名")
    assert view.diff.others[0].sentences == ("品牌，“澄禾消费金融”，别名增加：澄禾分分期",)
    with pytest.raises(Conflict, match="没有获得批准"):
        desk.activate_release(OPERATOR, release)
    with pytest.raises(NotAllowed, match="自己提交"):
        desk.approve_release(LAW.model_copy(update={"name": AUTHOR.name}), release)
    with pytest.raises(Conflict, match="正在等待批准"):
        desk.propose_release(SECOND, "再来一次", brands("澄禾分分期"))
    assert desk.approve_release(LAW, release, "同意").row.status is ReleaseStatus.approved
    with pytest.raises(Conflict, match="已批准"):
        desk.approve_release(SECOND, release)
    done = desk.activate_release(OPERATOR, release)
    assert (done.release, done.approved_by, done.back_to) == (release, LAW.name, bundled().hash)
    assert desk.release.registry.resolve("澄禾分分期") == "澄禾消费金融"
    with pytest.raises(Conflict, match="已经在生效"):
        desk.activate_release(OPERATOR, release)
    assert desk.rollback_release(OPERATOR, "误伤").release == bundled().hash
    assert desk.release.hash == bundled().hash
    assert desk.activate_release(LAW, release).release == release, "what was in force may come back"
    with desk.database.read() as connection:
        audit.check(connection)
        actions = [one.action for one in audit.entries(connection)]
    steps = ["propose", "approve", "activate", "rollback", "activate"]
    assert actions[-5:] == [f"release.{step}" for step in steps]


def test_a_rule_that_no_longer_alarms_needs_two_different_people(desk: Desk) -> None:
    view = desk.propose_release(AUTHOR, "先观察", SHADOW)
    assert view.row.head.proposal.two_because == ("规则“收费争议集中爆发”不再告警",)
    assert view.diff.rules[0].rule == "fee_dispute.surge"
    once = desk.approve_release(LAW, view.row.release)
    assert once.row.status is ReleaseStatus.proposed
    with pytest.raises(NotAllowed, match="另一个人"):
        desk.approve_release(LAW, view.row.release)
    with pytest.raises(Conflict, match="没有获得批准"):
        desk.activate_release(OPERATOR, view.row.release)
    assert desk.approve_release(SECOND, view.row.release).row.status is ReleaseStatus.approved
    desk.activate_release(OPERATOR, view.row.release)
    back = {SURGE: edited(("title: 收费争议集中爆发", "title: 收费争议集中爆发（新）"))}
    with pytest.raises(ProposalRefused, match="收费争议集中爆发"):
        desk.propose_release(AUTHOR, "还没有安静够", back)


def test_every_fault_of_rules_tests_knowledge_templates_and_brands_is_told_at_once(desk: Desk) -> None:
    files = {
        SURGE: edited(("negative_count_1h", "negative_cont_1h"), ("cooldown_minutes: 60", "cooldown_minutes: -1")),
        BRANDS: "brands: []\n",
        "engine/scoring/lexicons/fee_dispute.yaml": "words: []\n",
        "knowledge/playbooks/fee_dispute.yaml": edited(
            ("within_minutes: 45", "within_minutes: 600"), path="knowledge/playbooks/fee_dispute.yaml"
        ),
        "knowledge/templates/fee_dispute/weibo.yaml": edited(
            ("phrases: [近期,", "phrases: [因为3件,"), path="knowledge/templates/fee_dispute/weibo.yaml"
        ),
    }
    with pytest.raises(ProposalRefused) as told:
        desk.propose_release(AUTHOR, "处处有错", files)
    said = "\n".join(told.value.faults)
    for part in (
        "未知事实",
        "太小，至少为 0",
        "brands.yaml",
        "fee_dispute.yaml",
        "playbooks/",
        "weibo.yaml",
    ):
        assert part in said
    assert not any(fault.startswith("/") for fault in told.value.faults), "places are those of the release"
    assert desk.releases(LAW).rows[0].head.by_factory, "nothing was kept"


def test_a_failing_rule_test_refuses_a_proposal(desk: Desk) -> None:
    with pytest.raises(ProposalRefused, match=r"surge_test.yaml:\d+ 未通过"):
        desk.propose_release(AUTHOR, "门槛", {SURGE: edited(("value: 10}", "value: 11}"))})


def test_what_changes_nothing_or_lies_elsewhere_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="没有任何改动"):
        desk.propose_release(AUTHOR, "空", {})
    for path in ("engine/core.py", "rules/packs/../../x.yaml", "knowledge/incidents/fee_dispute/x.yaml", "/etc/x.yaml"):
        with pytest.raises(InputError, match="不属于发布内容"):
            desk.propose_release(AUTHOR, "别处", {path: "a: 1"})
    with pytest.raises(NotFound):
        desk.propose_release(AUTHOR, "没有这个基础", brands("甲"), "f" * 32)


def test_a_rejected_or_withdrawn_change_can_be_proposed_again_and_only_its_author_withdraws(desk: Desk) -> None:
    release = proposed(desk, brands("澄禾快借"))
    with pytest.raises(NotAllowed, match="提交人"):
        desk.withdraw_release(LAW, release, "不是我的")
    with pytest.raises(InputError, match="32 位"):
        desk.reject_release(LAW, release[:12], "看不全")
    assert desk.reject_release(LAW, release, "没有依据").row.status is ReleaseStatus.rejected
    with pytest.raises(Conflict, match="已驳回"):
        desk.approve_release(LAW, release)
    assert proposed(desk, brands("澄禾快借")) == release
    assert desk.withdraw_release(AUTHOR, release, "再想想").row.status is ReleaseStatus.withdrawn
    again = desk.propose_release(LAW, "由合规提交", brands("澄禾快借"))
    assert again.row.head.proposal.number == 3
    with pytest.raises(NotAllowed):
        desk.reject_release(LAW, release, "自己的")
    assert [row.status for row in desk.releases(LAW).rows if row.release == release] == [
        "proposed", "withdrawn", "rejected",
    ]  # fmt: skip


def test_a_release_that_rests_on_what_is_no_longer_in_force_is_not_activated(desk: Desk) -> None:
    first, second = approved(desk, brands("澄禾快借")), approved(desk, brands("澄禾秒借"))
    third = approved(desk, {BRANDS: None} | brands("澄禾好借"), first)
    desk.activate_release(OPERATOR, first)
    with pytest.raises(Conflict, match="以它为基础重新提交"):
        desk.activate_release(OPERATOR, second)
    assert desk.activate_release(OPERATOR, third).back_to == first
    assert desk.rollback_release(OPERATOR, "一步").release == first
    assert desk.rollback_release(OPERATOR, "两步").release == bundled().hash
    with pytest.raises(Conflict, match="无法退回"):
        desk.rollback_release(OPERATOR, "三步")


def comparison(old: str, new: str, **counts: int) -> Comparison:
    mark = HistoryMark(name="上月", realm=Realm.live, from_seq=1, to_seq=9, digest="f" * 32)
    return Comparison(old=old, new=new, history=mark, counts=counts, document={"changes": []})


def test_a_comparison_is_kept_with_the_proposal_and_is_of_exactly_this_content(desk: Desk) -> None:
    new = bundled().content.with_files(brands("澄禾快借")).hash
    raised = comparison(bundled().hash, new, raised=1)
    with pytest.raises(Conflict, match="重新对比"):
        desk.propose_release(AUTHOR, "改过之后", brands("澄禾秒借"), comparison=raised)
    view = desk.propose_release(AUTHOR, "对比过", brands("澄禾快借"), comparison=raised)
    assert view.comparison == raised
    assert view.row.head.proposal.history == raised.history
    assert "升高或降低" in view.row.head.proposal.two_because[0]
    head, content = read_file(desk.release_file(LAW, view.row.release), desk.trusted)
    assert (head, content.hash) == (view.row.head, new)
    found = desk.compare_release(AUTHOR, brands("澄禾快借"), START, START + timedelta(days=1))
    assert (found.old, found.new, sum(found.counts.values())) == (bundled().hash, new, 0)
    beside = desk.compare_beside(AUTHOR, brands("澄禾快借"), START, START + timedelta(days=1), bundled().hash)
    assert beside == found, "a process of its own finds the same"


def test_differences_are_told_between_any_two_stored_releases_and_before_proposing(desk: Desk) -> None:
    release = proposed(desk, brands("澄禾快借"))
    there, back = desk.release_diff(LAW, bundled().hash, release[:8]), desk.release_diff(LAW, release, bundled().hash)
    assert (there.files, there.rules) == ((BRANDS,), ())
    assert "增加：澄禾快借" in there.others[0].sentences[0]
    assert "删去：澄禾快借" in back.others[0].sentences[0]
    assert desk.preview_release(AUTHOR, brands("澄禾快借")) == there
    with pytest.raises(NotFound):
        desk.release_view(LAW, release[:5])


OLD_PROGRAM = ReleaseContent(bundled().content.with_files(brands("旧词")).files, "0:old", program_vocabulary())


def test_a_release_for_another_program_is_refused_with_what_to_do(firm: Firm, desk: Desk, pipeline: Pipeline) -> None:
    firm.keep_approved(OLD_PROGRAM)
    with pytest.raises(Conflict, match="propose --refit"):
        desk.activate_release(OPERATOR, OLD_PROGRAM.hash)
    firm.note(Realm.live, OLD_PROGRAM.hash)
    with pytest.raises(ReleaseError, match="propose --refit"):
        adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    assert "评分参数" in (desk.release_view(LAW, OLD_PROGRAM.hash).row.fault or "")
    fitted = desk.propose_release(AUTHOR, "升级程序", {})
    assert fitted.diff.files == ()
    assert fitted.row.head.proposal.approvals_needed == 2, "the same files may now score otherwise"
    for person in (LAW, SECOND):
        desk.approve_release(person, fitted.row.release)
    assert desk.activate_release(OPERATOR, fitted.row.release).release == fitted.row.release
    adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    assert desk.release.content.scorer == program_scorer()


def in_force(firm: Firm, realm: Realm) -> str | None:
    with firm.database.read() as connection:
        return releases.in_force(connection, realm)


def test_in_live_what_people_put_in_force_stays_and_the_programs_own_must_be_proposed(
    firm: Firm, desk: Desk, pipeline: Pipeline
) -> None:
    assert in_force(firm, Realm.live) == bundled().hash
    assert desk.releases(LAW).notice is None
    newer = bundled().content.with_files(brands("新版本"))
    keep_bundled(firm.database, newer, firm.signer, START)
    with pytest.raises(Conflict, match="--bundled"):
        desk.activate_release(OPERATOR, newer.hash)
    own = approved(desk, brands("澄禾快借"))
    desk.activate_release(OPERATOR, own)
    adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    assert in_force(firm, Realm.live) == own
    assert approved(desk, newer.changes_since(desk.release.content)) == newer.hash
    assert desk.activate_release(OPERATOR, newer.hash).approved_by == LAW.name


def test_in_the_demonstration_another_version_of_the_program_brings_its_own_content_unless_people_chose_one(
    firm: Firm, desk: Desk, pipeline: Pipeline
) -> None:
    older = bundled().content.with_files(brands("旧版本"))
    keep_bundled(firm.database, older, firm.signer, START)
    firm.note(Realm.demo, older.hash)
    adopt(pipeline, Realm.demo, START, firm.shelf.trusted)
    assert in_force(firm, Realm.demo) == bundled().hash
    own = approved(desk, brands("澄禾快借"))
    desk.activate_release(OPERATOR, own, Realm.demo)
    adopt(pipeline, Realm.demo, START, firm.shelf.trusted)
    assert in_force(firm, Realm.demo) == own
    assert in_force(firm, Realm.live) == bundled().hash
    assert desk.release.hash == bundled().hash


def test_the_programs_content_is_kept_once(firm: Firm) -> None:
    keep_bundled(firm.database, bundled().content, firm.signer, START)
    with firm.database.read() as connection:
        assert len(releases.heads(connection, firm.shelf.trusted)) == 1


def test_a_trial_in_the_demonstration_does_not_let_a_rule_alarm_in_live(firm: Firm, desk: Desk) -> None:
    longer = ("cooldown_minutes: 60", "cooldown_minutes: 90")
    tried = firm.keep_approved(
        bundled().content.with_files({SURGE: edited(longer, ("status: active", "status: shadow"))})
    )
    loud = firm.keep_approved(bundled().content.with_files({SURGE: edited(longer)}), base=tried)
    with firm.database.write() as connection:
        for realm, day in ((Realm.demo, 0), (Realm.demo, 20), (Realm.live, 29)):
            note_release(connection, realm, START + timedelta(days=day), tried, "许衡、沈知")
    assert desk.activate_release(OPERATOR, loud, Realm.demo).release == loud
    with pytest.raises(Conflict, match="至今 1 天，须满 7 天，还差 6 天"):
        desk.activate_release(OPERATOR, loud)


def test_a_release_that_the_audit_chain_did_not_put_in_force_is_noticed(firm: Firm, desk: Desk) -> None:
    def traced() -> bool:
        with firm.database.read() as connection:
            return is_traced(connection, Realm.live)

    assert traced(), "the program adopted its own"
    one, other = approved(desk, brands("澄禾快借")), approved(desk, brands("澄禾秒借"))
    desk.activate_release(OPERATOR, one)
    desk.activate_release(OPERATOR, other, Realm.drill)
    assert traced()
    firm.note(Realm.live, other)
    assert not traced(), "written past the commands, though approved and activated elsewhere"
    firm.note(Realm.live, one)
    assert traced()
    desk.rollback_release(OPERATOR, "误伤")
    assert traced()
