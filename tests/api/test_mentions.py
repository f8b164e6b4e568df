"""POST /api/v1/mentions: what is acknowledged is committed, what is wrong is told with its place."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.guards import MAX_BODY_BYTES
from engine.model import Realm
from tests.api.support import NOW, House, record


@pytest.fixture
def feeder(house: House) -> Iterator[TestClient]:
    with house.client("analyst") as client:
        yield client


def test_one_object_and_a_list_are_both_taken(feeder: TestClient) -> None:
    assert feeder.post("/api/v1/mentions", json=record("one")).json()["accepted"] == 1
    many = feeder.post("/api/v1/mentions", json=[record("many-1"), record("many-2")]).json()
    assert [result["outcome"] for result in many["results"]] == ["accepted", "accepted"]
    assert many["results"][1]["place"] == "[1]"


def test_acknowledged_means_that_another_reader_sees_it(feeder: TestClient, house: House) -> None:
    answer = feeder.post("/api/v1/mentions", json=record("seen", "刚刚到达的一条会员费投诉"))
    identity = answer.json()["results"][0]["id"]
    with house.client("pr") as reader:
        seen = reader.get(f"/api/v1/mentions/{identity}").json()
    assert seen["mention"]["text"] == "刚刚到达的一条会员费投诉"
    assert seen["scores"] is None


def test_the_same_again_is_a_duplicate_and_new_counts_are_an_update(feeder: TestClient) -> None:
    first = record("again", engagement={"reposts": 3})
    assert feeder.post("/api/v1/mentions", json=first).json()["accepted"] == 1
    assert feeder.post("/api/v1/mentions", json=first).json()["duplicates"] == 1
    more = {**first, "engagement": {"reposts": 30}}
    assert feeder.post("/api/v1/mentions", json=more).json()["updated"] == 1


def test_a_wrong_record_is_told_with_its_place_and_the_others_are_kept(feeder: TestClient) -> None:
    batch = [
        record("good-1"),
        record("late", published_at="2026-13-45"),
        {"id": "empty"},
        record("good-2"),
        record("odd", mood="angry"),
        "not an object",
    ]
    answer = feeder.post("/api/v1/mentions", json=batch).json()
    assert (answer["accepted"], answer["rejected"]) == (2, 4)
    places = [result["place"] for result in answer["results"]]
    assert places == ["[0]", "[1].published_at", "[2].text", "[3]", "[4].mood", "[5]"]
    assert all(result["reason"] for result in answer["results"] if result["outcome"] == "rejected")


def test_a_record_from_the_future_is_quarantined(feeder: TestClient) -> None:
    ahead = record("future", published_at=(NOW + timedelta(hours=2)).isoformat())
    assert feeder.post("/api/v1/mentions", json=ahead).json()["results"][0]["outcome"] == "quarantined"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "正文是空的"),
        (b"{", "第 1 行第 2 个字符"),
        (b"[]", "列表是空的"),
        (b"42", "应为一个 JSON 对象或对象的列表"),
        (b'{"text": NaN}', "NaN"),
        (b'{"text": "a", "text": "b"}', "重复的字段名"),
        (b'{"text": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "嵌套过深"),
        (b'{"text": ' + b"9" * 6000 + b"}", "数字位数过多"),
    ],
)
def test_a_body_that_is_no_records_is_refused_whole(feeder: TestClient, body: bytes, said: str) -> None:
    answer = feeder.post("/api/v1/mentions", content=body)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]


def test_more_than_a_thousand_records_are_refused_and_none_is_kept(feeder: TestClient, house: House) -> None:
    before = feeder.get("/api/v1/mentions").json()["total"]
    answer = feeder.post("/api/v1/mentions", json=[record(f"flood-{n}") for n in range(1001)])
    assert answer.status_code == 422
    assert "最多提交 1000 条" in answer.json()["error"]["message"]
    assert feeder.get("/api/v1/mentions").json()["total"] == before


def test_ten_megabytes_are_refused_whether_announced_or_streamed(feeder: TestClient) -> None:
    body = json.dumps(record("huge", "长" * (MAX_BODY_BYTES // 6 + 1))).encode()
    announced = feeder.post("/api/v1/mentions", content=body)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    streamed = feeder.post("/api/v1/mentions", content=pieces())
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert "超过上限 10 MB" in answer.json()["error"]["message"]


def test_filters_narrow_the_list_and_pages_add_up(feeder: TestClient) -> None:
    feeder.post("/api/v1/mentions", json=[record(f"page-{n}", f"第{n}页翻页测试") for n in range(7)])
    found = feeder.get("/api/v1/mentions", params={"text": "翻页测试", "size": 3, "page": 3}).json()
    assert found["total"] == 7
    assert len(found["items"]) == 1
    assert feeder.get("/api/v1/mentions", params={"category": "weather"}).status_code == 422


def test_realms_do_not_mix(feeder: TestClient, house: House) -> None:
    feeder.post("/api/v1/mentions", json=record("drill", "演练用的提及"), params={"realm": "drill"})
    assert feeder.get("/api/v1/mentions", params={"text": "演练用的提及"}).json()["total"] == 0
    assert feeder.get("/api/v1/mentions", params={"text": "演练用的提及", "realm": Realm.drill}).json()["total"] == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["id", "text", "author", "engagement", "published_at", "x"]), inner)
        ),
        max_leaves=12,
    )
)
def test_whatever_json_arrives_the_answer_is_a_result_or_a_clear_fault(feeder: TestClient, body: object) -> None:
    answer = feeder.post("/api/v1/mentions", content=json.dumps(body).encode())
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        told = answer.json()
        assert told["accepted"] + told["updated"] + told["duplicates"] + told["rejected"] == len(told["results"])
