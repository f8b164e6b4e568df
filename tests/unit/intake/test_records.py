"""What a raw record may look like, and what happens to one that is wrong."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake import CHINA, LINE_LIMIT, Accepted, Outcome, Rejected, read_jsonl, read_objects
from engine.model import AuthorKind, Mention, MentionKind
from rules.vocabulary import Category

NOW = datetime(2026, 3, 5, 10, 30, tzinfo=CHINA)


def outcome(record: object, **options: Any) -> Outcome:
    line = record if isinstance(record, str | bytes) else json.dumps(record, ensure_ascii=False)
    (only,) = read_jsonl([line], source="测试", place="a.jsonl", clock=lambda: NOW, **options)
    return only


def accepted(record: object, **options: Any) -> Mention:
    found = outcome(record, **options)
    assert isinstance(found, Accepted), str(found)
    return found.mention


def rejected(record: object, **options: Any) -> Rejected:
    found = outcome(record, **options)
    assert isinstance(found, Rejected)
    return found


def test_a_full_record_keeps_everything_it_says() -> None:
    mention = accepted(
        {
            "id": 17,
            "text": "会员费没有提示",
            "brand": "澄禾",
            "entities": ["澄禾", "栈桥"],
            "platform": "微博",
            "author": {"name": "小林", "followers": 1200, "kind": "media"},
            "published_at": "2026-03-05T10:00:00+08:00",
            "received_at": "2026-03-05T10:03:00+08:00",
            "engagement": {"reposts": 3, "views": 40.0},
            "upstream": {"negativity": 0.8, "category": "fee_dispute", "severity": "medium"},
            "kind": "article",
            "url": "http://m.example.com/a/?utm_source=x",
            "source": "监测甲",
        }
    )
    assert (mention.source, mention.external_id, mention.brands) == ("监测甲", "17", ("澄禾", "栈桥"))
    assert (mention.author.kind, mention.kind) == (AuthorKind.media, MentionKind.article)
    assert (mention.engagement.reposts, mention.engagement.views, mention.engagement.likes) == (3, 40, 0)
    assert mention.upstream is not None
    assert mention.upstream.category is Category.fee_dispute
    assert mention.url == "https://www.example.com/a"
    assert mention.received_at - mention.published_at == timedelta(minutes=3)


def test_labels_of_test_data_are_read_past_and_are_no_scores() -> None:
    mention = accepted({"id": "a", "text": "x", "negative": 1, "category": "none", "also": [], "severity": "high"})
    assert mention.upstream is None


def test_the_same_source_and_id_give_the_same_identity() -> None:
    first, again = accepted({"id": "a", "text": "x"}), accepted({"id": "a", "text": "y"})
    other = accepted({"id": "a", "text": "x", "source": "别的工具"})
    assert first.id == again.id != other.id
    assert len(first.id) == 16


def test_without_an_id_the_address_identifies_and_then_the_content() -> None:
    by_url = accepted({"text": "x", "url": "https://example.com/1?from=timeline"})
    assert by_url.id == accepted({"text": "y", "url": "http://www.example.com/1"}).id
    assert accepted({"text": "x"}).id == accepted({"text": "x"}).id != accepted({"text": "z"}).id


def test_a_hot_search_entry_needs_no_text() -> None:
    mention = accepted({"id": "h", "hot_search": {"keyword": "会员费争议", "rank": 12}})
    assert (mention.kind, mention.text) == (MentionKind.hot_search, "会员费争议")


def test_a_title_stands_before_the_text_once() -> None:
    assert accepted({"title": "标题", "text": "正文"}).text == "标题\n正文"
    assert accepted({"title": "标题", "text": "标题：正文"}).text == "标题：正文"


def test_control_and_steering_characters_are_dropped() -> None:
    assert accepted({"text": "a\x00b\u202e\u200bc\r\nd\x07\ufeff"}).text == "abc\nd"
    assert accepted('{"text": "断\\ud83d"}').text == "断\ufffd"


def test_personal_data_is_masked_in_text_title_and_author() -> None:
    mention = accepted({"title": "致13800138000", "text": "加我13800138000", "author": "13800138000"})
    assert "1380" not in mention.text + str(mention.author.name)


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ("{", "", "不是有效的 JSON"),
        ("[1]", "", "应为一个 JSON 对象"),
        ("", "", None),
        ('{"text": NaN}', "", "NaN"),
        ('{"text": "x", "engagement": {"likes": 1e999}}', "", "数值过大"),
        ('{"text": "x", "engagement": {"likes": ' + "9" * 50 + "}}", "", "超过 30 位"),
        ('{"text": "x", "text": "y"}', "text", "重复"),
        ('{"text": ' + "[" * 200_000, "", "嵌套过深"),
        (b'{"text": "\xff\xfe"}', "", "UTF-8"),
        ("﻿".encode("utf-16") + b"{", "", "UTF-16"),
        ('{"text": 3}', "text", "应为文字，实际为数字"),
        ('{"text": null}', "text", "缺少正文"),
        ('{"text": " \\u0000 "}', "text", "缺少正文"),
        ('{"id": true, "text": "x"}', "id", "真假值"),
        ('{"id": "1", "txet": "x"}', "txet", "是否想写“text”"),
        ('{"text": "x", "author": {"fans": 3}}', "author.fans", "未知字段"),
        ('{"text": "x", "author": 5}', "author", "应为对象"),
        ('{"text": "x", "author": {"kind": "meida"}}', "author.kind", "是否想写“media”"),
        ('{"text": "x", "author": {"followers": -1}}', "author.followers", "应在 0 到"),
        ('{"text": "x", "engagement": {"likes": 1.5}}', "engagement.likes", "应为整数"),
        ('{"text": "x", "engagement": {"likes": "3"}}', "engagement.likes", "实际为文字"),
        ('{"text": "x", "engagement": []}', "engagement", "应为对象"),
        ('{"text": "x", "upstream": {"negativity": 1.2}}', "upstream.negativity", "0 到 1"),
        ('{"text": "x", "upstream": {"category": "fees"}}', "upstream.category", "未知取值"),
        ('{"text": "x", "hot_search": {"rank": 1}}', "hot_search.keyword", "缺少热搜词"),
        ('{"text": "x", "hot_search": {"keyword": "k", "rank": 0}}', "hot_search.rank", "排名"),
        ('{"text": "x", "url": "javascript:alert(1)"}', "url", "网址"),
        ('{"text": "x", "entities": [1]}', "entities", "应为文字"),
        ('{"text": "x", "published_at": "2026-02-30"}', "published_at", "不存在的时间"),
        ('{"text": "x", "published_at": "昨天"}', "published_at", "无法识别"),
        ('{"text": "x", "published_at": [1]}', "published_at", "不是时间"),
        ('{"text": "x", "published_at": true}', "published_at", "不是时间"),
        ('{"text": "x", "published_at": "1970-01-02 08:00"}', "published_at", "早于2000年"),
        ('{"text": "x", "published_at": 1e30}', "published_at", "时间戳超出范围"),
        ('{"text": "x", "published_at": "0001-01-01T00:00:00+14:00"}', "published_at", "超出范围"),
        ('{"text": "x", "received_at": "2026-03-05"}', "received_at", "须含时分"),
    ],
)
def test_a_wrong_record_is_refused_with_place_field_and_reason(line: str | bytes, field: str, says: str | None) -> None:
    if says is None:
        assert list(read_jsonl([line], source="s", place="p", clock=lambda: NOW)) == []
        return
    refusal = rejected(line)
    assert refusal.place == "a.jsonl:1"
    assert refusal.field == field
    assert says in refusal.reason
    assert refusal.kind == "rejected"


def test_a_text_or_line_beyond_its_limit_is_refused_and_never_cut() -> None:
    assert len(accepted({"text": "费" * 100_000}).text) == 100_000
    assert "100001" in rejected({"text": "费" * 100_001}).reason
    refusal = rejected({"text": "x" * LINE_LIMIT})
    assert "单行超过上限" in refusal.reason
    assert len(refusal.raw) <= 2_000


def test_the_rest_of_a_file_is_still_read() -> None:
    lines = ['{"text": "一"}', "坏", "", '{"text": "二"}']
    found = list(read_jsonl(lines, source="s", place="f", clock=lambda: NOW))
    assert [type(item) for item in found] == [Accepted, Rejected, Accepted]
    assert [item.place for item in found] == ["f:1", "f:2", "f:4"]


def test_a_refusal_shows_the_record_without_personal_data_as_one_line() -> None:
    refusal = rejected({"text": "13800138000", "oops": 1})
    line = json.loads(refusal.as_line())
    assert "13800138000" not in line["raw"]
    assert str(refusal) == "a.jsonl:1 字段“oops” 未知字段“oops”"


def test_a_request_of_more_than_1000_records_is_refused_whole() -> None:
    with pytest.raises(Exception, match="一次最多提交 1000 条"):
        read_objects([{"text": "x"}] * 1001, source="s", clock=lambda: NOW)
    found = list(read_objects([{"text": "x"}, {"text": float("nan")}], source="s", clock=lambda: NOW))
    assert [item.place for item in found] == ["请求:1", "请求:2"]
    assert isinstance(found[1], Rejected)


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05T09:05:00+08:00", "2026-03-05T01:05:00Z", "2026-03-05 09:05", "2026/3/5 9:05:00",
        "2026年3月5日 9:05", "2026年03月05日09时05分", "2026.03.05 09:05", 1772672700, 1772672700000, "1772672700",
    ],
)  # fmt: skip
def test_times_are_understood_as_tools_write_them(written: object) -> None:
    assert accepted({"text": "x", "published_at": written}).published_at == datetime(2026, 3, 5, 9, 5, tzinfo=CHINA)


def test_a_missing_time_is_the_arrival() -> None:
    mention = accepted({"text": "x"})
    assert mention.published_at == mention.received_at == NOW


@pytest.mark.parametrize(
    ("day", "moment"),
    [("2026-03-05", NOW), ("2026-03-04", datetime(2026, 3, 4, 23, 59, 59, tzinfo=CHINA))],
)
def test_a_date_without_a_time_takes_its_arrival_within_that_day(day: str, moment: datetime) -> None:
    assert accepted({"text": "x", "published_at": day}).published_at == moment


def test_a_mention_dated_more_than_ten_minutes_after_its_arrival_is_quarantined() -> None:
    assert accepted({"text": "x", "published_at": "2026-03-05 10:40"}).published_at.minute == 40
    refusal = rejected({"text": "x", "published_at": "2026-03-05 10:41"})
    assert (refusal.kind, refusal.field) == ("quarantined", "published_at")
    assert rejected({"text": "x", "published_at": "2026-03-06"}).kind == "quarantined"


def test_a_replayed_file_takes_the_time_of_publication_as_arrival() -> None:
    mention = accepted({"text": "x", "published_at": "2019-07-01 08:00"}, replay=True)
    assert mention.received_at == mention.published_at
    assert accepted({"text": "x", "published_at": "2019-07-01"}, replay=True).received_at.hour == 23
    given_arrival = accepted(
        {"text": "x", "published_at": "2019-07-01", "received_at": "2019-07-01 12:00"}, replay=True
    )
    assert given_arrival.published_at.hour == 12


def test_history_is_marked_for_every_record_of_an_import() -> None:
    assert accepted({"text": "x", "published_at": "2020-01-01"}, history=True).history


_MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2030, 1, 1))  # noqa: DTZ001 - drawn without a zone


@given(_MOMENTS, _MOMENTS)
def test_whatever_the_times_no_mention_is_from_the_future(published: datetime, now: datetime) -> None:
    found = outcome({"text": "x", "published_at": published.isoformat(), "received_at": now.isoformat()})
    if isinstance(found, Accepted):
        assert found.mention.published_at <= found.mention.received_at + timedelta(minutes=10)
    else:
        assert found.kind == "quarantined"
        assert published > now + timedelta(minutes=10)


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_fields = st.sampled_from(
    ["id", "text", "title", "author", "published_at", "received_at", "engagement", "upstream", "hot_search", "url",
     "entities", "brand", "kind", "platform", "source", "severity", "extra"]
)  # fmt: skip


@given(st.dictionaries(_fields, _json, max_size=6))
def test_no_record_whatever_breaks_the_intake(record: dict[str, object]) -> None:
    (found,) = read_objects([record], source="s", clock=lambda: NOW)
    assert isinstance(found, Accepted | Rejected)
    found.model_dump_json()


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_intake(line: bytes) -> None:
    for found in read_jsonl([line], source="s", place="p", clock=lambda: NOW):
        assert isinstance(found, Accepted | Rejected)
