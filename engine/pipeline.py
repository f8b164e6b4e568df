"""The one file that knows the order: inbox → scoring → log → windows, detection, incidents → response.

Every stage commits what it did together with how far it came, so that the process may die anywhere: what was
acknowledged is in the inbox, what was scored is in the log, what was detected is behind the position.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Connection

from engine import audit
from engine.core import BrandCore, Decide, StepOutput, step
from engine.detection import Detector, RuleSet
from engine.errors import Conflict
from engine.model import (
    SYSTEM,
    Category,
    CommandRecord,
    EngagementUpdate,
    IncidentChange,
    LogRecord,
    Mention,
    Realm,
    ReleaseRecord,
    Scores,
    at_iso,
)
from engine.response import ends, notifications_for, tasks_for
from engine.scored import engagement_record, mention_record, with_counts
from engine.scoring.brands import BrandRegistry, Relation
from engine.scoring.near_duplicates import group_of
from engine.store import inbox, log, outcomes
from engine.store.database import Database
from engine.store.groups import StoredGroups
from engine.store.mentions import load_mention, save_scores
from knowledge.schema import Playbook

READER: Final = "detection"
SCORE_BATCH: Final = 64
DETECT_BATCH: Final = 500
_PLAYED: Final = frozenset({Relation.own, Relation.partner})


class MentionScorer(Protocol):
    """What the pipeline needs of scoring."""

    @property
    def hash(self) -> str:
        """Content hash of everything that decides scores."""
        ...

    def score(self, mention: Mention) -> Scores:
        """The scores of one mention."""
        ...


@dataclass(frozen=True)
class Parts:
    """What decides: under one release."""

    scorer: MentionScorer
    rules: RuleSet
    playbooks: Mapping[Category, Playbook]
    registry: BrandRegistry
    release: str
    author_key: bytes = b"crisisdesk"


@dataclass
class Pipeline:
    """Moves records along. Detection runs on one thread of its own, because the rule engine has one owner."""

    database: Database
    parts: Parts
    _cores: dict[tuple[Realm, str], BrandCore] = field(default_factory=dict)
    _refused: dict[int, str] = field(default_factory=dict)
    _detector: Detector | None = None
    _scoring: threading.Lock = field(default_factory=threading.Lock)
    _owner: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="detection")
    )

    def ingest(self, realm: Realm, arrived: Sequence[Mention]) -> list[tuple[inbox.Outcome, str]]:
        """Store mentions; when this returns they are committed."""
        with self.database.write() as connection:
            return [inbox.take(connection, realm, one) for one in arrived]

    def score_pending(self, limit: int = SCORE_BATCH) -> int:
        """Score the oldest inbox entries and append them to the log; returns how many were taken."""
        with self._scoring:
            with self.database.read() as connection:
                batch = inbox.waiting(connection, limit)
            scored = {
                entry.number: self.parts.scorer.score(entry.arrival)
                for entry in batch
                if isinstance(entry.arrival, Mention)
            }
            if batch:
                with self.database.write() as connection:
                    self._append_batch(connection, batch, scored)
            return len(batch)

    def detect_pending(self, limit: int = DETECT_BATCH) -> int:
        """Take the log's next records through windows, rules and incidents; returns how many were taken."""
        return self._owner.submit(self._detect, limit).result()

    def drain(self, *, on_progress: Callable[[int], None] | None = None) -> None:
        """Run both stages until nothing waits."""
        while taken := self.score_pending() + self.detect_pending():
            if on_progress:
                on_progress(taken)

    def tick(self, realm: Realm, now: datetime) -> int:
        """Let time pass in a realm."""
        with self.database.write() as connection:
            return log.tick(connection, realm, now)

    def command(self, realm: Realm, brand: str, at: datetime, command: CommandRecord) -> None:
        """Put a person's command into the log and wait until it took effect. Raises Conflict when it did not fit."""
        with self.database.write() as connection:
            seq = log.append(connection, realm, brand, at, command)
            audit.record(
                connection,
                at_iso(at),
                command.actor,
                f"command.{command.command}",
                command.incident or brand,
                command.reason,
            )
        while self._position() < seq:
            self.detect_pending()
        if refusal := self._refused.pop(seq, None):
            raise Conflict(refusal)

    def activate(self, realm: Realm, at: datetime, approved_by: str) -> None:
        """Note in the log that from here on this release decides."""
        record = ReleaseRecord(release=self.parts.release, approved_by=approved_by)
        with self.database.write() as connection:
            log.append(connection, realm, "*", at, record)
            audit.record(connection, at_iso(at), SYSTEM, "release.activate", self.parts.release, approved_by)

    def close(self) -> None:
        """Stop the detection thread and release the rule engine."""
        self._owner.submit(self._release).result()
        self._owner.shutdown()

    # --- scoring -------------------------------------------------------------------------------

    def _append_batch(
        self, connection: Connection, batch: Sequence[inbox.Waiting], scored: Mapping[int, Scores]
    ) -> None:
        if inbox.remove(connection, [entry.number for entry in batch]) != len(batch):
            raise Conflict("另一个进程正在处理同一个收件箱，请只保留一个服务进程")
        for entry in batch:
            if isinstance(entry.arrival, Mention):
                self._append_mention(connection, entry.realm, entry.arrival, scored[entry.number])
            else:
                self._append_update(connection, entry.realm, entry.arrival)

    def _append_mention(self, connection: Connection, realm: Realm, mention: Mention, scores: Scores) -> None:
        brands = sorted(scores.by_brand)
        groups = {
            brand: group_of(mention.id, mention.text, realm, StoredGroups(connection, brand))
            for brand in brands or [""]
        }
        scores = scores.model_copy(update={"near_duplicate_group": next(iter(groups.values()))})
        save_scores(connection, realm, mention, scores)
        for brand in brands:
            record = mention_record(mention, scores, brand, groups[brand], self.parts.author_key)
            log.append(connection, realm, brand, mention.received_at, record)

    def _append_update(self, connection: Connection, realm: Realm, update: EngagementUpdate) -> None:
        mention, scores = load_mention(connection, realm, update.mention)
        if scores is None:
            return
        save_scores(connection, realm, mention, with_counts(mention, scores, update))
        for brand in sorted(scores.by_brand):
            record = engagement_record(mention, scores, brand, update)
            if record.categories:
                log.append(connection, realm, brand, update.received_at, record)

    # --- detection -----------------------------------------------------------------------------

    def _detect(self, limit: int) -> int:
        with self.database.read() as connection:
            start = log.position(connection, READER)
            records = log.after(connection, start, limit)
            for record in records:
                self._load(connection, record)
        if not records:
            return 0
        decide = self._decide()
        steps = [(record, self._step(record, decide)) for record in records]
        try:
            with self.database.write() as connection:
                self._commit(connection, start, steps)
        except BaseException:
            self._cores.clear()  # they ran ahead of what is committed
            raise
        return len(records)

    def _load(self, connection: Connection, record: LogRecord) -> None:
        key = (record.realm, record.brand)
        if key not in self._cores:
            state = outcomes.load_state(connection, *key)
            self._cores[key] = BrandCore.from_json(state) if state else BrandCore.empty(*key)

    def _step(self, record: LogRecord, decide: Decide) -> StepOutput:
        key = (record.realm, record.brand)
        self._cores[key], output = step(self._cores[key], record, decide)
        return output

    def _commit(self, connection: Connection, start: int, steps: Sequence[tuple[LogRecord, StepOutput]]) -> None:
        if log.position(connection, READER) != start:
            raise Conflict("另一个进程正在处理同一份日志，请只保留一个服务进程")
        for record, output in steps:
            self._keep(connection, record, output)
        last = steps[-1][0].seq
        for realm, brand in sorted({(record.realm, record.brand) for record, _ in steps}):
            outcomes.save_state(connection, realm, brand, last, self._cores[realm, brand].to_json())
        log.set_position(connection, READER, last)

    def _keep(self, connection: Connection, record: LogRecord, output: StepOutput) -> None:
        book = self._cores[record.realm, record.brand].book
        home = {finding.id: book.home_of(finding.category) for finding in output.findings}
        outcomes.save_findings(connection, output.findings, home)
        outcomes.save_incidents(connection, output.incidents)
        outcomes.save_changes(connection, record.realm, output.changes)
        for change in output.changes:
            self._respond(connection, record, output, change)
        if output.refused:
            self._refused[record.seq] = output.refused
            audit.record(connection, at_iso(record.at), SYSTEM, "command.refused", record.brand, output.refused)

    def _respond(self, connection: Connection, record: LogRecord, output: StepOutput, change: IncidentChange) -> None:
        incident = next(one for one in output.incidents if one.id == change.incident)
        played = self.parts.registry.relation(incident.brand) in _PLAYED
        playbook = self.parts.playbooks.get(incident.category) if played else None
        tasks = tasks_for(change, incident, playbook, record.at)
        added = outcomes.add_tasks(connection, record.realm, tasks)
        if ends(change, incident):
            outcomes.cancel_tasks(connection, incident.id)
        if played:
            outcomes.add_notifications(connection, record.realm, notifications_for(change, incident, added, record.at))
        audit.record(
            connection, at_iso(record.at), change.actor, f"incident.{change.change}", change.incident, change.reason
        )

    def _decide(self) -> Decide:
        if self._detector is None:
            self._detector = Detector(self.parts.rules)
        detector, release = self._detector, self.parts.release
        return lambda facts: detector.detect(facts, release)

    def _position(self) -> int:
        with self.database.read() as connection:
            return log.position(connection, READER)

    def _release(self) -> None:
        if self._detector is not None:
            self._detector.close()
            self._detector = None
