"""A comparison says what the precedent's people had done at our age, and never who of ours did what."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from engine.drafting.document import Draft
from engine.learning.desk import PUBLIC
from engine.model import IncidentStatus, Level
from engine.precedents.compare import compare_live, compare_past
from engine.precedents.curve import start_of
from engine.precedents.material import template_of
from engine.precedents.views import ByNow, Comparison, MarkKind
from engine.precedents.wording import after, share
from engine.store.casework import StoredDraft
from knowledge.loader import load_knowledge
from knowledge.schema import Strategy
from tests.unit.precedents.support import OPENED, live, minute, past, statement


def now_of(comparison: Comparison) -> ByNow:
    assert comparison.by_now is not None
    return comparison.by_now


def trait(comparison: Comparison, name: str) -> tuple[str, str, bool | None]:
    return next((one.ours, one.theirs, one.same) for one in comparison.traits if one.name == name)


def test_the_precedents_steps_are_parted_by_the_age_of_our_incident() -> None:
    now = now_of(compare_live(live(minutes=180), past()))
    assert now.after_minutes == 210
    assert [step.what for step in now.had_done] == ["归并同类帖文", "发布致歉说明"]
    assert [step.what for step in now.came_next] == ["取消默认勾选", "逐户退费"]
    assert [task.what for task in now.open_tasks] == ["任务2", "任务3"]
    assert [task.what for task in now.done_tasks] == ["任务1"]


def test_a_step_at_exactly_our_age_had_been_done() -> None:
    now = now_of(compare_live(live(minutes=90), past()))
    assert [step.what for step in now.had_done] == ["归并同类帖文", "发布致歉说明"]


@pytest.mark.parametrize(
    ("minutes", "statements", "response", "said"),
    [
        (180, (), "2小时", "先例在起点后2小时已首次回应，结果是“平息”；我方尚无获批的对外声明。"),
        (30, (), "2小时", "先例在起点后2小时才首次回应，结果是“平息”；我方还有1小时就到同一时刻。"),
        (180, (statement(60),), "2小时", "我方首份对外声明在起点后1小时30分获批，早于先例的2小时，结果是“平息”。"),
        (180, (statement(60, is_public=False),), "2小时", "我方尚无获批的对外声明。"),
        (180, (), None, "先例始终没有公开回应，结果是“平息”。"),
    ],
)
def test_who_spoke_first_is_said_in_a_sentence(
    minutes: float, statements: tuple[object, ...], response: str | None, said: str
) -> None:
    comparison = compare_live(live(minutes, statements=statements), past(first_response=response))
    assert now_of(comparison).remarks[0].endswith(said)


def test_late_tasks_and_the_size_of_the_talk_at_the_same_age_are_said() -> None:
    remarks = now_of(compare_live(live(minutes=150), past())).remarks
    assert remarks[1] == "我方有1项任务已超过时限。"
    assert remarks[2] == "同一时刻，先例的累计提及约500条（按走势推算），我方15条。"


def test_between_two_points_of_a_course_the_talk_is_taken_to_grow_evenly() -> None:
    remarks = now_of(compare_live(live(minutes=90), past())).remarks
    assert "先例的累计提及约300条" in remarks[-1]


@pytest.mark.parametrize("minutes", [10, 60 * 24 * 30])
def test_beyond_a_course_nothing_is_said_of_its_size(minutes: float) -> None:
    assert not any("累计提及" in one for one in now_of(compare_live(live(minutes), past())).remarks)


def test_an_incident_begins_with_its_first_mention_unless_there_was_a_silence_between() -> None:
    ordinary = minute(-23 * 60, 1)
    assert start_of(OPENED, [ordinary, minute(-150, 1), minute(-30, 2)]) == OPENED.replace(hour=23, day=1, minute=30)
    assert start_of(OPENED, [ordinary]) == OPENED
    assert start_of(OPENED, [minute(-30, 0, said=5)]) == OPENED


def test_our_curve_counts_up_to_now_and_tells_the_share_of_negative_ones_between() -> None:
    curve = compare_live(live(), past()).ours.curve
    assert [point.mentions for point in curve if point.after_minutes in (0, 30, 60)] == [2, 5, 15]
    assert next(point.negative for point in curve if point.after_minutes == 60) == 0.5
    assert curve[-1].after_minutes == 210
    assert curve[-1].negative is None
    assert all(one.mentions <= other.mentions for one, other in pairwise(curve))


def test_a_long_incident_has_a_short_curve() -> None:
    assert len(compare_live(live(minutes=60 * 24 * 60), past()).ours.curve) < 50


def test_the_table_of_facts_compares_what_can_be_compared() -> None:
    comparison = compare_live(live(), past())
    assert trait(comparison, "类别") == ("收费争议", "收费争议", True)
    assert trait(comparison, "等级") == ("中等", "严重", False)
    assert trait(comparison, "平台") == ("微博（12条）、贴吧（3条）", "微博、抖音", True)
    assert trait(comparison, "起因")[0] == "勾选框默认打开（待确认）"
    assert trait(comparison, "规模")[0] == "相关负面提及15条；同期本品牌提及25条，负面占60%"
    assert trait(comparison, "首次回应")[0] == "已过3小时30分，尚无获批的对外声明"


def test_names_and_telephone_numbers_stay_out() -> None:
    told = compare_live(live(statements=(statement(60),)), past()).model_dump_json()
    assert "林舟" not in told
    assert "13812345678" not in told
    assert "[手机号]" in told


def test_an_ended_incident_is_as_old_as_it_became() -> None:
    ended = live().incident.model_copy(update={"status": IncidentStatus.closed})
    comparison = compare_live(live(minutes=5000, incident=ended), past())
    assert comparison.ours.elapsed_minutes == 30
    assert trait(comparison, "结果")[0] == "已结束，尚未复盘"


@pytest.mark.parametrize(("channel", "is_public"), [("weibo", True), ("service_script", False)])
def test_a_template_that_left_the_release_is_read_from_the_draft(channel: str, is_public: bool) -> None:
    knowledge = load_knowledge()
    template = f"tpl.fee_dispute.{channel}"
    draft = Draft.model_construct(template_source=knowledge.template_source(template))
    stored = StoredDraft.model_construct(template=template, draft=draft)
    found = template_of(stored, replace(knowledge, templates={}))
    assert found is not None
    assert (found.title, found.channel in PUBLIC) == (knowledge.templates[template].title, is_public)
    unreadable = stored.model_copy(update={"draft": Draft.model_construct(template_source="title: 1")})
    assert template_of(unreadable, replace(knowledge, templates={})) is None


def test_two_past_incidents_have_no_now() -> None:
    other = past("inc.fee_dispute.other", strategy=Strategy.deny, first_response=None, course=())
    comparison = compare_past(past(), other)
    assert comparison.by_now is None
    assert trait(comparison, "策略") == ("致歉整改", "澄清否认", False)
    assert trait(comparison, "首次回应") == ("2小时后", "没有公开回应", None)
    assert comparison.theirs.curve == ()
    assert [mark.kind for mark in comparison.ours.marks].count(MarkKind.response) == 1


def test_our_marks_are_levels_tasks_and_statements_in_order() -> None:
    marks = compare_live(live(statements=(statement(60),)), past()).ours.marks
    assert [(mark.kind, mark.after_minutes, mark.done) for mark in marks] == [
        (MarkKind.level, 30, True),
        (MarkKind.task, 60, True),
        (MarkKind.statement, 90, True),
        (MarkKind.task, 120, False),
        (MarkKind.task, 630, False),
    ]
    assert marks[0].level is Level.medium
    assert marks[0].who == "系统"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0分钟"), (59.9, "59分钟"), (60, "1小时"), (200, "3小时20分"), (1440, "1天"), (3120, "2天4小时")],
)
def test_times_after_the_start_read_as_people_say_them(minutes: float, said: str) -> None:
    assert after(minutes) == said


def test_an_unknown_share_is_a_dash() -> None:
    assert share(None) == "—"
    assert share(0.256) == "26%"


def test_the_first_response_is_the_publication_where_one_is_recorded() -> None:
    approved, out = statement(60), statement(70).model_copy(update={"published_at": OPENED + timedelta(minutes=75)})
    found = compare_live(live(minutes=180, statements=(approved, out)), past())
    assert found.ours.first_response_minutes == 105
    assert any("发布，" in remark for remark in now_of(found).remarks)
    assert trait(found, "首次回应")[0] == "1小时45分后发布首份对外声明"
    assert [mark.what for mark in found.ours.marks if mark.what.startswith("发布声明")] == ["发布声明：微博短声明"]
