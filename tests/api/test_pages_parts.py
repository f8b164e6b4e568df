"""Parts of pages that need no browser: words for the audit page, messages put together, an unknown address."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import engine
from api.web.audit import ACTION_TITLES
from api.web.incident_facts import asked_key
from api.web.messages import NEWEST, messages
from engine.model import ChangeKind, CommandKind, Notification
from tests.api.support import NOW, House

_RECORDED = re.compile(r"""(?:audit\.record|_audit)\([^"]*?"([a-z]+\.[a-z]+)\"""")


def test_every_recorded_action_has_chinese_words() -> None:
    sources = [*Path(engine.__file__ or "").parent.rglob("*.py"), *Path("api").rglob("*.py")]
    written = {action for path in sources for action in _RECORDED.findall(path.read_text(encoding="utf-8"))}
    assert {"draft.submit", "fact.add", "release.activate", "mention.unscored"} <= written
    kinds = {f"incident.{kind}" for kind in ChangeKind} | {f"command.{kind}" for kind in CommandKind}
    assert written | kinds | {"draft.approved", "draft.returned"} <= ACTION_TITLES.keys()


def told(number: int, to: str) -> Notification:
    return Notification(
        id=f"{number}:{to}", incident=f"inc-{number}", at=NOW - timedelta(minutes=number), to=to, title="升级",
        body=f"原因{number}\n任务一",
    )  # fmt: skip


def test_messages_put_the_departments_of_one_change_on_one_line_and_show_the_newest_few() -> None:
    found = messages([told(number, to) for number in range(9) for to in ("公关", "合规")])
    assert len(found) == NEWEST
    assert found[0].told == ("公关", "合规")
    assert found[0].reason == "原因0"


def test_an_unknown_address_gives_a_chinese_page_outside_the_interface(house: House) -> None:
    with house.client("pr") as client:
        answer = client.get("/nowhere")
        assert answer.status_code == 404
        assert "没有这个地址" in answer.text
        assert 'href="/"' in answer.text
        assert client.get("/api/v1/nothing").headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", [None, "", "<script>", "hotline", "complaint ", "x" * 100_000])
def test_a_link_that_names_no_fact_that_people_register_marks_none(name: str | None) -> None:
    assert asked_key(name) is None
    assert asked_key("complaint") == "complaint"
