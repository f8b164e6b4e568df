"""No way round the quiet days of a rule that begins to alarm."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from engine.model import Realm, ReleaseRecord
from engine.releases.content import ReleaseContent
from engine.releases.promotion import promotion_faults
from engine.rule_standing import rules_in
from engine.store import log as logs
from engine.store.database import Database
from engine.store.tables import release_contents
from rules.loader import parse_rule
from rules.schema import Rule
from tests.support.made import START
from tests.support.releases import SURGE, bundled, edited

OWN = bundled().rules.rules
NOW = START + timedelta(days=30)
REASON = "deprecated: {reason: 由另一条规则代替, replaced_by: fee_dispute.viral}\n"
GONE = (("status: active", "status: deprecated"), ("cooldown_minutes: 60\n", f"cooldown_minutes: 90\n{REASON}"))
LOUD = (("cooldown_minutes: 60", "cooldown_minutes: 90"),)
TRIED = (*LOUD, ("status: active", "status: shadow"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database.at(tmp_path / "store.db")
    database.create()
    with database.write() as opened:
        yield opened
    database.close()


def rule(edits: tuple[tuple[str, str], ...]) -> Rule:
    found, faults = parse_rule("surge.yaml", edited(*edits))
    assert found, faults
    return found


def decides(connection: Connection, realm: Realm, at: datetime, edits: tuple[tuple[str, str], ...] | None) -> None:
    """A release with this surge rule, or without it, decides from a moment on."""
    content = bundled().content.with_files({SURGE: edited(*edits) if edits is not None else None})
    known = select(release_contents.c.hash).where(release_contents.c.hash == content.hash)
    if connection.execute(known).first() is None:
        connection.execute(insert(release_contents).values(hash=content.hash, document=content.to_json()))
    logs.append(connection, realm, logs.ALL_BRANDS, at, ReleaseRecord(release=content.hash, approved_by="甲"))


def faults(connection: Connection, old: Rule | None, new: Rule, *realms: Realm) -> tuple[str, ...]:
    nows = dict.fromkeys(realms or (Realm.live,), NOW)
    return promotion_faults(connection, nows, [old] if old else [], [new], OWN)


def test_a_rule_that_came_as_withdrawn_needs_its_quiet_days_and_one_that_alarmed_before_does_not(
    connection: Connection,
) -> None:
    decides(connection, Realm.live, START, None)
    decides(connection, Realm.live, START + timedelta(days=1), GONE)
    assert "还没有以影子状态" in faults(connection, rule(GONE), rule(LOUD))[0]
    decides(connection, Realm.live, START + timedelta(days=2), LOUD)
    decides(connection, Realm.live, START + timedelta(days=3), GONE)
    assert faults(connection, rule(GONE), rule(LOUD)) == ()
    decides(connection, Realm.live, NOW - timedelta(days=1), TRIED)
    decides(connection, Realm.live, NOW - timedelta(hours=1), GONE)
    assert faults(connection, rule(GONE), rule(LOUD)), "it was put on trial meanwhile"


def test_the_edit_that_lets_a_rule_alarm_cannot_shorten_its_trial(connection: Connection) -> None:
    decides(connection, Realm.live, NOW - timedelta(days=5), TRIED)
    hasty = rule(LOUD).model_copy(update={"quiet_days_before_active": 0})
    assert "还差 2 天" in faults(connection, rule(TRIED), hasty)[0]
    patient = rule(LOUD).model_copy(update={"quiet_days_before_active": 9})
    assert "还差 4 天" in faults(connection, rule(TRIED), patient)[0]
    soon = rule(TRIED).model_copy(update={"quiet_days_before_active": 5})
    assert faults(connection, soon, hasty) == (), "what was decided before counts"


def test_a_trial_counts_in_its_own_realm_and_one_in_live_counts_everywhere(connection: Connection) -> None:
    decides(connection, Realm.demo, START, TRIED)
    decides(connection, Realm.live, NOW - timedelta(days=1), TRIED)
    assert faults(connection, rule(TRIED), rule(LOUD), Realm.demo) == ()
    assert "还差 6 天" in faults(connection, rule(TRIED), rule(LOUD), Realm.live)[0]
    decides(connection, Realm.drill, NOW, TRIED)
    assert "还差 7 天" in faults(connection, rule(TRIED), rule(LOUD), Realm.drill, Realm.live)[0]
    quick = rule(LOUD).model_copy(update={"quiet_days_before_active": 1})
    asked = rule(TRIED).model_copy(update={"quiet_days_before_active": 1})
    assert faults(connection, asked, quick, Realm.drill), "no day there yet"
    assert faults(connection, asked, quick, Realm.drill, Realm.live) == ()


def test_rules_exactly_as_the_program_brings_them_are_free(connection: Connection) -> None:
    own = next(one for one in rules_in(ReleaseContent.from_disk()) if one.id == "fee_dispute.surge")
    assert faults(connection, rule(TRIED), own) == ()
    assert faults(connection, rule(TRIED), own.model_copy(update={"cooldown_minutes": 61})) == (), "it decides already"
    decides(connection, Realm.live, NOW - timedelta(days=1), TRIED)
    assert faults(connection, rule(TRIED), own.model_copy(update={"cooldown_minutes": 61}))
