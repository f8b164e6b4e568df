"""Knowledge is edited, reviewed by somebody else, and then in force; nothing that somebody wrote is lost."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from engine import audit
from engine.commands import Desk
from engine.errors import Conflict, InputError, NotAllowed, NotFound, ProposalRefused
from engine.knowledge_base.in_force import SearchedEntries, incidents_in_force
from engine.knowledge_base.revisions import Revision, RevisionState, text_hash
from engine.model import Actor, Category, Level, Realm, Role
from engine.releases.factory import adopt
from engine.store import knowledge_revisions as store
from knowledge.schema import PastIncident
from tests.support.knowledge import INCIDENT, TEXT, edited
from tests.support.made import OWN, START
from tests.support.releases import AUTHOR, LAW, OPERATOR, SECOND, Firm

PR = Actor(name="林舟", role=Role.pr)
OTHER_PR = Actor(name="方宁", role=Role.pr)
SERVICE = Actor(name="客服值班", role=Role.department, department="客服")
SEED = "inc.fee_dispute.double_debit"
WEIBO = "tpl.fee_dispute.weibo"
REGULATION = "reg.pipl_breach_notice"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    firm = Firm(tmp_path)
    pipeline = firm.pipeline()
    adopt(pipeline, Realm.live, START, firm.shelf.trusted)
    yield firm.desk(pipeline)
    pipeline.close()


def key(desk: Desk) -> str:
    return SearchedEntries(desk.database, desk.shelf)()[0]


def found(desk: Desk) -> dict[str, PastIncident]:
    with desk.database.read() as connection:
        return dict(incidents_in_force(connection, desk.release.knowledge.incidents)[1])


def in_force(desk: Desk, text: str = TEXT) -> Revision:
    draft = desk.draft_past_incident(PR, text, "复盘整理", submit=True)
    return desk.review_entry(AUTHOR, draft.entry, draft.number, True)


def test_a_past_incident_is_in_force_once_somebody_else_has_reviewed_it(desk: Desk) -> None:
    before = key(desk)
    draft = desk.draft_past_incident(PR, TEXT, "复盘整理")
    assert (draft.entry, draft.number, draft.state) == (INCIDENT, 1, RevisionState.draft)
    with pytest.raises(Conflict, match="还没有提交"):
        desk.review_entry(AUTHOR, INCIDENT, 1, True)
    assert desk.submit_entry(PR, INCIDENT, 1).state is RevisionState.proposed
    assert desk.knowledge_entry(SERVICE, INCIDENT) is None
    assert key(desk) == before, "nothing is searched for that nobody has reviewed"
    accepted = desk.review_entry(AUTHOR, INCIDENT, 1, True, "属实")
    assert (accepted.state, accepted.decided_by, accepted.note) == (RevisionState.in_force, AUTHOR.name, "属实")
    entry = desk.knowledge_entry(SERVICE, INCIDENT)
    assert isinstance(entry, PastIncident)
    assert entry.title == "积分兑换页默认勾选收费，三天退清"
    assert key(desk) != before
    assert INCIDENT in {one.id for one in SearchedEntries(desk.database, desk.shelf)()[1]}
    with desk.database.read() as connection:
        audit.check(connection)
    actions = [one.action for one in desk.audit_entries(OPERATOR, newest=3)]
    assert actions == ["knowledge.accept", "knowledge.submit", "knowledge.keep"]


def test_nobody_reviews_what_they_wrote_a_part_of(desk: Desk) -> None:
    first = desk.draft_past_incident(AUTHOR, TEXT, "初稿")
    second = desk.keep_entry(PR, INCIDENT, edited(("三天退清", "三日退清")), first.hash)
    desk.submit_entry(PR, INCIDENT, second.number)
    with pytest.raises(NotAllowed, match="自己"):
        desk.review_entry(AUTHOR, INCIDENT, second.number, True)
    with pytest.raises(NotAllowed, match="权限"):
        desk.review_entry(OTHER_PR, INCIDENT, second.number, True)
    assert desk.review_entry(LAW, INCIDENT, second.number, True).state is RevisionState.in_force


def test_nobody_reviews_their_words_that_somebody_else_saved_over_what_is_in_force(desk: Desk) -> None:
    in_force(desk)
    words = desk.keep_entry(SECOND, INCIDENT, edited(("三天退清", "三日退清")), text_hash(TEXT))
    desk.withdraw_entry(AUTHOR, INCIDENT, "数字有误")
    work = desk.entry_work(PR, INCIDENT)
    carried = desk.keep_entry(PR, INCIDENT, f"{words.text}#\n", work.in_force_hash)
    assert carried.parent is None, "nothing is in force any more"
    desk.submit_entry(PR, INCIDENT, carried.number)
    with pytest.raises(NotAllowed, match="自己"):
        desk.review_entry(SECOND, INCIDENT, carried.number, True)
    assert desk.review_entry(AUTHOR, INCIDENT, carried.number, True).state is RevisionState.in_force
    later = desk.keep_entry(PR, INCIDENT, f"{words.text}##\n", carried.hash)
    desk.submit_entry(PR, INCIDENT, later.number)
    assert desk.review_entry(SECOND, INCIDENT, later.number, True).number == later.number, (
        "what was accepted is settled"
    )


def test_a_draft_that_was_looked_at_again_goes_on_with_the_same_words(desk: Desk) -> None:
    in_force(desk)
    draft = desk.keep_entry(PR, INCIDENT, edited(("三天退清", "三日退清")), text_hash(TEXT))
    desk.withdraw_entry(AUTHOR, INCIDENT, "数字有误")
    work = desk.entry_work(PR, INCIDENT)
    assert work.is_stale
    again = desk.keep_entry(PR, INCIDENT, work.text, work.in_force_hash)
    assert (again.number, again.text) == (draft.number + 1, draft.text)
    assert not desk.entry_work(PR, INCIDENT).is_stale
    assert desk.submit_entry(PR, INCIDENT, again.number).state is RevisionState.proposed
    assert desk.keep_entry(PR, INCIDENT, work.text, again.hash).number == again.number, "the same again is nothing new"


def test_a_refused_text_that_is_imported_again_is_a_draft_again(desk: Desk) -> None:
    desk.draft_past_incident(PR, TEXT, "初稿", submit=True)
    desk.review_entry(AUTHOR, INCIDENT, 1, False, "人数与台账不符")
    (kept,) = desk.import_past_incidents(PR, {"a.yaml": TEXT}, "台账已更正")
    assert (kept.number, kept.state) == (2, RevisionState.draft)


def test_an_incident_of_the_program_is_not_withdrawn_under_somebodys_draft(desk: Desk) -> None:
    work = desk.entry_work(PR, SEED)
    draft = desk.keep_entry(PR, SEED, work.text.replace("护工", "护理员"), work.parent)
    with pytest.raises(Conflict, match=r"“林舟”的修订 1（草稿）没有处理完"):
        desk.withdraw_entry(AUTHOR, SEED, "与另一件重复")
    desk.submit_entry(PR, SEED, draft.number)
    desk.review_entry(AUTHOR, SEED, draft.number, False, "不采用")
    assert desk.withdraw_entry(AUTHOR, SEED, "与另一件重复").state is RevisionState.withdrawn


def test_a_number_that_no_revision_can_have_is_not_found(desk: Desk) -> None:
    for number in (0, -1, 2**31, 10**30):
        with pytest.raises(NotFound, match="没有修订"):
            desk.entry_revision(PR, SEED, number)


def test_a_refused_text_says_why_and_work_goes_on_from_it(desk: Desk) -> None:
    draft = desk.draft_past_incident(PR, TEXT, "初稿", submit=True)
    with pytest.raises(InputError, match="审核意见"):
        desk.review_entry(AUTHOR, INCIDENT, 1, False)
    refused = desk.review_entry(AUTHOR, INCIDENT, 1, False, "人数与台账不符")
    assert (refused.state, refused.note) == (RevisionState.refused, "人数与台账不符")
    assert desk.entry_work(PR, INCIDENT).text == TEXT
    better = desk.keep_entry(PR, INCIDENT, edited(("1,460人", "1,406人")), draft.hash)
    desk.submit_entry(PR, INCIDENT, better.number)
    assert desk.review_entry(AUTHOR, INCIDENT, better.number, True).number == 2


def test_who_submitted_may_take_it_back(desk: Desk) -> None:
    desk.draft_past_incident(PR, TEXT, "初稿", submit=True)
    with pytest.raises(NotAllowed, match="只有作者"):
        desk.recall_entry(OTHER_PR, INCIDENT, 1)
    assert desk.recall_entry(PR, INCIDENT, 1, "再核一遍").state is RevisionState.draft
    with pytest.raises(Conflict, match="没有在等待"):
        desk.recall_entry(PR, INCIDENT, 1)


def test_a_second_editor_is_refused_and_told_whose_work_is_there(desk: Desk) -> None:
    work = desk.entry_work(PR, SEED)
    desk.keep_entry(PR, SEED, work.text.replace("护工", "护理员"), work.parent)
    with pytest.raises(Conflict, match=r"“林舟”.*修订 1.*没有丢失"):
        desk.keep_entry(OTHER_PR, SEED, work.text.replace("806元", "860元"), work.parent)
    assert [row.author for row in desk.entry_history(PR, SEED)] == ["林舟"]
    mine = desk.entry_work(OTHER_PR, SEED)
    assert desk.keep_entry(OTHER_PR, SEED, mine.text.replace("806元", "860元"), mine.parent).number == 2


def test_of_two_who_save_at_the_same_moment_one_is_kept(desk: Desk) -> None:
    work, outcomes, start = desk.entry_work(PR, SEED), [], Barrier(2)

    def save(actor: Actor, amount: str) -> None:
        start.wait()
        try:
            outcomes.append(desk.keep_entry(actor, SEED, work.text.replace("806元", amount), work.parent).number)
        except Conflict:
            outcomes.append(0)

    threads = [Thread(target=save, args=one) for one in ((PR, "816元"), (OTHER_PR, "826元"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 1]


def test_a_draft_made_from_what_is_no_longer_in_force_cannot_take_it_back(desk: Desk) -> None:
    work = desk.entry_work(PR, SEED)
    one = desk.keep_entry(PR, SEED, work.text.replace("护工", "护理员"), work.parent)
    desk.submit_entry(PR, SEED, one.number)
    other = desk.keep_entry(OTHER_PR, SEED, one.text.replace("806元", "860元"), one.hash)
    with pytest.raises(Conflict, match="已有修订 2"):
        desk.review_entry(AUTHOR, SEED, one.number, True)
    desk.submit_entry(OTHER_PR, SEED, other.number)
    desk.review_entry(AUTHOR, SEED, other.number, True)
    assert [one.is_current for one in desk.entry_history(PR, SEED)] == [True, False]
    late = desk.keep_entry(PR, SEED, other.text.replace("238人", "283人"), other.hash)
    desk.withdraw_entry(AUTHOR, SEED, "与另一件重复")
    with pytest.raises(Conflict, match="现行内容"):
        desk.submit_entry(PR, SEED, late.number)


def test_a_withdrawn_incident_is_shown_nowhere_until_it_is_reviewed_again(desk: Desk) -> None:
    before = key(desk)
    gone = desk.withdraw_entry(AUTHOR, SEED, "与另一件重复")
    assert gone.state is RevisionState.withdrawn
    assert SEED not in found(desk)
    assert desk.knowledge_entry(SERVICE, SEED) is None
    assert key(desk) != before
    assert SEED not in {row.entry for row in desk.knowledge_list(SERVICE)}
    assert {row.entry: row.is_withdrawn for row in desk.knowledge_list(PR)}[SEED]
    with pytest.raises(NotFound, match="没有在用"):
        desk.withdraw_entry(AUTHOR, SEED, "再停一次")
    again = desk.keep_entry(PR, SEED, gone.text.replace("护工", "护理员"), gone.hash)
    desk.submit_entry(PR, SEED, again.number)
    desk.review_entry(AUTHOR, SEED, again.number, True)
    assert SEED in found(desk)


def test_unfinished_work_is_kept_but_not_put_up(desk: Desk) -> None:
    work = desk.entry_work(PR, SEED)
    broken = work.text.replace("level: low", "level: 低") + "colour: red\n"
    kept = desk.keep_entry(PR, SEED, broken, work.parent, "先存一下")
    with pytest.raises(ProposalRefused) as refused:
        desk.submit_entry(PR, SEED, kept.number)
    line = broken.splitlines().index("level: 低") + 1
    assert any(f"double_debit.yaml:{line} " in fault for fault in refused.value.faults)
    assert any("colour" in fault for fault in refused.value.faults)
    assert desk.keep_entry(PR, SEED, broken, kept.hash).number == kept.number, "the same again is nothing new"


HOSTILE = {
    "no YAML": "id: [",
    "no mapping": "- 1",
    "empty": " \n",
    "an alias": TEXT.replace("owner: 公关部", "owner: &a 公关部\nnote: *a"),
    "a tag": TEXT.replace("owner: 公关部", "owner: !!python/object/apply:os.system [ls]"),
    "a place outside": TEXT.replace(INCIDENT, "inc.fee_dispute.../../x"),
    "another kind": TEXT.replace(INCIDENT, "tpl.fee_dispute.weibo"),
    "another category": TEXT.replace(INCIDENT, "inc.privacy_leak.points_fee"),
    "a lone surrogate": TEXT.replace("公关部", "公关\ud800部"),
    "a zero byte": TEXT.replace("公关部", "公关\x00部"),
    "endless": TEXT + "#" * 200_001,
    "deep": "id: " + "[" * 5_000,
}


def test_hostile_files_are_refused_whole_with_a_place(desk: Desk) -> None:
    for name, text in HOSTILE.items():
        with pytest.raises(ProposalRefused) as refused:
            desk.import_past_incidents(PR, {"good.yaml": TEXT, "bad.yaml": text}, "导入")
        assert refused.value.faults, name
        assert all(fault.startswith("bad.yaml:") and "Traceback" not in fault for fault in refused.value.faults), name
        assert desk.entry_history(PR, INCIDENT) == (), name


def test_an_import_takes_all_files_as_drafts_and_leaves_out_what_is_known(desk: Desk) -> None:
    seed = desk.entries_in_force(PR)["incidents/fee_dispute/double_debit.yaml"]
    kept = desk.import_past_incidents(PR, {"a.yaml": TEXT, "b.yaml": seed}, "台账导入")
    assert [(one.entry, one.state) for one in kept] == [(INCIDENT, RevisionState.draft)]
    twice = {"a.yaml": TEXT, "b.yaml": TEXT}
    with pytest.raises(ProposalRefused, match="重复"):
        desk.import_past_incidents(PR, twice, "台账导入")
    with pytest.raises(Conflict, match="“林舟”的修订 1"):
        desk.import_past_incidents(OTHER_PR, {"a.yaml": edited(("三天退清", "三日退清"))}, "台账导入")


def test_invisible_characters_are_faults_at_their_line(desk: Desk) -> None:
    text = desk.entry_work(PR, WEIBO).text
    line = text.splitlines().index("body: |") + 2
    hidden = text.replace("body: |\n  ", "body: |\n  \u202e", 1)
    faults = desk.check_entry(PR, WEIBO, hidden).faults
    assert [fault.line for fault in faults if "看不见" in fault.message] == [line]


def test_who_may_not_edit_sees_what_was_in_force_and_no_drafts(desk: Desk) -> None:
    in_force(desk)
    desk.keep_entry(PR, INCIDENT, edited(("三天退清", "三日退清")), text_hash(TEXT))
    assert [row.number for row in desk.entry_history(PR, INCIDENT)] == [2, 1]
    assert [row.number for row in desk.entry_history(SERVICE, INCIDENT)] == [1]
    assert all(row.work is None for row in desk.knowledge_list(SERVICE))
    with pytest.raises(NotAllowed):
        desk.entry_revision(SERVICE, INCIDENT, 2)


def test_differences_between_revisions_are_told_in_words(desk: Desk) -> None:
    in_force(desk)
    second = desk.keep_entry(PR, INCIDENT, edited(("首位发帖人", "最早的发帖人")), text_hash(TEXT), "改一处")
    change = desk.entry_differences(PR, INCIDENT, None, second.number)
    assert change.kind == "历史事件"
    assert len(change.sentences) == 1
    assert change.sentences[0].startswith("转折由“")
    assert desk.entry_history(PR, INCIDENT)[0].sentences == change.sentences


# --- through a release -----------------------------------------------------------------------------


BEFORE, AFTER = "收费的说明】", "收费情况的说明】"


def changed_template(desk: Desk) -> Revision:
    work = desk.entry_work(PR, WEIBO)
    assert BEFORE in work.text
    return desk.keep_entry(PR, WEIBO, work.text.replace(BEFORE, AFTER, 1), work.parent, "说清是收费情况")


def test_a_template_sentence_is_drafted_with_once_its_release_is_active(desk: Desk) -> None:
    draft = changed_template(desk)
    with pytest.raises(Conflict, match="随发布审批"):
        desk.submit_entry(PR, WEIBO, draft.number)
    assert desk.preview_entries(PR, {WEIBO: draft.number}).others[0].sentences[0].startswith("正文由“")
    release = desk.propose_entries(PR, {WEIBO: draft.number}, "标题更清楚").row.release
    waiting = desk.entry_revision(PR, WEIBO, draft.number)
    assert (waiting.state, waiting.release) == (RevisionState.proposed, release)
    incident = desk.open_incident(PR, Realm.live, OWN, Category.fee_dispute, Level.medium, "某报采访函", "来函").id
    assert BEFORE in desk.draft(PR, incident, WEIBO).draft.text
    desk.approve_release(LAW, release)
    assert BEFORE in desk.draft(PR, incident, WEIBO).draft.text, "approved is not yet active"
    desk.activate_release(OPERATOR, release)
    assert AFTER in desk.draft(PR, incident, WEIBO).draft.text
    newest = desk.entry_history(PR, WEIBO)[0]
    assert (newest.state, newest.is_current, newest.decided_by) == (RevisionState.in_force, True, LAW.name)
    desk.rollback_release(OPERATOR, "演练")
    assert desk.entry_history(PR, WEIBO)[0].state_title == "曾生效"


def test_a_rejected_release_refuses_and_a_withdrawn_one_gives_back(desk: Desk) -> None:
    draft = changed_template(desk)
    release = desk.propose_entries(PR, {WEIBO: draft.number}, "标题更清楚").row.release
    with pytest.raises(NotAllowed, match="提交人"):
        desk.take_back_entries(OTHER_PR, release, "不改了")
    desk.take_back_entries(PR, release, "再想想")
    assert desk.entry_revision(PR, WEIBO, draft.number).state is RevisionState.draft
    release = desk.propose_entries(PR, {WEIBO: draft.number}, "标题更清楚").row.release
    desk.reject_release(LAW, release, "不必改")
    refused = desk.entry_revision(PR, WEIBO, draft.number)
    assert (refused.state, refused.note) == (RevisionState.refused, "不必改")


def test_a_fault_across_files_stands_at_its_line_and_stops_the_proposal(desk: Desk) -> None:
    work = desk.entry_work(PR, "pb.fee_dispute")
    wrong = work.text.replace("template: tpl.fee_dispute.weibo", "template: tpl.fee_dispute.wiebo", 1)
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "wiebo" in one)
    (fault,) = desk.check_entry(PR, "pb.fee_dispute", wrong).faults
    assert fault.line == line
    assert "是否想写" in fault.message
    draft = desk.keep_entry(PR, "pb.fee_dispute", wrong, work.parent)
    with pytest.raises(ProposalRefused, match=f"fee_dispute.yaml:{line}"):
        desk.propose_entries(PR, {"pb.fee_dispute": draft.number}, "试")
    assert desk.entry_revision(PR, "pb.fee_dispute", draft.number).state is RevisionState.draft


def test_a_regulation_is_confirmed_by_two_people_through_a_release(desk: Desk) -> None:
    work = desk.entry_work(AUTHOR, REGULATION)
    assert not desk.release.knowledge.regulations[REGULATION].verified
    confirmed = work.text.replace("verified: false", "verified: true")
    draft = desk.keep_entry(AUTHOR, REGULATION, confirmed, work.parent, "已核对原文")
    release = desk.propose_entries(AUTHOR, {REGULATION: draft.number}, "已核对原文").row.release
    with pytest.raises(NotAllowed, match="自己"):
        desk.approve_release(LAW.model_copy(update={"name": AUTHOR.name}), release)
    desk.approve_release(SECOND, release)
    desk.activate_release(OPERATOR, release)
    assert desk.release.knowledge.regulations[REGULATION].verified


def test_what_was_learned_from_an_incident_is_found_by_it(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.draft_past_incident(PR, TEXT, "复盘", "inc-unknown")
    assert desk.entry_history(PR, INCIDENT) == ()
    with desk.database.write() as connection:
        one = Revision(
            entry=INCIDENT,
            number=1,
            kind="incident",
            state="draft",
            text=TEXT,
            author="林舟",
            at=START,
            incident="live-1",
        )
        store.add(connection, one)
    assert [one.entry for one in desk.entries_learned_from(PR, "live-1")] == [INCIDENT]
