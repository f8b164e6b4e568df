"""Every route × every role: only what the permission table says, and nothing without a login."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from engine.model import ROLE_TITLES, Role
from engine.permissions import Permission, allowed
from tests.api.support import USERS, House

OPEN = {("GET", "/login"), ("POST", "/login"), ("POST", "/logout"), ("GET", "/healthz")}
ANYBODY = {("GET", "/api/v1/me")}
NEEDS = {
    ("POST", "/api/v1/mentions"): Permission.ingest,
    ("GET", "/api/v1/mentions"): Permission.read,
    ("GET", "/api/v1/mentions/{mention_id}"): Permission.read,
    ("GET", "/api/v1/overview"): Permission.read,
    ("GET", "/api/v1/incidents"): Permission.read,
    ("POST", "/api/v1/incidents"): Permission.open_incident,
    ("GET", "/api/v1/incidents/{incident_id}"): Permission.read,
    ("GET", "/api/v1/incidents/{incident_id}/evidence"): Permission.read,
    ("POST", "/api/v1/incidents/{incident_id}/level"): Permission.set_level,
    ("POST", "/api/v1/incidents/{incident_id}/close"): Permission.close,
    ("POST", "/api/v1/incidents/{incident_id}/reopen"): Permission.reopen,
    ("POST", "/api/v1/incidents/{incident_id}/merge"): Permission.merge,
    ("POST", "/api/v1/incidents/{incident_id}/false-alarm"): Permission.false_alarm,
    ("POST", "/api/v1/incidents/{incident_id}/facts/propose"): Permission.propose_facts,
    ("POST", "/api/v1/incidents/{incident_id}/facts"): Permission.add_fact,
    ("POST", "/api/v1/facts/{fact_id}/confirm"): Permission.confirm_fact,
    ("POST", "/api/v1/facts/{fact_id}/dispute"): Permission.dispute_fact,
    ("GET", "/api/v1/incidents/{incident_id}/register"): Permission.read,
    ("POST", "/api/v1/incidents/{incident_id}/questions"): Permission.ask,
    ("GET", "/api/v1/drafts/{draft_id}/questions"): Permission.read,
    ("POST", "/api/v1/drafts/{draft_id}/questions"): Permission.ask,
    ("POST", "/api/v1/tasks/{task_id}/answer"): Permission.answer,
    ("GET", "/api/v1/tasks"): Permission.read,
    ("POST", "/api/v1/tasks/{task_id}/complete"): Permission.complete_task,
    ("POST", "/api/v1/incidents/{incident_id}/drafts"): Permission.draft,
    ("GET", "/api/v1/drafts"): Permission.read,
    ("GET", "/api/v1/drafts/{draft_id}"): Permission.read,
    ("GET", "/api/v1/drafts/{draft_id}/file"): Permission.read,
    ("POST", "/api/v1/drafts/{draft_id}/spans"): Permission.draft,
    ("POST", "/api/v1/drafts/{draft_id}/submit"): Permission.submit,
    ("POST", "/api/v1/drafts/{draft_id}/approve"): Permission.approve,
    ("POST", "/api/v1/drafts/{draft_id}/return"): Permission.return_,
    ("POST", "/api/v1/drafts/{draft_id}/redraft"): Permission.draft,
    ("POST", "/api/v1/drafts/{draft_id}/publications"): Permission.publish,
    ("GET", "/api/v1/drafts/{draft_id}/publications"): Permission.read,
    ("GET", "/api/v1/drafts/{draft_id}/standing"): Permission.read,
    ("GET", "/api/v1/drafts/{draft_id}/export"): Permission.export,
    ("GET", "/api/v1/drafts/{draft_id}/post"): Permission.export,
    ("GET", "/api/v1/incidents/{incident_id}/publications"): Permission.read,
    ("GET", "/api/v1/incidents/{incident_id}/statements"): Permission.read,
    ("POST", "/api/v1/incidents/{incident_id}/statements"): Permission.draft,
    ("GET", "/api/v1/publications/{publication_id}/effect"): Permission.read,
    ("POST", "/api/v1/publications/{publication_id}/corrections"): Permission.publish,
    ("POST", "/api/v1/verify"): Permission.read,
    ("GET", "/api/v1/rules"): Permission.read,
    ("GET", "/api/v1/releases"): Permission.read,
    ("POST", "/api/v1/releases"): Permission.propose_release,
    ("POST", "/api/v1/releases/preview"): Permission.propose_release,
    ("POST", "/api/v1/releases/rollback"): Permission.activate_release,
    ("GET", "/api/v1/releases/{release}"): Permission.read,
    ("GET", "/api/v1/releases/{release}/diff"): Permission.read,
    ("GET", "/api/v1/releases/{release}/file"): Permission.read,
    ("POST", "/api/v1/releases/{release}/approve"): Permission.approve_release,
    ("POST", "/api/v1/releases/{release}/reject"): Permission.approve_release,
    ("POST", "/api/v1/releases/{release}/withdraw"): Permission.propose_release,
    ("POST", "/api/v1/releases/{release}/activate"): Permission.activate_release,
    ("GET", "/api/v1/search"): Permission.search,
    ("GET", "/api/v1/precedents"): Permission.search,
    ("POST", "/api/v1/precheck"): Permission.precheck,
    ("POST", "/api/v1/precheck/file"): Permission.precheck,
    ("GET", "/api/v1/precedents/overview"): Permission.search,
    ("GET", "/api/v1/precedents/file"): Permission.export,
    ("GET", "/api/v1/compare"): Permission.search,
    ("GET", "/api/v1/compare/file"): Permission.export,
    ("GET", "/api/v1/knowledge/{entry_id}"): Permission.read,
    ("GET", "/api/v1/knowledge"): Permission.read,
    ("GET", "/api/v1/knowledge/{entry_id}/history"): Permission.read,
    ("POST", "/api/v1/knowledge/{entry_id}/check"): Permission.read,
    ("GET", "/api/v1/knowledge/{entry_id}/work"): Permission.edit_knowledge,
    ("POST", "/api/v1/knowledge/{entry_id}/revisions"): Permission.edit_knowledge,
    ("GET", "/api/v1/knowledge/{entry_id}/revisions/{revision}"): Permission.edit_knowledge,
    ("POST", "/api/v1/knowledge/{entry_id}/revisions/{revision}/submit"): Permission.edit_knowledge,
    ("POST", "/api/v1/knowledge/{entry_id}/revisions/{revision}/recall"): Permission.edit_knowledge,
    ("POST", "/api/v1/knowledge/{entry_id}/revisions/{revision}/review"): Permission.review_knowledge,
    ("POST", "/api/v1/knowledge/{entry_id}/withdraw"): Permission.review_knowledge,
    ("POST", "/api/v1/knowledge/propose"): Permission.edit_knowledge,
    ("POST", "/api/v1/knowledge/import"): Permission.edit_knowledge,
    ("GET", "/api/v1/knowledge/stale"): Permission.read,
    ("GET", "/api/v1/knowledge/outcomes"): Permission.read,
    ("GET", "/api/v1/incidents/{incident_id}/outcomes"): Permission.read,
    ("GET", "/api/v1/incidents/{incident_id}/learning"): Permission.read,
    ("POST", "/api/v1/incidents/{incident_id}/learn"): Permission.edit_knowledge,
}


def routes(house: House) -> Iterator[tuple[str, str]]:
    for path, operations in house.app.openapi()["paths"].items():
        yield from ((method.upper(), path) for method in operations)
    for route in house.app.routes:
        if isinstance(route, APIRoute) and not route.include_in_schema:
            yield from ((method, route.path) for method in route.methods)


def test_every_route_has_its_permission_in_this_table(house: House) -> None:
    assert set(routes(house)) - OPEN - ANYBODY == set(NEEDS)


@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_without_a_login_nothing_answers(house: House, method: str, path: str) -> None:
    with house.client() as client:
        answer = client.request(method, path.replace("{", "").replace("}", ""))
    assert answer.status_code == 401
    assert answer.json()["error"]["kind"] == "NotLoggedInError"


@pytest.mark.parametrize("user", sorted(USERS))
def test_a_role_gets_through_exactly_where_the_table_allows(house: House, user: str) -> None:
    role, _ = USERS[user]
    with house.client(user) as client:
        for (method, path), permission in sorted(NEEDS.items()):
            answer = client.request(method, path.replace("{", "").replace("}", ""))
            refused = answer.status_code == 403
            assert refused is not allowed(role, permission), f"{method} {path} {user}: {answer.status_code}"
            assert answer.status_code not in (401, 500), f"{method} {path} {user}"
            if refused:
                assert ROLE_TITLES[role] in answer.json()["error"]["message"]


def test_a_wrong_token_is_refused_even_beside_a_good_session(house: House) -> None:
    with house.client() as client:
        client.post("/login", data={"name": "pr", "password": "correct horse battery"})
        assert client.get("/api/v1/me").status_code == 200
        assert client.get("/api/v1/me", headers={"Authorization": "Bearer guessed"}).status_code == 401


def test_a_removed_user_is_out_at_once(house: House) -> None:
    house.installation.users.add("leaver", Role.analyst, "a long password", None)
    with house.client() as client:
        client.post("/login", data={"name": "leaver", "password": "a long password"})
        assert client.get("/api/v1/me").json()["name"] == "leaver"
        house.installation.users.remove("leaver")
        assert client.get("/api/v1/me").status_code == 401
