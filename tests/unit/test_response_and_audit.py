"""Deadlines on the working calendar, the audit chain, the permission table."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from engine import audit
from engine.errors import NotAllowed, StoreError
from engine.model import SYSTEM, Actor, Role
from engine.permissions import ALLOWED, Permission, allowed, require
from engine.response import deadline
from engine.store.database import Database
from engine.store.tables import audit as audit_table
from tests.support.made import CHINA


def test_short_deadlines_run_day_and_night() -> None:
    start = datetime(2026, 10, 1, 23, 30, tzinfo=CHINA)
    assert deadline(start, 60) == datetime(2026, 10, 2, 0, 30, tzinfo=CHINA)


def test_long_deadlines_count_working_days_and_skip_the_national_holiday() -> None:
    start = datetime(2025, 9, 30, 17, 0, tzinfo=CHINA)
    assert deadline(start, 2 * 24 * 60).date().isoformat() == "2025-10-10"


def test_years_beyond_the_calendar_count_monday_to_friday() -> None:
    assert deadline(datetime(2099, 1, 2, 9, 0, tzinfo=CHINA), 2 * 24 * 60) == datetime(2099, 1, 6, 9, 0, tzinfo=CHINA)


@pytest.fixture
def chain(tmp_path: Path) -> Database:
    database = Database.at(tmp_path / "store.db")
    database.create()
    with database.write() as connection:
        for number in range(4):
            audit.record(connection, "2026-03-02T08:00:00+08:00", SYSTEM, "test", f"subject-{number}")
    return database


def test_the_audit_chain_holds_as_written(chain: Database) -> None:
    with chain.read() as connection:
        assert audit.check(connection) == 4


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_entry_breaks_the_chain_even_with_its_hash_recomputed(chain: Database, number: int) -> None:
    with chain.write() as connection:
        entry = audit.entries(connection)[number - 1]
        forged = entry.model_copy(update={"detail": "改写"}).model_dump_json()
        connection.execute(
            update(audit_table).where(audit_table.c.number == number).values(document=forged, hash=audit.digest(forged))
        )
    with chain.read() as connection, pytest.raises(StoreError, match="改动或缺失"):
        audit.check(connection)


def test_a_removed_entry_breaks_the_chain(chain: Database) -> None:
    with chain.write() as connection:
        connection.execute(audit_table.delete().where(audit_table.c.number == 2))
    with chain.read() as connection, pytest.raises(StoreError, match="第 2 条"):
        audit.check(connection)


def test_every_permission_has_somebody_and_is_refused_to_the_others() -> None:
    for permission in Permission:
        assert ALLOWED[permission]
        for role in Role:
            actor = Actor(name="某人", role=role)
            if allowed(role, permission):
                require(actor, permission)
            else:
                with pytest.raises(NotAllowed, match="权限"):
                    require(actor, permission)


def test_nobody_who_drafts_may_approve() -> None:
    assert not ALLOWED[Permission.draft] & ALLOWED[Permission.approve]


def test_an_entry_that_is_not_even_readable_is_named(chain: Database) -> None:
    with chain.write() as connection:
        connection.execute(update(audit_table).where(audit_table.c.number == 3).values(document="{"))
    with chain.read() as connection, pytest.raises(StoreError, match="第 3 条"):
        audit.check(connection)
