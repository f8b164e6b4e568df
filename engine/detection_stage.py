"""From the log to incidents: windows, rules, incidents, tasks and messages, committed together with the position."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from engine import audit
from engine.alert_budget import warn_owners
from engine.core import BrandCore, Step, StepOutput, step
from engine.errors import Conflict
from engine.model import SYSTEM, IncidentChange, LogRecord, Realm, at_iso
from engine.parts import Parts
from engine.releases.deciding import Deciding
from engine.response import ends, notifications_for, tasks_for
from engine.scoring.brands import Relation
from engine.store import log, outcomes, releases
from engine.store.database import Database

READER: Final = "detection"
DETECT_BATCH: Final = 500
_PLAYED: Final = frozenset({Relation.own, Relation.partner})


class Overtaken(Conflict):
    """Another process took the same records; nothing of this attempt was kept."""


class Taken(NamedTuple):
    """A record, what it led to, and the release that decided on it."""

    record: LogRecord
    output: StepOutput
    parts: Parts


class DetectionStage:
    """Owned by one thread, because the rule engine has one owner.

    The brands' cores and the rules in force are kept between batches. They stand exactly at `_position`: whenever the
    store is somewhere else - a batch failed, or another process went on - they are read back from it.
    """

    def __init__(self, database: Database, parts: Parts, advance: Step = step) -> None:
        self._database = database
        self._advance = advance
        self._cores: dict[tuple[Realm, str], BrandCore] = {}
        self._position: int | None = None
        self._deciding = Deciding(parts)

    def take(self, limit: int = DETECT_BATCH) -> int:
        """Take the log's next records through windows, rules and incidents; returns how many were taken."""
        start, self._position = self._position, None
        with self._database.read() as connection:
            at = log.position(connection, READER)
            if at != start:
                self._cores.clear()
                self._deciding.forget()
            records = log.after(connection, at, limit)
            for record in records:
                self._load(connection, record)
            self._deciding.prepare(connection, at, records)
        last = at
        if records:
            steps = [self._step(record) for record in records]
            with self._database.write() as connection:
                last = self._commit(connection, at, steps)
            self._deciding.tidy()
        self._position = last  # not reached when anything failed: the cores ran ahead of the store then
        return len(records)

    def close(self) -> None:
        """Release the rule engines."""
        self._deciding.close()
        self._position = None

    def _load(self, connection: Connection, record: LogRecord) -> None:
        key = (record.realm, record.brand)
        if key not in self._cores:
            state = outcomes.load_state(connection, *key)
            self._cores[key] = BrandCore.from_json(state) if state else BrandCore.empty(*key)

    def _step(self, record: LogRecord) -> Taken:
        key = (record.realm, record.brand)
        parts, decide = self._deciding.on(record)
        self._cores[key], output = self._advance(self._cores[key], record, decide)
        return Taken(record, output, parts)

    def _commit(self, connection: Connection, start: int, steps: Sequence[Taken]) -> int:
        if log.position(connection, READER) != start:
            raise Overtaken("另一个进程正在处理同一份日志，请只保留一个服务进程")
        for taken in steps:
            self._keep(connection, taken)
        last = steps[-1].record.seq
        for realm, brand in sorted({(one.record.realm, one.record.brand) for one in steps}):
            outcomes.save_state(connection, realm, brand, last, self._cores[realm, brand].to_json())
        log.set_position(connection, READER, last)
        return last

    def _keep(self, connection: Connection, taken: Taken) -> None:
        record, output, parts = taken
        outcomes.save_findings(connection, output.findings, output.homes)
        warn_owners(connection, record.realm, parts.rules, output.findings, output.homes, record.at)
        releases.save_shadow_findings(connection, output.shadow)
        outcomes.save_incidents(connection, output.incidents)
        outcomes.save_changes(connection, record.realm, output.changes)
        for change in output.changes:
            self._respond(connection, taken, change)
        if output.refused:
            outcomes.save_refusal(connection, record.seq, output.refused)
            audit.record(connection, at_iso(record.at), SYSTEM, "command.refused", record.brand, output.refused)

    def _respond(self, connection: Connection, taken: Taken, change: IncidentChange) -> None:
        record, output, parts = taken
        incident = next(one for one in output.incidents if one.id == change.incident)
        played = parts.registry.relation(incident.brand) in _PLAYED
        playbook = parts.playbooks.get(incident.category) if played else None
        tasks = tasks_for(change, incident, playbook, record.at)
        given = outcomes.add_tasks(connection, record.realm, tasks)
        if ends(change, incident):
            outcomes.cancel_tasks(connection, incident.id)
        if played:
            outcomes.add_notifications(connection, record.realm, notifications_for(change, incident, given, record.at))
        audit.record(
            connection, at_iso(record.at), change.actor, f"incident.{change.change}", change.incident, change.reason
        )
