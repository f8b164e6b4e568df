"""Precedents over HTTP: found within filters, compared, taken away as files that the audit chain knows of."""

import csv
import io
from collections.abc import Iterator
from urllib.parse import quote

import docx
import pytest
from starlette.testclient import TestClient

from api.web.search_state import state_of
from api.web.texts import marked
from engine import audit
from engine.errors import InputError
from engine.model import Actor, Category, Level, Realm, Role
from engine.precedents.query import PrecedentQuery
from retrieval.results import Highlight
from tests.api.support import OWN, House

ASKED = "用户投诉办理分期时被搭售会员费"
DOUBLE, FOLDED = "inc.fee_dispute.double_debit", "inc.fee_dispute.folded_membership"
ANALYST = Actor(name="analyst", role=Role.analyst)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def analyst(house: House) -> Iterator[TestClient]:
    with house.client("analyst") as client:
        yield client


@pytest.fixture(scope="module")
def incident(house: House) -> str:
    """An incident that was opened by hand, with its tasks."""
    opened = house.desk.open_incident(
        ANALYST, Realm.live, OWN, Category.fraud_illegal, Level.medium, "=HYPERLINK(\"x\")采访函", "记者来函询问"
    )  # fmt: skip
    return opened.id


def test_hits_carry_the_facts_that_decide_and_stay_within_the_filters(analyst: TestClient) -> None:
    asked = {"q": ASKED, "kinds": "incident", "outcomes": ["恶化", "长期影响"], "since": "2022-01-01", "k": 5}
    found = analyst.get("/api/v1/precedents", params=asked).json()["entries"]
    assert found
    for one in found:
        assert one["hit"]["kind"] == "incident"
        assert one["facts"]["outcome_grade"] in ("恶化", "长期影响")
        assert one["facts"]["occurred_on"] >= "2022-01-01"
        assert one["closeness"]


def test_filters_without_words_list_past_incidents_newest_first(analyst: TestClient) -> None:
    found = analyst.get("/api/v1/precedents", params={"categories": "fee_dispute", "levels": "high"}).json()["entries"]
    days = [one["facts"]["occurred_on"] for one in found]
    assert days
    assert days == sorted(days, reverse=True)
    assert {(one["hit"]["category"], one["hit"]["level"]) for one in found} == {("fee_dispute", "high")}


@pytest.mark.parametrize(
    "wrong",
    [{"levels": "worst"}, {"since": "gestern"}, {"bogus": "1"}, {"platforms": ""}, {"q": "长" * 2001}, {"k": 51}],
)
def test_a_wrong_filter_is_refused_in_chinese(analyst: TestClient, wrong: dict[str, object]) -> None:
    answer = analyst.get("/api/v1/precedents", params={"q": ASKED, **wrong})
    assert answer.status_code == 422
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.json()["error"]["message"])


def test_the_overview_counts_what_can_be_found(analyst: TestClient) -> None:
    told = analyst.get("/api/v1/precedents/overview").json()
    assert told["incidents"] == sum(count for _, count in told["by_category"])
    assert {one["facts"]["outcome_grade"] for one in told["worst"]} <= {"恶化", "长期影响"}


def test_an_incident_is_compared_with_a_past_one_and_mentions_stay_counts(analyst: TestClient, incident: str) -> None:
    told = analyst.get("/api/v1/compare", params={"incident": incident, "with": DOUBLE}).json()
    assert told["ours"]["id"] == incident
    assert told["by_now"]["open_tasks"]
    assert {mark["who"] for mark in told["ours"]["marks"] if mark["kind"] == "level"} == {"分析师"}
    assert told["theirs"]["curve"]


def test_a_past_incident_has_nearest_ones_and_is_not_its_own(house: House) -> None:
    nearest = house.desk.precedents_for(ANALYST, DOUBLE)
    assert nearest.entries
    assert DOUBLE not in {one.hit.id for one in nearest.entries}
    assert all(one.facts for one in nearest.entries)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"incident": "inc-nowhere", "with": DOUBLE}, 404),
        ({"incident": DOUBLE, "with": "inc.fee_dispute.nothing"}, 404),
        ({"incident": DOUBLE, "with": DOUBLE}, 422),
        ({"incident": DOUBLE, "with": "pb.fee_dispute"}, 404),
        ({"incident": DOUBLE}, 422),
    ],
)
def test_what_cannot_be_compared_is_said(analyst: TestClient, asked: dict[str, str], status: int) -> None:
    assert analyst.get("/api/v1/compare", params=asked).status_code == status


