"""Detect a log with a swap of releases in children that are killed at random moments; print what was seen.

Run as a script of its own: a forked child must not inherit threads.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from engine.model import Realm
from engine.replay import lines
from engine.signing import Signer
from tests.support.made import START, MadeStream
from tests.support.releases import Firm, changed

OTHER = changed(("value: 10}", "value: 9}"), ("cooldown_minutes: 60", "cooldown_minutes: 20"))


def detect(folder: Path, signer: Signer) -> None:
    """What the child does: small batches until nothing is left."""
    pipeline = Firm(folder, {}, signer).pipeline()
    while pipeline.detect_pending(7):
        pass
    pipeline.close()


def prepare(folder: Path, stream: MadeStream, signer: Signer) -> None:
    """The scored log with a swap in its middle."""
    firm = Firm(folder, stream.scores, signer)
    firm.note(Realm.replay, firm.keep_approved(OTHER))
    pipeline = firm.pipeline()
    later = START + timedelta(hours=26)
    for part in ([one for one in stream.mentions if (one.received_at < later) is before] for before in (True, False)):
        pipeline.ingest(Realm.replay, part)
        while pipeline.score_pending():
            pass
        firm.note(Realm.replay, firm.shelf.bundled.hash)
    pipeline.close()
    firm.database.close()


def in_child(folder: Path, signer: Signer, seconds: float) -> bool:
    """Let a child detect for so long; whether it had to be killed."""
    child = os.fork()
    if child == 0:
        detect(folder, signer)
        os._exit(0)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def result(folder: Path, signer: Signer) -> list[str]:
    """The output lines of a store."""
    with Firm(folder, {}, signer).database.read() as connection:
        return list(lines(connection))


def main(folder: Path, kills: int, seed: int) -> dict[str, object]:
    pick, stream, signer = random.Random(seed), MadeStream(days=1, minutes=150), Signer.generate()
    once, often = folder / "once", folder / "often"
    for place in (once, often):
        place.mkdir()
    prepare(once, stream, signer)
    (often / "firm.db").write_bytes((once / "firm.db").read_bytes())
    begun = time.monotonic()
    in_child(once, signer, 300)
    whole = time.monotonic() - begun
    killed = 0
    while in_child(often, signer, pick.uniform(0.1, 0.3) * whole if killed < kills else 300):
        killed += 1
    reference = result(once, signer)
    return {"killed": killed, "same": result(often, signer) == reference, "lines": len(reference)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
