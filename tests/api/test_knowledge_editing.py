"""Editing the knowledge base over HTTP."""

from engine.drafting.document import content_hash
from tests.api.support import House
from tests.support.knowledge import TEXT

PLACE = "/api/v1/knowledge"


def test_an_incident_is_imported_reviewed_and_found_by_search_once_it_is_built(house: House) -> None:
    entry = "inc.fee_dispute.api_points_fee"
    text = TEXT.replace("points_fee", "api_points_fee").replace("积分", "里程")
    with house.client("pr") as pr, house.client("analyst") as analyst, house.client("department") as department:
        refused = pr.post(f"{PLACE}/import", json={"files": {"a.yaml": text + "x: 1\n"}, "reason": "复盘"})
        assert refused.status_code == 422
        assert refused.json()["error"]["faults"][0].startswith("a.yaml:")
        (kept,) = pr.post(f"{PLACE}/import", json={"files": {"a.yaml": text}, "reason": "复盘"}).json()
        assert (kept["entry"], kept["state"]) == (entry, "draft")
        place = f"{PLACE}/{entry}"
        work = pr.get(f"{place}/work").json()
        assert work["parent"] == content_hash(text)
        newer = text.replace("一名快递员", "一名跑腿骑手").replace("“权益卡”", "“里程尊享卡”")
        body = {"text": newer, "parent": work["parent"], "reason": "改称呼"}
        assert pr.post(f"{place}/revisions", json=body).json()["number"] == 2
        assert pr.post(f"{place}/revisions", json={**body, "text": text + "#\n"}).status_code == 409
        assert pr.post(f"{place}/revisions/2/submit", json={}).json()["state"] == "proposed"
        assert pr.post(f"{place}/revisions/2/review", json={"accept": True}).status_code == 403
        assert department.get(place).status_code == 404
        assert analyst.post(f"{place}/revisions/2/review", json={"accept": True}).json()["state"] == "in_force"
        assert department.get(place).json()["source"] == "own"
        house.installation.searcher.warm_up()
        hits = analyst.get("/api/v1/search", params={"q": "里程尊享卡默认勾选，跑腿骑手查账单", "k": 3}).json()["hits"]
        assert hits[0]["id"] == entry
        listed = {row["entry"]: row for row in pr.get(PLACE).json()}
        assert (listed[entry]["is_in_force"], listed[entry]["own"]) == (True, True)
        assert analyst.post(f"{place}/withdraw", json={"reason": "测试完毕"}).json()["state"] == "withdrawn"
        house.installation.searcher.warm_up()
        again = analyst.get("/api/v1/search", params={"q": "里程尊享卡默认勾选，跑腿骑手查账单", "k": 3}).json()["hits"]
        assert entry not in {hit["id"] for hit in again}


def test_faults_come_with_their_line_and_odd_ids_are_not_found(house: House) -> None:
    entry = "tpl.fee_dispute.weibo"
    with house.client("pr") as pr:
        work = pr.get(f"{PLACE}/{entry}/work").json()
        line = next(n for n, one in enumerate(work["text"].splitlines(), 1) if one.startswith("max_chars"))
        text = work["text"].replace("max_chars: ", "max_chars: 1")
        faults = pr.post(
            f"{PLACE}/{entry}/check", json={"text": text.replace("channel: weibo", "channel: weebo")}
        ).json()
        assert faults
        bad = pr.post(
            f"{PLACE}/{entry}/check", json={"text": work["text"].replace("max_chars: ", "max_chars: 9999999")}
        )
        assert [one["line"] for one in bad.json()] == [line]
        assert pr.post(f"{PLACE}/{entry}/check", json={"text": work["text"]}).json() == []
        assert pr.get(f"{PLACE}/{entry}/revisions/{'9' * 30}").status_code == 422
        for odd in ("inc.fee_dispute.../../x", "tpl.x", "rules", "inc.Fee.x", "%00", "知识"):
            assert pr.get(f"{PLACE}/{odd}/work").status_code == 404