def test_findings_are_taken_away_as_a_spreadsheet(analyst: TestClient) -> None:
    answer = analyst.get("/api/v1/precedents/file", params={"q": ASKED, "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"filename*=UTF-8''{quote('案例检索.csv')}" in answer.headers["content-disposition"]
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert rows
    assert {row[head.index("检索内容")] for row in rows} == {ASKED}


def test_a_comparison_is_taken_away_as_a_word_report(analyst: TestClient, incident: str) -> None:
    asked = {"incident": incident, "with": FOLDED, "format": "docx"}
    answer = analyst.get("/api/v1/compare/file", params=asked)
    assert answer.headers["content-type"] == DOCX
    document = docx.Document(io.BytesIO(answer.content))
    told = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "分析师" in told
    assert ANALYST.name not in told


def test_a_title_that_looks_like_a_formula_is_text_in_the_spreadsheet(analyst: TestClient, incident: str) -> None:
    answer = analyst.get("/api/v1/compare/file", params={"incident": incident, "with": DOUBLE, "format": "csv"})
    rows = [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))]
    assert rows[1][6].startswith("'=HYPERLINK")


def test_who_took_a_file_is_in_the_audit_chain_but_not_what_was_searched(house: House, incident: str) -> None:
    with house.client("pr") as client:
        client.get("/api/v1/precedents/file", params={"q": ASKED, "format": "csv"})
        client.get("/api/v1/compare/file", params={"incident": incident, "with": DOUBLE, "format": "csv"})
    with house.desk.database.read() as connection:
        newest, before = audit.entries(connection, newest=2)
    assert (newest.actor.name, newest.action, newest.subject) == ("pr", "comparison.export", incident)
    assert newest.detail == f"{DOUBLE} csv"
    assert (before.action, before.detail) == ("precedent.export", "csv")
    assert ASKED not in before.model_dump_json()


def test_a_department_may_compare_but_takes_no_file(house: House) -> None:
    with house.client("department") as client:
        assert client.get("/api/v1/compare", params={"incident": DOUBLE, "with": FOLDED}).status_code == 200
        asked = {"incident": DOUBLE, "with": FOLDED, "format": "csv"}
        assert client.get("/api/v1/compare/file", params=asked).status_code == 403


def test_the_address_of_the_search_page_carries_query_filters_and_marks() -> None:
    query = PrecedentQuery.model_validate({"q": "多收 会员费", "levels": ("high", "low"), "platforms": ("微博",)})
    state = state_of(query.address([("mark", DOUBLE), ("mark", FOLDED), ("for", "inc-1")]))
    assert state.query == query
    assert (state.marks, state.incident) == ((DOUBLE, FOLDED), "inc-1")
    assert state_of("category=fee_dispute").query.categories == ("fee_dispute",)
    assert state_of("utm=1&q=").query == PrecedentQuery()


def test_a_hostile_address_is_cut_or_refused_and_never_fails_otherwise() -> None:
    assert len(state_of("q=" + "长" * 100_000).query.q) == 2000
    assert state_of("&".join(f"mark=m{number}" for number in range(5000))).marks == ("m198", "m199")
    with pytest.raises(InputError, match="等级、时间（自）"):
        state_of("levels=worst&since=x")


def test_the_words_of_the_query_are_marked_and_what_looks_like_html_is_words() -> None:
    part = Highlight(label="概述", text="<b>多收</b>会员费", spans=((3, 5), (9, 12)))
    assert marked(part) == "&lt;b&gt;<mark>多收</mark>&lt;/b&gt;<mark>会员费</mark>"


def test_a_long_part_is_cut_around_its_first_marked_word() -> None:
    part = Highlight(label="概述", text="前" * 300 + "会员费" + "后" * 300, spans=((300, 303),))
    told = str(marked(part, 40))
    assert told == "…" + "前" * 10 + "<mark>会员费</mark>" + "后" * 27 + "…"
