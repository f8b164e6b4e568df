"""The way of a statement through the interface: facts, draft, submission, decision, proof."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.api.support import OWN, House


@pytest.fixture(scope="module")
def clients(house: House) -> Iterator[dict[str, TestClient]]:
    with house.client("pr") as pr, house.client("compliance") as compliance, house.client("analyst") as analyst:
        yield {"pr": pr, "compliance": compliance, "analyst": analyst}


def opened(client: TestClient, category: str) -> str:
    body = {"brand": OWN, "category": category, "level": "low", "title": "采访函", "reason": "记者来函"}
    answer = client.post("/api/v1/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="module")
def incident(clients: dict[str, TestClient]) -> str:
    return opened(clients["analyst"], "fee_dispute")


def holding_template(client: TestClient, incident: str) -> str:
    templates = client.get(f"/api/v1/incidents/{incident}").json()["templates"]
    return str(next(one["id"] for one in templates if one["kind"] == "holding"))


def drafted(clients: dict[str, TestClient], incident: str) -> str:
    template = holding_template(clients["pr"], incident)
    answer = clients["pr"].post(f"/api/v1/incidents/{incident}/drafts", json={"template": template})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_an_incident_opened_by_hand_shows_its_reason_and_its_tasks(
    clients: dict[str, TestClient], incident: str
) -> None:
    detail = clients["pr"].get(f"/api/v1/incidents/{incident}").json()
    assert "记者来函" in detail["changes"][0]["reason"]
    assert detail["tasks"]
    listed = clients["pr"].get("/api/v1/incidents", params={"status": "open"}).json()
    assert incident in [row["incident"]["id"] for row in listed]


def test_a_fact_is_confirmed_by_somebody_else(clients: dict[str, TestClient], incident: str) -> None:
    fact = {"key": "fee_item", "value": "会员服务费", "source": {"kind": "department", "ref": "产品"}}
    added = clients["compliance"].post(f"/api/v1/incidents/{incident}/facts", json=fact).json()["id"]
    assert clients["compliance"].post(f"/api/v1/facts/{added}/confirm").status_code == 409
    other = {**fact, "source": {"kind": "document", "ref": "收费公示"}}
    again = clients["pr"].post(f"/api/v1/incidents/{incident}/facts", json=other).json()["id"]
    assert clients["compliance"].post(f"/api/v1/facts/{again}/confirm").status_code == 200


def test_a_draft_is_approved_only_as_it_was_seen_and_proves_itself(
    clients: dict[str, TestClient], incident: str
) -> None:
    pr, compliance = clients["pr"], clients["compliance"]
    draft = drafted(clients, incident)
    assert pr.post(f"/api/v1/drafts/{draft}/submit").status_code == 200
    assert pr.post(f"/api/v1/drafts/{draft}/submit").status_code == 409
    seen = compliance.get(f"/api/v1/drafts/{draft}").json()["row"]
    assert seen["status"] == "submitted"
    assert compliance.post(f"/api/v1/drafts/{draft}/approve", json={"content_hash": "0" * 32}).status_code == 409
    decision = {"content_hash": seen["content_hash"]}
    assert compliance.post(f"/api/v1/drafts/{draft}/approve", json=decision).status_code == 200
    assert pr.get(f"/api/v1/drafts/{draft}").json()["row"]["status"] == "approved"

    file = pr.get(f"/api/v1/drafts/{draft}/file")
    assert file.headers["content-disposition"].startswith("attachment")
    assert pr.post("/api/v1/verify", content=file.content).json()["ok"] is True
    changed = json.loads(file.content)
    changed["text"] = changed["text"].replace("400-000-0000", "400-999-9999")
    changed["spans"] = [{**s, "text": s["text"].replace("400-000-0000", "400-999-9999")} for s in changed["spans"]]
    tampered = pr.post("/api/v1/verify", content=json.dumps(changed).encode()).json()
    assert tampered["ok"] is False
    assert tampered["problems"]


def test_a_return_needs_a_reason(clients: dict[str, TestClient], incident: str) -> None:
    draft = drafted(clients, incident)
    clients["pr"].post(f"/api/v1/drafts/{draft}/submit")
    seen = clients["compliance"].get(f"/api/v1/drafts/{draft}").json()["row"]["content_hash"]
    without = clients["compliance"].post(f"/api/v1/drafts/{draft}/return", json={"content_hash": seen, "reason": " "})
    assert without.status_code == 422
    body = {"content_hash": seen, "reason": "第二段请核对"}
    assert clients["compliance"].post(f"/api/v1/drafts/{draft}/return", json=body).status_code == 200
    approvals = clients["pr"].get(f"/api/v1/drafts/{draft}").json()["approvals"]
    assert approvals[-1]["reason"] == "第二段请核对"


def test_levels_closing_and_reopening_are_written_into_the_timeline(clients: dict[str, TestClient]) -> None:
    analyst = clients["analyst"]
    incident = opened(analyst, "system_outage")
    assert analyst.post(f"/api/v1/incidents/{incident}/level", json={"level": "high", "reason": "影响扩大"}).is_success
    assert analyst.post(f"/api/v1/incidents/{incident}/close", json={"reason": "已经恢复"}).is_success
    assert analyst.post(f"/api/v1/incidents/{incident}/close", json={"reason": "再关一次"}).status_code == 409
    assert analyst.post(f"/api/v1/incidents/{incident}/reopen", json={"reason": "再次中断"}).is_success
    reasons = [change["reason"] for change in analyst.get(f"/api/v1/incidents/{incident}").json()["changes"]]
    assert [reason[-4:] for reason in reasons][-3:] == ["影响扩大", "已经恢复", "再次中断"]


def test_what_does_not_exist_is_not_found(clients: dict[str, TestClient]) -> None:
    pr = clients["pr"]
    for path in ("/incidents/none", "/drafts/none", "/mentions/none", "/knowledge/none", "/incidents/none/evidence"):
        assert pr.get(f"/api/v1{path}").status_code == 404, path


def test_search_gives_reasons_or_says_that_there_is_no_precedent(clients: dict[str, TestClient]) -> None:
    found = clients["analyst"].get("/api/v1/search", params={"q": "用户投诉办理分期时被搭售会员费", "k": 3}).json()
    assert len(found["hits"]) == 3
    assert all(hit["reasons"] for hit in found["hits"])
    assert clients["analyst"].get("/api/v1/search", params={"q": "？！"}).status_code == 422


def test_rules_come_in_words_with_their_tests(clients: dict[str, TestClient]) -> None:
    rules = clients["compliance"].get("/api/v1/rules").json()
    surge = next(rule for rule in rules if rule["id"] == "fee_dispute.surge")
    assert any("最近1小时负面提及达到" in line for line in surge["words"])
    assert surge["failed"] == 0
    assert surge["passed"] > 0


def test_templates_are_offered_fitting_first_and_the_category_speaks_for_itself(clients: dict[str, TestClient]) -> None:
    incident = opened(clients["analyst"], "impersonation")
    offered = clients["pr"].get(f"/api/v1/incidents/{incident}").json()["templates"]
    fits = [one["fits"] for one in offered]
    assert fits == sorted(fits, reverse=True)
    assert offered[0]["kind"] == "statement"
    holding = [one["id"] for one in offered if one["kind"] == "holding"]
    assert [name for name in holding if name.endswith(("weibo", "wechat"))] == [
        "tpl.impersonation.holding_weibo",
        "tpl.impersonation.holding_wechat",
    ]
    assert not any(name.startswith("tpl.holding.") for name in holding)
