"""Logging in: sessions, guessing, other sites."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.sessions import COOKIE, LoginBrake, Sessions
from tests.api.support import PASSWORD, Clock, House


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with house.client() as client:
        yield client


def log_in(client: TestClient, name: str = "pr", password: str = PASSWORD, **fields: str) -> object:
    return client.post("/login", data={"name": name, "password": password, **fields}, follow_redirects=False)


def test_the_right_password_gives_a_session_that_scripts_cannot_read(client: TestClient) -> None:
    answer = log_in(client)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/api/v1/me").json() == {"name": "pr", "role": "pr", "department": None}


def test_a_wrong_password_says_so_and_keeps_the_name(client: TestClient) -> None:
    answer = log_in(client, password="guess")
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert 'value="pr"' in answer.text
    assert COOKIE not in client.cookies


def test_logging_out_ends_the_session(client: TestClient) -> None:
    log_in(client)
    client.post("/logout", follow_redirects=False)
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_never_leads_to_another_site(client: TestClient, target: str) -> None:
    assert log_in(client, next=target).headers["location"] == "/"


def test_login_leads_on_to_the_page_that_was_wanted(client: TestClient) -> None:
    assert log_in(client, next="/incidents?status=open").headers["location"] == "/incidents?status=open"


def test_what_was_typed_into_the_form_comes_back_escaped(client: TestClient) -> None:
    answer = log_in(client, name='"><script>alert(1)</script>', password="x")
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
def test_a_request_that_another_site_caused_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    log_in(client)
    answer = client.post("/api/v1/incidents", json={}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["kind"] == "CrossSiteError"


def test_the_own_site_and_a_token_pass(client: TestClient, house: House) -> None:
    log_in(client)
    own = client.post("/api/v1/incidents", json={}, headers={"Origin": "http://testserver"})
    with house.client("pr") as script:
        token = script.post("/api/v1/incidents", json={}, headers={"Origin": "https://elsewhere.example"})
    assert (own.status_code, token.status_code) == (422, 422)


def test_guessing_is_slowed_down_and_then_allowed_again(tmp_path: Path) -> None:
    clock = Clock()
    house = House(tmp_path, clock=clock)
    with house.client() as client:
        for _ in range(5):
            assert log_in(client, password="guess").status_code == 401
        braked = log_in(client)
        assert braked.status_code == 429
        assert int(braked.headers["retry-after"]) > 0
        assert "登录尝试次数过多" in braked.text
        clock.pass_minutes(6)
        assert log_in(client).status_code == 303
    house.close()


def test_the_brake_counts_addresses_too_and_stays_small() -> None:
    clock = Clock()
    brake = LoginBrake(clock)
    for number in range(30):
        brake.failed(f"user{number}", "10.0.0.1")
    assert brake.wait_s("someone", "10.0.0.1") > 0
    assert brake.wait_s("someone", "10.0.0.2") == 0
    for number in range(11_000):
        brake.failed(f"flood{number}", f"10.1.{number // 250}.{number % 250}")
    assert len(brake._failures) <= 10_000


def test_a_session_expires_and_cannot_be_forged() -> None:
    clock = Clock()
    sessions = Sessions(b"k" * 32, clock, hours=12)
    cookie = sessions.issue("张三")
    assert sessions.read(cookie) == "张三"
    assert sessions.read(cookie[:-1] + ("A" if cookie[-1] != "A" else "B")) is None
    assert Sessions(b"x" * 32, clock, hours=12).read(cookie) is None
    assert sessions.read("") is None
    assert sessions.read("乱码") is None
    clock.pass_minutes(12 * 60 + 1)
    assert sessions.read(cookie) is None
