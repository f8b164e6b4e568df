"""Parts of the draft pages: the plot of a publication's effect, and which templates all channels are drafted from."""

from datetime import UTC, datetime, timedelta

from api.web.effect_chart import chart_of, hour_range
from api.web.incident_timeline import steps_of
from api.web.render import render
from engine.drafting.exports.standing import OUTDATED, Standing, not_real
from engine.model import Realm
from engine.publishing.effect import effect_of
from engine.publishing.publication import (
    CORRECTION_TITLES,
    PLACE_TITLES,
    DraftPublications,
    Publication,
    PublicationRow,
)
from engine.publishing.statement_set_commands import one_for_each_channel
from engine.store.talk import Minute
from engine.views import DraftRow, TemplateChoice
from knowledge.schema import Channel

AT = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)


def talk(*counts: tuple[float, int]) -> list[Minute]:
    return [Minute(AT + timedelta(minutes=after), count, count, count) for after, count in counts]


def choice(number: int, channel: str, kind: str = "statement", *, fits: bool = True) -> TemplateChoice:
    return TemplateChoice(id=f"t{number}", title="模板", channel=channel, kind=kind, fits=fits)


def test_bars_stand_on_their_side_of_the_publication_and_within_the_drawing() -> None:
    effect = effect_of(AT, talk((-90, 8), (-10, 4), (30, 2)), AT + timedelta(hours=3), others=[AT + timedelta(hours=1)])
    chart = chart_of(effect)
    drawn = [bar for bar in chart.bars if bar.height]
    assert [bar.is_after for bar in drawn] == [False, False, True]
    assert all(bar.x < chart.published for bar in drawn[:2])
    assert drawn[2].x == chart.published
    assert drawn[0].height == 2 * drawn[1].height == 4 * drawn[2].height
    assert all(chart.left <= bar.x <= chart.right and bar.y >= chart.bars_top for bar in drawn)
    assert [tick.words for tick in chart.hours] == ["-24时", "-12时", "发布", "+6时"]
    assert chart.published < chart.others[0] < chart.right


def test_the_line_of_the_negative_share_breaks_where_nothing_was_said() -> None:
    effect = effect_of(AT, talk((-70, 1), (-10, 1), (130, 1), (190, 1)), AT + timedelta(hours=5))
    chart = chart_of(effect)
    assert len(chart.dots) == 4
    assert len(chart.share) == 2


def test_the_plot_says_everything_in_words_too() -> None:
    effect = effect_of(AT, talk((-10, 4), (30, 2)), AT + timedelta(hours=3))
    html = render("publication_effect", effect=effect, chart=chart_of(effect), hour_range=hour_range, now=AT)
    assert "不说明是声明带来的" in html
    assert "发布前1至0小时：4条，负面100%" in html
    assert "<td>发布后0至1小时</td>" in html


def test_each_channel_gets_one_template_of_the_wanted_kind_where_there_is_one() -> None:
    choices = [
        choice(1, "weibo"),
        choice(2, "weibo", "holding"),
        choice(3, "wechat"),
        choice(4, "media_qa", fits=False),
        choice(5, "weibo", "holding"),
    ]
    assert [one.id for one in one_for_each_channel(choices, "holding")] == ["t2", "t3"]
    assert [one.id for one in one_for_each_channel(choices, "statement")] == ["t1", "t3"]
    assert one_for_each_channel([], "holding") == ()


def test_what_went_out_stands_in_the_timeline_where_it_happened() -> None:
    one = Publication(id="p", incident="i", draft="d", channel=Channel.weibo, url=None, at=AT, by="甲", recorded_at=AT)
    steps = steps_of([], [PublicationRow(publication=one, title="<b>说明</b>", state="已发布")])
    html = render("timeline", steps=steps, now=AT)
    assert "发布声明" in html
    assert "官方微博" in html
    assert "<b>说明" not in html


def head_of(standing: Standing) -> str:
    row = DraftRow(
        id="d",
        incident="i",
        incident_title="事件",
        template="t",
        template_title="模板",
        channel="weibo",
        version=1,
        created_by="甲",
        created_at=AT,
        content_hash="0" * 32,
        status="approved",
        ok=True,
        releasable=True,
    )
    return render("draft_head", row=row, now=AT, standing=standing, out=DraftPublications(rows=()), why_not="")


def test_the_head_tells_a_drill_from_what_must_not_go_out_any_more() -> None:
    drill = Standing(approved=True, warnings=(not_real(Realm.drill),), realm=Realm.drill, advice=("会被折叠<b>",))
    html = head_of(drill)
    assert "演练稿" in html
    assert "会被折叠&lt;b&gt;" in html
    assert "不可再发布" not in html
    old = head_of(Standing(approved=True, warnings=(OUTDATED,)))
    assert "不可再发布" in old
    assert OUTDATED in old
    assert "演练稿" not in old


def test_a_record_made_knowingly_shows_what_was_against_it() -> None:
    one = Publication(
        id="p", incident="i", draft="d", channel=Channel.weibo, url=None, at=AT, by="甲", recorded_at=AT
    ).model_copy(update={"despite": (OUTDATED,)})
    row = PublicationRow(publication=one, title="说明", state="已发布")
    html = render("publication", row=row, now=AT, place_titles=PLACE_TITLES, correction_titles=CORRECTION_TITLES)
    assert "如实登记" in html
    assert OUTDATED in html
