"""Questions to departments through the interface."""

import pytest

from tests.api.support import OWN, House


@pytest.fixture(scope="module")
def asked(house: House) -> dict[str, object]:
    body = {"brand": OWN, "category": "fund_safety", "level": "high", "title": "采访函", "reason": "记者来函"}
    with house.client("pr") as pr:
        incident = pr.post("/api/v1/incidents", json=body).json()["id"]
        answer = pr.post(f"/api/v1/incidents/{incident}/questions", json={"key": "complaint"})
    assert answer.status_code == 200, answer.text
    (task,) = answer.json()
    assert isinstance(task, dict)
    return task


def test_a_question_is_answered_by_its_department_and_the_register_tells_who_confirmed(
    house: House, asked: dict[str, object]
) -> None:
    assert asked["department"] == "客服"
    given = {"kind": "value", "value": "还款被重复扣款", "document": "对账单 0302"}
    with house.client("compliance") as compliance, house.client("department") as service:
        assert compliance.post(f"/api/v1/tasks/{asked['id']}/answer", json=given).status_code == 409
        assert service.post(f"/api/v1/tasks/{asked['id']}/answer", json={"kind": "value"}).status_code == 422
        assert service.post(f"/api/v1/tasks/{asked['id']}/complete", json={}).status_code == 409
        done = service.post(f"/api/v1/tasks/{asked['id']}/answer", json=given)
        assert done.status_code == 200, done.text
        assert done.json()["question"]["answer"]["kind"] == "value"
        (entry,) = service.get(f"/api/v1/incidents/{asked['incident']}/register").json()
    assert (entry["standing"], entry["versions"][0]["value"]) == ("confirmed", "还款被重复扣款")
    assert (entry["versions"][0]["confirmed_by"], entry["versions"][0]["proposed_by"]) == ("department", "pr")


def test_a_draft_tells_what_it_waits_for_and_asks_for_all_of_it_once(house: House, asked: dict[str, object]) -> None:
    with house.client("pr") as pr:
        template = {"template": "tpl.fund_safety.weibo"}
        draft = pr.post(f"/api/v1/incidents/{asked['incident']}/drafts", json=template).json()["id"]
        open_ = pr.get(f"/api/v1/drafts/{draft}/questions").json()
        new = pr.post(f"/api/v1/drafts/{draft}/questions").json()
        assert {task["question"]["key"] for task in new} == {one["key"] for one in open_} != set()
        assert pr.post(f"/api/v1/drafts/{draft}/questions").json() == []
        told = pr.get(f"/api/v1/drafts/{draft}/questions").json()
    assert {one["department"] for one in told} == {one["task"]["department"] for one in told}
