"""Learning over HTTP and in the words of pages."""

import pytest

from api.web.render import render
from engine.knowledge_base.revisions import RevisionState
from engine.learning.views import LearningState
from engine.model import Category, Level, Realm
from tests.api.support import OWN, House


def test_a_closed_incident_is_learned_from_once_it_is_closed(house: House) -> None:
    with house.client("pr") as pr, house.client("department") as department:
        actor = house.installation.users.get("pr")
        assert actor is not None
        category = Category.corporate_governance
        incident = house.desk.open_incident(actor, Realm.live, OWN, category, Level.low, "来函", "记者询问").id
        place = f"/api/v1/incidents/{incident}"
        assert "还没有关闭" in department.get(f"{place}/learning").json()["why_not"]
        assert pr.post(f"{place}/learn").status_code == 409
        pr.post(f"{place}/close", json={"reason": "已答复"})
        assert department.get(f"{place}/learning").json()["can_learn"]
        assert department.post(f"{place}/learn").status_code == 403
        made = pr.post(f"{place}/learn")
        assert (made.status_code, made.json()["state"], made.json()["incident"]) == (201, "draft", incident)
        told = department.get(f"{place}/learning").json()
        assert (told["entry"], told["can_learn"]) == (made.json()["entry"], False)
        assert department.get(f"/api/v1/knowledge/{told['entry']}").status_code == 404, "nobody has reviewed it"
        assert pr.get(f"{place}/outcomes").json()["lines"][0].startswith("同类 ")


def test_outcomes_and_stale_entries_answer_with_words_and_figures(house: House) -> None:
    with house.client("department") as department:
        found = department.get("/api/v1/knowledge/outcomes", params={"category": "fee_dispute", "level": "high"}).json()
        assert {one["level"] for one in [found]} == {"high"}
        assert all(0 <= one["low"] <= one["estimate"] <= one["high"] <= 1 for one in found["strategies"])
        assert "belief" not in found["strategies"][0]
        flags = department.get("/api/v1/knowledge/stale", params={"on": "2035-01-01"}).json()
        assert {"entry", "reason", "advice", "owner", "since", "kind"} <= set(flags[0])
        assert department.get("/api/v1/knowledge/stale", params={"on": "明天"}).status_code == 422


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (None, "还没有整理"),
        (RevisionState.draft, "还有 3 处【待补充】"),
        (RevisionState.proposed, "等另一位分析师或合规复核"),
        (RevisionState.refused, "复核没有通过"),
        (RevisionState.in_force, "检索、相似案例和对照里已能看到"),
    ],
)
def test_the_panel_says_how_far_an_incident_has_come(state: RevisionState | None, told: str) -> None:
    shown = LearningState(
        incident="inc-1", entry="inc.fee_dispute.own_1", can_learn=state is None, state=state, revision=1, to_complete=3
    )
    page = render("learning", state=shown, may_edit=True)
    assert told in page
    assert ("inc.fee_dispute.own_1" in page) is (state is not None)
