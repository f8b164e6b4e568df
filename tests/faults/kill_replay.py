"""Replay a stream in children that are killed at random moments, until KILLS were killed; print what was seen.

Run as a script of its own: a forked child must not inherit threads.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from engine.replay import feed, lines
from tests.support.made import MadeStream, made_pipeline


def run(folder: Path, stream: MadeStream, name: str) -> None:
    pipeline = made_pipeline(folder, stream.scores, name)
    feed(pipeline, stream.mentions, source="test", batches=lambda: 15)
    pipeline.close()


def result(folder: Path, stream: MadeStream, name: str) -> list[str]:
    pipeline = made_pipeline(folder, stream.scores, name)
    with pipeline.database.read() as connection:
        found = list(lines(connection))
    pipeline.close()
    return found


def killed_once(folder: Path, stream: MadeStream, name: str, after_seconds: float) -> bool:
    """Run a child for so long; whether it had to be killed (False: it came to the end)."""
    child = os.fork()
    if child == 0:
        run(folder, stream, name)
        os._exit(0)
    deadline = time.monotonic() + after_seconds
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def main(folder: Path, kills: int, seed: int) -> dict[str, object]:
    pick, stream = random.Random(seed), MadeStream()
    made_pipeline(folder, stream.scores, "warm.db").close()  # files are parsed once, before the children
    killed, finished = 0, []
    while killed < kills:
        name = f"run{len(finished)}.db"
        while killed < kills and killed_once(folder, stream, name, pick.uniform(0.02, 0.4)):
            killed += 1
        finished.append(name)
    unfinished = finished[-1]
    child = os.fork()
    if child == 0:
        run(folder, stream, unfinished)
        run(folder, stream, "reference.db")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    reference = result(folder, stream, "reference.db")
    same = [result(folder, stream, name) == reference for name in finished]
    return {"killed": killed, "runs": len(finished), "same": same, "lines": len(reference)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
