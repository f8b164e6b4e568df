"""The one file that knows the order: inbox → scoring → log → windows, detection, incidents → response.

Every stage commits what it did together with how far it came, so that the process may die anywhere: what was
acknowledged is in the inbox, what was scored is in the log, what was detected is behind the position.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Connection

from engine import audit
from engine.core import Step, step
from engine.detection_stage import DETECT_BATCH, READER, DetectionStage, Overtaken
from engine.errors import Conflict
from engine.model import SYSTEM, CommandRecord, Mention, Realm, ReleaseRecord, at_iso
from engine.parts import MentionScorer, Parts
from engine.scoring_stage import SCORE_BATCH, ScoringStage
from engine.store import inbox, log, mentions, outcomes
from engine.store.database import Database

__all__ = ["MentionScorer", "Parts", "Pipeline", "note_release"]


def note_release(connection: Connection, realm: Realm, at: datetime, release: str, approved_by: str) -> None:
    """Within a transaction: from here on this release decides in the realm, and what was set aside is tried again."""
    log.append(connection, realm, log.ALL_BRANDS, at, ReleaseRecord(release=release, approved_by=approved_by))
    for owner, mention in mentions.take_back(connection):
        inbox.put(connection, owner, mention.id, mention)


class Pipeline:
    """Moves records along. Any thread may call it; detection runs on one thread of its own."""

    def __init__(self, database: Database, parts: Parts, advance: Step = step) -> None:
        """`advance` takes one record into a brand's core; the real one unless told."""
        self.database = database
        self.parts = parts
        self._scoring = ScoringStage(database, parts)
        self._detection = DetectionStage(database, parts, advance)
        self._owner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="detection")

    def ingest(self, realm: Realm, arrived: Sequence[Mention]) -> list[tuple[inbox.Outcome, str]]:
        """Store mentions; when this returns they are committed."""
        with self.database.write() as connection:
            return [inbox.take(connection, realm, one) for one in arrived]

    def score_pending(self, limit: int = SCORE_BATCH) -> int:
        """Score the oldest inbox entries and append them to the log; returns how many were taken."""
        return self._scoring.take(limit)

    def detect_pending(self, limit: int = DETECT_BATCH) -> int:
        """Take the log's next records through windows, rules and incidents; returns how many were taken."""
        return self._owner.submit(self._detection.take, limit).result()

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
            action, subject = f"command.{command.command}", command.incident or brand
            audit.record(connection, at_iso(at), command.actor, action, subject, command.reason)
        while self._detected() < seq:
            try:
                self.detect_pending()
            except Overtaken:
                continue  # another process took it there: its effect is in the store all the same
        with self.database.read() as connection:
            refusal = outcomes.refusal(connection, seq)
        if refusal:
            raise Conflict(refusal)

    def activate(self, realm: Realm, at: datetime, approved_by: str) -> None:
        """Note in the log that from here on this release decides; what could not be scored before is tried again."""
        with self.database.write() as connection:
            note_release(connection, realm, at, self.parts.release, approved_by)
            audit.record(connection, at_iso(at), SYSTEM, "release.activate", self.parts.release, approved_by)

    def ensure_active(self, realm: Realm, at: datetime, approved_by: str) -> bool:
        """Activate this pipeline's release unless the log says that it decides already; whether that was needed."""
        with self.database.read() as connection:
            current = log.current_release(connection, realm)
        if current == self.parts.release:
            return False
        self.activate(realm, at, approved_by)
        return True

    def close(self) -> None:
        """Stop the detection thread and release the rule engine."""
        self._owner.submit(self._detection.close).result()
        self._owner.shutdown()

    def _detected(self) -> int:
        with self.database.read() as connection:
            return log.position(connection, READER)
