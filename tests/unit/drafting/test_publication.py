"""Publications: what may be recorded, what it is called, and the counts around it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.drafting.composing import draft
from engine.drafting.exports.standing import OUTDATED
from engine.errors import Conflict, InputError
from engine.model import Approval, ApprovalStatus, Realm
from engine.publishing.effect import effect_of
from engine.publishing.publication import (
    Correction,
    CorrectionKind,
    Publication,
    about_line,
    approval_of,
    checked_channel,
    checked_time,
    checked_url,
    ensure_owned_up,
    state_of,
    title_of,
)
from engine.store.talk import Minute
from knowledge.schema import Channel

AT = datetime(2026, 3, 20, 4, 30, 40, tzinfo=UTC)


def approval(status: ApprovalStatus = ApprovalStatus.approved, of: str = "h") -> Approval:
    return Approval(
        id="a", draft="d", content_hash=of, status=status, submitted_by="甲", submitted_at=AT, decided_at=AT
    )


def publication(number: int, **fields: Any) -> Publication:
    values = {"id": f"p{number}", "incident": "i", "draft": f"d{number}", "channel": Channel.weibo, "url": None}
    return Publication.model_validate({**values, "at": AT, "by": "甲", "recorded_at": AT, **fields})


def minute(after: float, counted: int, said: int | None = None) -> Minute:
    return Minute(AT + timedelta(minutes=after), counted, counted, counted if said is None else said)


BAD = [
    "javascript:alert(1)",
    "//weibo.example/1",
    "https://",
    "https://user@weibo.example/",
    "https://weibo.example/a b",
    'https://weibo.example/"onclick=',
    "https://[::1",
    "https://weibo.example/" + "长" * 500,
    "https://weibo.example/\u202e",
]


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_is_none_or_could_do_harm_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        checked_url(url, Channel.weibo)


def test_posts_need_an_address_and_answers_to_the_press_do_not() -> None:
    assert checked_url(" https://weibo.example/1?a=1#b ", Channel.weibo) == "https://weibo.example/1?a=1#b"
    assert checked_url("", Channel.media_qa) is None
    with pytest.raises(InputError, match="网址"):
        checked_url(None, Channel.wechat)


def test_the_time_lies_between_the_approval_and_now() -> None:
    now = AT + timedelta(hours=1)
    whole_minute = AT.replace(second=0)
    assert checked_time(whole_minute, approval(), now) == whole_minute, "forms give whole minutes"
    for wrong in (AT - timedelta(minutes=2), now + timedelta(minutes=6), datetime(2026, 3, 20, 12, 0)):  # noqa: DTZ001
        with pytest.raises(InputError):
            checked_time(wrong, approval(), now)


def test_only_the_last_decision_on_exactly_these_words_counts(kit: Any) -> None:
    written = draft(kit.request("short"), None, kit.signer)
    good = approval(of=written.content_hash)
    assert approval_of(written, [good]) == good
    for history in ([], [approval()], [good, approval(ApprovalStatus.returned, written.content_hash)]):
        with pytest.raises(Conflict, match="还没有批准"):
            approval_of(written, history)


def test_an_internal_text_stays_inside(kit: Any) -> None:
    script = draft(kit.request("script"), None, kit.signer)
    assert checked_channel(script, "service_script") is Channel.service_script
    with pytest.raises(Conflict, match="不能登记为"):
        checked_channel(script, "weibo")
    with pytest.raises(InputError, match="渠道"):
        checked_channel(script, "黑板报")


def test_a_correction_names_what_it_corrects_and_the_old_one_says_so(kit: Any) -> None:
    old = publication(1)
    assert about_line(CorrectionKind.correction, old, "说明") == (
        "更正说明：我公司2026-03-20 12:30在官方微博发布的“说明”有需要更正的内容，以本文为准。"
    )
    link = Correction(
        draft="d2", incident="i", publication="p1", kind=CorrectionKind.withdrawal, reason="误发", by="甲", at=AT
    )
    new = publication(2, kind=CorrectionKind.withdrawal, replaces="p1")
    assert state_of(old, [], [old]) == "已发布"
    assert state_of(old, [link], [old]) == "撤回稿在办"
    assert state_of(old, [link], [old, new]) == "已撤回"
    assert title_of(draft(kit.request("short"), None, kit.signer)) == "收费争议短声明"


def test_what_must_not_go_out_is_recorded_only_by_one_who_says_so() -> None:
    ensure_owned_up((), despite=False)
    ensure_owned_up((OUTDATED,), despite=True)
    with pytest.raises(Conflict, match="如实登记"):
        ensure_owned_up((OUTDATED,), despite=False)


def test_what_is_recorded_in_a_drill_did_not_go_out() -> None:
    drill = publication(1, realm=Realm.drill)
    assert state_of(drill, [], [drill]) == "演练：已发布"
    answer = publication(2, realm=Realm.drill, kind=CorrectionKind.correction, replaces="p1")
    assert state_of(drill, [], [drill, answer]) == "演练：已更正"


# --- counts around it -------------------------------------------------------------------------


def test_hours_are_counted_from_the_publication_and_not_from_the_clock() -> None:
    talk = [minute(-61, 7), minute(-1, 4), minute(0, 2, said=4), minute(59, 1), minute(60, 5)]
    effect = effect_of(AT, talk, AT + timedelta(minutes=90), others=[AT + timedelta(minutes=30), AT - timedelta(9)])
    by_hour = {hour.after_hours: hour for hour in effect.hours}
    assert [by_hour[hour].mentions for hour in (-2, -1, 0, 1)] == [7, 4, 3, 5]
    assert by_hour[0].negative == pytest.approx(3 / 5)
    assert by_hour[-3].negative is None
    assert (min(by_hour), max(by_hour)) == (-24, 1)
    assert effect.other_hours == (0.5,)
    assert effect.before is not None
    assert effect.after is not None
    assert (effect.before.mentions_an_hour, effect.after.mentions_an_hour) == (4.0, 3.0)
    assert "不说明是声明带来的" in effect.words


def test_within_the_first_hour_nothing_is_claimed() -> None:
    effect = effect_of(AT, [minute(5, 3)], AT + timedelta(minutes=20))
    assert (effect.before, effect.after) == (None, None)
    assert effect.words == "发布还不到1小时，看不出变化。"


@given(st.lists(st.tuples(st.floats(-3000, 5000), st.integers(0, 9)), max_size=30), st.floats(-100, 9000))
def test_no_mention_is_counted_twice_and_equal_times_are_compared(talk: list[tuple[float, int]], passed: float) -> None:
    said = [minute(after, count) for after, count in talk]
    effect = effect_of(AT, said, AT + timedelta(minutes=passed))
    first, last = effect.hours[0].after_hours, effect.hours[-1].after_hours + 1
    within = [m.counted for m in said if AT + timedelta(hours=first) <= m.at < AT + timedelta(hours=last)]
    assert sum(hour.mentions for hour in effect.hours) == sum(within)
    assert (effect.before and effect.before.hours) == (effect.after and effect.after.hours)
