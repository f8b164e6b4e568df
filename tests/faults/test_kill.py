"""kill -9 anywhere: the same result, nothing lost, nothing doubled."""

import json
import random
import subprocess
import sys
from pathlib import Path

from engine.model import Realm
from engine.store.database import Database
from engine.store.mentions import load_mention

REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 50


def test_fifty_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill_replay", str(tmp_path), str(KILLS), "7"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["killed"] == KILLS
    assert all(seen["same"]), seen
    assert seen["lines"] > 10


def test_kills_around_a_swap_of_releases_change_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill_swap", str(tmp_path), "6", "3"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["same"], seen
    assert seen["killed"] >= 3
    assert seen["lines"] > 5


def test_what_was_acknowledged_is_there_after_the_process_was_killed(tmp_path: Path) -> None:
    pick, acknowledged = random.Random(11), list[str]()
    for round_number in range(3):
        command = [sys.executable, "-m", "tests.faults.acknowledge", str(tmp_path), str(round_number * 10_000)]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged += [process.stdout.readline().strip() for _ in range(pick.randint(1, 40))]
            process.kill()
            acknowledged += process.stdout.read().split()
    database = Database.at(tmp_path / "crisisdesk.db")
    with database.read() as connection:
        assert all(load_mention(connection, Realm.live, one)[0].id == one for one in acknowledged)
    assert len(acknowledged) > 5
