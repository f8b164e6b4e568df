"""Demonstration mode: logins that are kept, a stream that goes on where it stopped."""

import stat
import threading
from pathlib import Path

import pytest

from api.background import Background
from api.demo import DEMO_USERS, DemoPlayer, demo_logins
from engine.demonstration import bundled_script
from engine.model import SYSTEM, Realm
from engine.views import MentionFilters
from tests.api.support import NOW, House


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which the whole demonstration was played, faster than any clock."""
    house = House(tmp_path_factory.mktemp("demo"), demo=True)
    DemoPlayer(house.desk, house.settings.data_dir, speed=1e12).run(threading.Event())
    return house


def total(house: House) -> int:
    return house.desk.mentions(SYSTEM, Realm.demo, MentionFilters(), size=1).total


def test_there_is_a_login_for_each_role_kept_for_its_owner_only(house: House) -> None:
    text = demo_logins(house.settings, house.installation.users)
    assert text == demo_logins(house.settings, house.installation.users)
    for line, (name, role, department, _) in zip(text.splitlines(), DEMO_USERS, strict=True):
        user, password, _ = line.split("\t")
        actor = house.installation.users.verify(user, password)
        assert actor is not None
        assert (actor.name, actor.role, actor.department) == (name, role, department)
    assert stat.S_IMODE((house.settings.data_dir / "demo-logins.txt").stat().st_mode) == 0o600


def test_the_stream_arrives_in_its_own_realm_and_ends_by_now(played: House) -> None:
    assert total(played) > 500
    assert played.desk.mentions(SYSTEM, Realm.live, MentionFilters(), size=1).total == 0
    newest = played.desk.mentions(SYSTEM, Realm.demo, MentionFilters(), size=1).items[0].mention
    assert (NOW - newest.published_at).days <= bundled_script().crisis_days


def test_a_second_start_goes_on_without_doubling(played: House) -> None:
    before = total(played)
    DemoPlayer(played.desk, played.settings.data_dir, speed=1e12).run(threading.Event())
    assert total(played) == before


def test_stopping_ends_the_player_at_once(house: House) -> None:
    stop = threading.Event()
    stop.set()
    DemoPlayer(house.desk, house.settings.data_dir, speed=1).run(stop)


def test_a_background_job_that_fails_is_shown_and_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_stop: threading.Event) -> None:
        raise RuntimeError

    background = Background([("worker", fail)])
    assert background.state() == "未启动"
    background.start()
    background.stop()
    assert background.state() == "已停止：worker（RuntimeError）"


def test_background_jobs_run_until_stopped(tmp_path: Path) -> None:
    ended = threading.Event()

    def wait(stop: threading.Event) -> None:
        stop.wait()
        ended.set()

    background = Background([("worker", wait)])
    background.start()
    assert background.state() == "运行中"
    background.stop()
    assert ended.is_set()
