"""From the log to incidents: windows, rules, incidents, tasks and messages, committed together with the position."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from engine import audit
from engine.core import BrandCore, Decide, Step, StepOutput, step
from engine.detection import Detector
from engine.errors import Conflict
from engine.model import SYSTEM, IncidentChange, LogRecord, Realm, at_iso
from engine.parts import Parts
from engine.response import ends, notifications_for, tasks_for
from engine.scoring.brands import Relation
from engine.store import log, outcomes
from engine.store.database import Database

READER: Final = "detection"
DETECT_BATCH: Final = 500
_PLAYED: Final = frozenset({Relation.own, Relation.partner})


class Overtaken(Conflict):
    """Another process took the same records; nothing of this attempt was kept."""


class DetectionStage:
    """Owned by one thread, because the rule engine has one owner.

    The brands' cores are kept between batches. They stand exactly at `_position`: whenever the store is somewhere
    else - a batch failed, or another process went on - they are read back from it.
    """

    def __init__(self, database: Database, parts: Parts, advance: Step = step) -> None:
        self._database = database
        self._parts = parts
        self._advance = advance
        self._cores: dict[tuple[Realm, str], BrandCore] = {}
        self._position: int | None = None
        self._detector: Detector | None = None

    def take(self, limit: int = DETECT_BATCH) -> int:
        """Take the log's next records through windows, rules and incidents; returns how many were taken."""
        start, self._position = self._position, None
        with self._database.read() as connection:
            at = log.position(connection, READER)
            if at != start:
                self._cores.clear()
            records = log.after(connection, at, limit)
            for record in records:
                self._load(connection, record)
        last = at
        if records:
            decide = self._decide()
            steps = [(record, self._step(record, decide)) for record in records]
            with self._database.write() as connection:
                last = self._commit(connection, at, steps)
        self._position = last  # not reached when anything failed: the cores ran ahead of the store then
        return len(records)

    def close(self) -> None:
        """Release the rule engine."""
        if self._detector is not None:
            self._detector.close()
            self._detector = None

    def _load(self, connection: Connection, record: LogRecord) -> None:
        key = (record.realm, record.brand)
        if key not in self._cores:
            state = outcomes.load_state(connection, *key)
            self._cores[key] = BrandCore.from_json(state) if state else BrandCore.empty(*key)

    def _step(self, record: LogRecord, decide: Decide) -> StepOutput:
        key = (record.realm, record.brand)
        self._cores[key], output = self._advance(self._cores[key], record, decide)
        return output

    def _decide(self) -> Decide:
        if self._detector is None:
            self._detector = Detector(self._parts.rules)
        detector, release = self._detector, self._parts.release
        return lambda facts: detector.examine(facts, release)

    def _commit(self, connection: Connection, start: int, steps: Sequence[tuple[LogRecord, StepOutput]]) -> int:
        if log.position(connection, READER) != start:
            raise Overtaken("另一个进程正在处理同一份日志，请只保留一个服务进程")
        for record, output in steps:
            self._keep(connection, record, output)
        last = steps[-1][0].seq
        for realm, brand in sorted({(record.realm, record.brand) for record, _ in steps}):
            outcomes.save_state(connection, realm, brand, last, self._cores[realm, brand].to_json())
        log.set_position(connection, READER, last)
        return last

    def _keep(self, connection: Connection, record: LogRecord, output: StepOutput) -> None:
        outcomes.save_findings(connection, output.findings, output.homes)
        outcomes.save_incidents(connection, output.incidents)
        outcomes.save_changes(connection, record.realm, output.changes)
        for change in output.changes:
            self._respond(connection, record, output, change)
        if output.refused:
            outcomes.save_refusal(connection, record.seq, output.refused)
            audit.record(connection, at_iso(record.at), SYSTEM, "command.refused", record.brand, output.refused)

    def _respond(self, connection: Connection, record: LogRecord, output: StepOutput, change: IncidentChange) -> None:
        incident = next(one for one in output.incidents if one.id == change.incident)
        played = self._parts.registry.relation(incident.brand) in _PLAYED
        playbook = self._parts.playbooks.get(incident.category) if played else None
        tasks = tasks_for(change, incident, playbook, record.at)
        given = outcomes.add_tasks(connection, record.realm, tasks)
        if ends(change, incident):
            outcomes.cancel_tasks(connection, incident.id)
        if played:
            outcomes.add_notifications(connection, record.realm, notifications_for(change, incident, given, record.at))
        audit.record(
            connection, at_iso(record.at), change.actor, f"incident.{change.change}", change.incident, change.reason
        )
