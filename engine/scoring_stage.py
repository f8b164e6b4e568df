"""From the inbox to the log: mentions are scored, grouped and split by brand; new counts follow their mention."""

import threading
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from sqlalchemy import Connection

from engine import audit
from engine.errors import Conflict, ScoringUnavailable
from engine.model import SYSTEM, EngagementUpdate, Mention, Realm, Scores, at_iso
from engine.parts import MentionScorer, Parts
from engine.scored import engagement_record, mention_record, with_counts
from engine.scoring.near_duplicates import group_of
from engine.store import inbox, log, mentions
from engine.store.database import Database
from engine.store.groups import StoredGroups

SCORE_BATCH: Final = 64

_log = structlog.get_logger(__name__)


class ScoringStage:
    """Takes the inbox in order. Scoring runs outside of transactions, one batch at a time, by the release in force."""

    def __init__(self, database: Database, parts: Parts) -> None:
        self._database = database
        self._parts = parts
        self._busy = threading.Lock()

    def take(self, limit: int = SCORE_BATCH) -> int:
        """Score the oldest inbox entries and append them to the log; returns how many were taken.

        Raises ScoringUnavailable, with everything left in the inbox, when there is no scorer to speak of.
        """
        with self._busy:
            with self._database.read() as connection:
                batch = inbox.waiting(connection, limit)
                named = {realm: log.current_release(connection, realm) for realm in {one.realm for one in batch}}
            scorers = {realm: self._parts.of(release).scorer for realm, release in named.items()}
            scored = {
                one.number: self._score(scorers[one.realm], one.arrival)
                for one in batch
                if isinstance(one.arrival, Mention)
            }
            if batch:
                with self._database.write() as connection:
                    self._append_batch(connection, batch, scored)
            return len(batch)

    def _score(self, scorer: MentionScorer, mention: Mention) -> Scores | str:
        """The scores, or why this one mention has none: it must not keep the others waiting."""
        try:
            return scorer.score(mention)
        except ScoringUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the scorer is a part from outside; what it raises is set aside
            _log.error("mention_not_scored", mention=mention.id, error=type(error).__name__)
            return f"评分失败（{type(error).__name__}）"

    def _append_batch(
        self, connection: Connection, batch: Sequence[inbox.Waiting], scored: Mapping[int, Scores | str]
    ) -> None:
        if inbox.remove(connection, [entry.number for entry in batch]) != len(batch):
            raise Conflict("另一个进程正在处理同一个收件箱，请只保留一个服务进程")
        with log.appending(connection) as appender:
            for entry in batch:
                if isinstance(entry.arrival, Mention):
                    self._append_mention(connection, appender, entry.realm, entry.arrival, scored[entry.number])
                else:
                    self._append_update(connection, appender, entry.realm, entry.arrival)

    def _append_mention(
        self, connection: Connection, appender: log.Appender, realm: Realm, mention: Mention, scores: Scores | str
    ) -> None:
        if isinstance(scores, str):
            mentions.set_aside(connection, realm, mention.id, scores)
            audit.record(connection, at_iso(mention.received_at), SYSTEM, "mention.unscored", mention.id, scores)
            return
        brands = sorted(scores.by_brand)
        groups = {
            brand: group_of(mention.id, mention.text, realm, StoredGroups(connection, brand))
            for brand in brands or [""]
        }
        scores = scores.model_copy(update={"near_duplicate_group": next(iter(groups.values()))})
        mentions.save_scores(connection, realm, mention, scores)
        for brand in brands:
            record = mention_record(mention, scores, brand, groups[brand], self._parts.author_key)
            appender.append(realm, brand, mention.received_at, record)

    def _append_update(
        self, connection: Connection, appender: log.Appender, realm: Realm, update: EngagementUpdate
    ) -> None:
        mention, scores = mentions.load_mention(connection, realm, update.mention)
        if scores is None:
            return
        mentions.update_scores(connection, realm, mention.id, with_counts(mention, scores, update))
        for brand in sorted(scores.by_brand):
            record = engagement_record(mention, scores, brand, update)
            if record.categories:
                appender.append(realm, brand, update.received_at, record)
