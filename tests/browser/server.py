"""The server that browser tests look at: the real application without models, with a crisis already there.

    python -m tests.browser.server FOLDER

Prints `ADDRESS <url>` and a token line for each role, then serves until it is ended.
"""

import socket
import sys
from datetime import timedelta
from pathlib import Path

import uvicorn

from api.app import create_app
from api.clock import wall_clock
from api.installation import Installation, open_installation
from api.logs import configure
from api.settings import Settings
from engine.intake import Accepted, read_objects
from engine.model import SYSTEM, Realm
from engine.scoring.brands import load_registry
from engine.worker import Worker
from retrieval.hashing_embedder import HashingEmbedder
from tests.api.support import OWN, PASSWORD, USERS, WordScorer
from tests.support.made import text_of

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}} 会员费'


def main(folder: Path) -> None:
    """Serve until ended."""
    configure()
    settings = Settings.model_validate({"data_dir": folder, "llm": "off"})
    opened = open_installation(
        settings, clock=wall_clock, embedder=HashingEmbedder(), scorer=WordScorer(load_registry())
    )
    fill(opened)
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings, installation=opened, jobs=[("worker", Worker(opened.desk.pipeline, wall_clock).run)])
    say(f"ADDRESS http://127.0.0.1:{listener.getsockname()[1]}")
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listener])


def fill(opened: Installation) -> None:
    """Users, and half an hour of complaints by many people."""
    for name, (role, department) in USERS.items():
        opened.users.add(name, role, PASSWORD, department)
        say(f"TOKEN {name} {opened.users.token_for(name)}")
    now = wall_clock()
    records = [
        {
            "id": f"crisis-{number}",
            "text": f"办理安心分期时被收取会员费99元，没有提示，{text_of(str(number))}",
            "brand": OWN,
            "platform": "微博",
            "author": {"name": f"用户{number}", "followers": 200 + number},
            "published_at": (now - timedelta(minutes=35) + timedelta(seconds=40 * number)).isoformat(),
        }
        for number in range(45)
    ]
    hostile = {**records[-1], "id": "hostile", "text": HOSTILE, "author": {"name": "<b>name</b>"}}
    outcomes = read_objects([*records, hostile], source="测试", clock=wall_clock)
    opened.desk.ingest(SYSTEM, Realm.live, [one.mention for one in outcomes if isinstance(one, Accepted)])
    opened.desk.pipeline.drain()


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - how a parent process learns the address


if __name__ == "__main__":
    main(Path(sys.argv[1]))
