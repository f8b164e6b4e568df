"""kill -9 anywhere: the vector index is what was saved last, or what was being saved."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 100


def test_a_hundred_kills_at_random_moments_leave_a_usable_index(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill_index", str(tmp_path), str(KILLS), "5"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["killed"] == KILLS
    assert seen["states"] > 10, "nothing was saved between the kills"
    assert seen["leftovers"] > 10, "no kill met a save or merge"
    assert seen["with_base"] > 10, "no merge was ever committed"
