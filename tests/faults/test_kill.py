"""kill -9 anywhere: the same result, nothing lost, nothing doubled."""

import json
import subprocess
import sys
from pathlib import Path

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
