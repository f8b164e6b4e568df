"""Demonstration mode: a login for each role, and a player that posts the stream through the desk."""

import secrets
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from api.settings import Settings, private_file
from engine.commands import Desk
from engine.demonstration import SOURCE, bundled_script, demonstration_stream, is_history, paced
from engine.intake import Accepted, read_objects
from engine.model import SYSTEM, Realm, Role
from engine.store.users import Users
from engine.views import MentionFilters
from knowledge.schema import Department

LOGINS_FILE: Final = "demo-logins.txt"
START_FILE: Final = "demo-start.txt"
_HISTORY_BATCH: Final = 200
DEMO_USERS: Final = (
    ("gongguan", Role.pr, None, "公关"),
    ("hegui", Role.compliance, None, "合规"),
    ("fuhe", Role.compliance, None, "合规（第二人）"),
    ("fenxi", Role.analyst, None, "分析师"),
    ("kefu", Role.department, Department.customer_service.value, "业务部门（客服）"),
    ("yunwei", Role.operator, None, "运维"),
)


def demo_logins(settings: Settings, users: Users) -> str:
    """A login for each role, one a line: user name, password, role. Made at the first start, then kept (0600)."""
    text = private_file(settings.data_dir / LOGINS_FILE, _new_logins)
    for line in text.splitlines():
        name, password, _ = line.split("\t")
        role, department = next((role, department) for user, role, department, _ in DEMO_USERS if user == name)
        if users.get(name) is None:
            users.add(name, role, password, department)
    return text


def _new_logins() -> str:
    return "".join(f"{name}\t{secrets.token_urlsafe(9)}\t{title}\n" for name, _, _, title in DEMO_USERS)


class DemoPlayer:
    """Posts the demonstration stream in realm demo, at `speed` times its own pace.

    The stream ends about now: its first day lies in the past, so that no date is ahead of the calendar. A later start
    goes on where the store stands.
    """

    def __init__(self, desk: Desk, data_dir: Path, speed: float) -> None:
        self._desk = desk
        self._start_file = data_dir / START_FILE
        self._speed = speed

    def run(self, stop: threading.Event) -> None:
        """Play until the end or until `stop` is set."""
        start = self._start()
        resumed = max(start, self._desk.now(Realm.demo) if self._is_begun() else start)
        records = [record for record in demonstration_stream(start=start) if self._is_due(record, start, resumed)]
        history = [record for record in records if is_history(record, start)]
        for index in range(0, len(history), _HISTORY_BATCH):
            self._take(history[index : index + _HISTORY_BATCH], history=True)
        for wait_s, record in paced(records[len(history) :], self._speed, live_from=resumed):
            if stop.wait(wait_s):
                return
            self._take([record], history=False)
            self._desk.pipeline.tick(Realm.demo, datetime.fromisoformat(record["received_at"]))

    def _start(self) -> datetime:
        now = self._desk.clock().replace(microsecond=0)
        begin = now - timedelta(days=bundled_script().crisis_days)
        return datetime.fromisoformat(private_file(self._start_file, begin.isoformat).strip())

    def _is_begun(self) -> bool:
        return self._desk.mentions(SYSTEM, Realm.demo, MentionFilters(), size=1).total > 0

    def _is_due(self, record: dict[str, object], start: datetime, resumed: datetime) -> bool:
        """Whether a record still has to be taken: all of them on the first start, later ones on the next."""
        return resumed <= start or datetime.fromisoformat(str(record["received_at"])) >= resumed

    def _take(self, records: list[dict[str, object]], *, history: bool) -> None:
        outcomes = read_objects(records, source=SOURCE, clock=self._desk.clock, place="演示数据", history=history)
        mentions = [outcome.mention for outcome in outcomes if isinstance(outcome, Accepted)]
        self._desk.ingest(SYSTEM, Realm.demo, mentions)
