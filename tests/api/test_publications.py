"""After approval, through the interface: taken away, published, corrected, and how the talk went on."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from tests.api.support import OWN, House, record

URL = "https://weibo.example/澄禾/1"
POST = {"channel": "weibo", "url": URL}


@pytest.fixture(scope="module")
def clients(house: House) -> Iterator[dict[str, TestClient]]:
    with house.client("pr") as pr, house.client("compliance") as compliance, house.client("analyst") as analyst:
        yield {"pr": pr, "compliance": compliance, "analyst": analyst}


@pytest.fixture(scope="module")
def incident(clients: dict[str, TestClient]) -> str:
    body = {"brand": OWN, "category": "privacy_leak", "level": "medium", "title": "网帖", "reason": "有人发帖"}
    answer = clients["analyst"].post("/api/v1/incidents", json=body)
    if answer.status_code == 409:  # the house is shared: somebody's mentions have opened it
        going_on = answer.json()["error"]["message"].split()[-1]
        assert clients["analyst"].post(f"/api/v1/incidents/{going_on}/close", json={"reason": "另有其事"}).is_success
        answer = clients["analyst"].post("/api/v1/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def drafted(client: TestClient, incident: str, channel: str = "weibo") -> str:
    choices = client.get(f"/api/v1/incidents/{incident}").json()["templates"]
    template = next(one["id"] for one in choices if one["kind"] == "holding" and one["channel"] == channel)
    answer = client.post(f"/api/v1/incidents/{incident}/drafts", json={"template": template})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def approved(clients: dict[str, TestClient], draft: str) -> str:
    assert clients["pr"].post(f"/api/v1/drafts/{draft}/submit").is_success
    seen = clients["pr"].get(f"/api/v1/drafts/{draft}").json()["row"]["content_hash"]
    assert clients["compliance"].post(f"/api/v1/drafts/{draft}/approve", json={"content_hash": seen}).is_success
    return draft


def both(template: str) -> list[str]:
    """A template for Weibo and its sister for WeChat."""
    return [template, template.replace("weibo", "wechat")]


def at(house: House, minutes: float = 0) -> str:
    return (house.clock.now + timedelta(minutes=minutes)).isoformat()


def message(answer: object) -> str:
    return str(answer.json()["error"]["message"])  # type: ignore[attr-defined]


def test_an_export_tells_a_draft_from_an_approved_statement(
    house: House, clients: dict[str, TestClient], incident: str
) -> None:
    pr, draft = clients["pr"], drafted(clients["pr"], incident)
    before = pr.get(f"/api/v1/drafts/{draft}/export", params={"format": "txt"})
    assert "草稿 · 未经审批，不得对外发布" in before.text
    assert pr.get(f"/api/v1/drafts/{draft}/post").json()["text"].startswith("【草稿")
    approved(clients, draft)
    after = pr.get(f"/api/v1/drafts/{draft}/export", params={"format": "txt"})
    assert "草稿" not in after.text
    assert "本文由人工智能辅助生成，经人工核对和审批" in after.text
    assert json.loads(after.text.splitlines()[-1].removeprefix("AIGC "))["Label"] == "1"
    word = pr.get(f"/api/v1/drafts/{draft}/export", params={"sources": True})
    assert word.content[:2] == b"PK"
    assert word.content == pr.get(f"/api/v1/drafts/{draft}/export", params={"sources": True}).content
    assert pr.get(f"/api/v1/drafts/{draft}/export", params={"format": "exe"}).status_code == 422
    assert pr.get("/api/v1/drafts/none/export").status_code == 404


def test_only_what_was_approved_is_recorded_as_published(
    house: House, clients: dict[str, TestClient], incident: str
) -> None:
    pr, draft = clients["pr"], drafted(clients["pr"], incident)
    path = f"/api/v1/drafts/{draft}/publications"
    refused = pr.post(path, json={**POST, "at": at(house)})
    assert refused.status_code == 409
    assert "还没有批准" in message(refused)
    approved(clients, draft)
    for change, words in (
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"url": "https://name:word@weibo.example/"}, "https://"),
        ({"url": None}, "网址"),
        ({"at": at(house, 60)}, "还没有到"),
        ({"at": at(house, -60)}, "早于批准时间"),
    ):
        answer = pr.post(path, json={**POST, "at": at(house), **change})
        assert answer.status_code == 422, answer.text
        assert words in message(answer)
    assert pr.post(path, json={**POST, "at": at(house)}).status_code == 201
    assert pr.post(path, json={**POST, "at": at(house)}).status_code == 409
    row = pr.get(path).json()["rows"][0]
    assert (row["state"], row["publication"]["url"], row["publication"]["by"]) == ("已发布", URL, "pr")
    listed = pr.get(f"/api/v1/incidents/{incident}/publications").json()
    assert row in listed
    assert clients["compliance"].post(path, json={**POST, "at": at(house)}).status_code == 403


def test_an_internal_text_is_not_published_in_public(
    house: House, clients: dict[str, TestClient], incident: str
) -> None:
    draft = approved(clients, drafted(clients["pr"], incident, "internal_notice"))
    path = f"/api/v1/drafts/{draft}/publications"
    answer = clients["pr"].post(path, json={**POST, "at": at(house)})
    assert answer.status_code == 409
    assert "不能登记为在" in message(answer)
    assert clients["pr"].post(path, json={"channel": "internal_notice", "at": at(house)}).status_code == 201


def test_a_correction_is_a_draft_that_names_what_it_corrects_through_all_its_versions(
    house: House, clients: dict[str, TestClient], incident: str
) -> None:
    pr = clients["pr"]
    draft = approved(clients, drafted(pr, incident))
    out = pr.post(f"/api/v1/drafts/{draft}/publications", json={**POST, "url": f"{URL}/2", "at": at(house)}).json()[
        "id"
    ]
    template = pr.get(f"/api/v1/drafts/{draft}").json()["row"]["template"]
    body = {"template": template, "kind": "correction", "reason": "热线写错了，张三说的"}
    new = pr.post(f"/api/v1/publications/{out}/corrections", json=body).json()["id"]
    assert pr.get(f"/api/v1/drafts/{draft}/publications").json()["rows"][0]["state"] == "更正稿在办"
    again = pr.post(f"/api/v1/drafts/{new}/redraft").json()["id"]
    assert pr.get(f"/api/v1/drafts/{again}/publications").json()["corrects"]["publication"] == out
    newer, other = pr.post(f"/api/v1/incidents/{incident}/statements", json={"templates": both(template)}).json()
    assert pr.get(f"/api/v1/drafts/{other['draft']}/publications").json()["corrects"] is None, "another channel"
    newer = newer["draft"]
    told = pr.get(f"/api/v1/drafts/{newer}/publications").json()
    assert told["corrects"]["publication"] == out
    assert told["about"].startswith("更正说明：我公司")
    approved(clients, newer)
    text = pr.get(f"/api/v1/drafts/{newer}/export", params={"format": "txt"}).text
    assert told["about"] in text
    assert "张三" not in text, "the reason stays in the house"
    pr.post(f"/api/v1/drafts/{newer}/publications", json={**POST, "url": f"{URL}/3", "at": at(house)})
    assert pr.get(f"/api/v1/drafts/{draft}/publications").json()["rows"][0]["state"] == "已更正"
    after = pr.post(f"/api/v1/incidents/{incident}/statements", json={"templates": [template]}).json()[0]["draft"]
    assert pr.get(f"/api/v1/drafts/{after}/publications").json()["corrects"] is None, "the correction is out"
    assert pr.post("/api/v1/publications/none/corrections", json=body).status_code == 404


def test_a_correction_that_cannot_be_linked_leaves_no_draft_behind(
    house: House, clients: dict[str, TestClient], incident: str
) -> None:
    pr = clients["pr"]
    draft = approved(clients, drafted(pr, incident))
    out = pr.post(f"/api/v1/drafts/{draft}/publications", json={**POST, "url": f"{URL}/5", "at": at(house)}).json()
    template = pr.get(f"/api/v1/drafts/{draft}").json()["row"]["template"]
    before = len(pr.get("/api/v1/drafts").json())
    broken = "CREATE TRIGGER broken BEFORE INSERT ON corrections BEGIN SELECT RAISE(ABORT, 'disk'); END"
    with house.desk.database.write() as connection:
        connection.execute(text(broken))
    try:
        body = {"template": template, "kind": "correction", "reason": "热线写错了"}
        answer = pr.post(f"/api/v1/publications/{out['id']}/corrections", json=body)
    finally:
        with house.desk.database.write() as connection:
            connection.execute(text("DROP TRIGGER broken"))
    assert answer.status_code == 503
    assert "没有保存任何内容" in message(answer)
    assert len(pr.get("/api/v1/drafts").json()) == before


def test_counts_around_a_publication_hour_by_hour(house: House, clients: dict[str, TestClient], incident: str) -> None:
    pr, draft = clients["pr"], approved(clients, drafted(clients["pr"], incident))
    published = house.clock.now
    out = pr.post(f"/api/v1/drafts/{draft}/publications", json={**POST, "url": f"{URL}/4", "at": at(house)}).json()[
        "id"
    ]
    early = pr.get(f"/api/v1/publications/{out}/effect").json()
    assert early["before"] is None
    assert len(early["hours"]) == 25
    house.clock.pass_minutes(150)
    said = [
        record(f"effect-{n}", "担心信息泄露", published_at=(published + timedelta(minutes=10 * n + 5)).isoformat())
        for n in range(9)
    ]
    assert clients["analyst"].post("/api/v1/mentions", json=said).is_success
    house.desk.pipeline.drain()
    late = pr.get(f"/api/v1/publications/{out}/effect").json()
    house.clock.pass_minutes(-150)
    after = {hour["after_hours"]: hour for hour in late["hours"] if hour["after_hours"] >= 0}
    assert [after[hour]["mentions"] for hour in (0, 1, 2)] == [6, 3, 0]
    assert after[0]["negative"] == 1.0
    assert after[2]["negative"] is None
    assert (late["after"]["hours"], late["after"]["mentions_an_hour"]) == (2, 4.5)


def test_all_channels_side_by_side_and_drafted_together(
    house: House, clients: dict[str, TestClient], incident: str
) -> None:
    pr = clients["pr"]
    choices = pr.get(f"/api/v1/incidents/{incident}").json()["templates"]
    wanted = [one["id"] for one in choices if one["kind"] == "holding" and one["fits"]]
    made = pr.post(f"/api/v1/incidents/{incident}/statements", json={"templates": [*wanted, "tpl.none"]}).json()
    assert [one["draft"] is None for one in made] == [False] * len(wanted) + [True]
    assert "tpl.none" in made[-1]["fault"]
    found = pr.get(f"/api/v1/incidents/{incident}/statements").json()
    assert [one["channel"] for one in found["shown"]] == found["compared"]["channels"]
    assert found["missing"] == []
    assert found["compared"]["differences"] == []
    assert pr.post(f"/api/v1/incidents/{incident}/statements", json={"templates": []}).status_code == 422
