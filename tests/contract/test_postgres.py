"""The store on PostgreSQL gives what it gives on SQLite.

Runs where CRISISDESK_TEST_POSTGRES names an empty database, e.g. postgresql+psycopg://user@/name; all tables in it are
dropped.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData

from engine import audit
from engine.model import SYSTEM, Realm
from engine.pipeline import Pipeline
from engine.replay import feed, lines
from engine.store import inbox, queries
from engine.store.database import Database
from engine.store.migrate import migrate
from engine.store.tables import metadata
from engine.views import MentionFilters
from tests.support.made import START, MadeStream, made_mention, made_pipeline

URL = os.environ.get("CRISISDESK_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(not URL, reason="CRISISDESK_TEST_POSTGRES names no database to test on")


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database(URL)
    found = MetaData()
    found.reflect(made.engine)
    found.drop_all(made.engine)
    migrate(made)
    yield made
    made.close()


def test_migrations_give_exactly_the_declared_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_replay_gives_the_same_lines_as_on_sqlite(database: Database, tmp_path: Path) -> None:
    stream = MadeStream(days=1, minutes=150)
    small = made_pipeline(tmp_path, stream.scores)
    large = Pipeline(database, small.parts)
    found = []
    for pipeline in (small, large):
        feed(pipeline, stream.mentions, source="test")
        with pipeline.database.read() as connection:
            rows, total = queries.mention_rows(connection, Realm.replay, MentionFilters(negative=True), limit=5)
            trend = queries.trend(connection, Realm.replay, START)
            found.append((list(lines(connection)), rows, total, trend, audit.check(connection)))
        pipeline.close()
    assert found[0] == found[1]


def test_writers_that_bring_the_same_mentions_at_once_store_each_one_time(database: Database) -> None:
    mentions = [made_mention(number, START) for number in range(30)]

    def bring(_: int) -> None:
        for mention in mentions:
            with database.write() as connection:
                inbox.take(connection, Realm.live, mention)
                audit.record(connection, "2026-03-02T08:00:00+08:00", SYSTEM, "test", mention.id)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(bring, range(4)))
    with database.read() as connection:
        assert inbox.pending(connection) == len(mentions)
        assert audit.check(connection) == 4 * len(mentions)
