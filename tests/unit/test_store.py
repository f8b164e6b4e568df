"""The store: migrations give the declared schema, transactions are whole, identity holds across tools."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text

from engine.errors import InputError, StoreError
from engine.model import Category, Engagement, EngagementUpdate, Realm, Role
from engine.store import inbox, log
from engine.store.database import Database
from engine.store.mentions import load_mention
from engine.store.migrate import migrate
from engine.store.tables import log as log_table
from engine.store.tables import mentions, metadata
from engine.store.users import Users
from tests.support.made import START, made_mention, made_record


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database.at(tmp_path / "store.db")
    migrate(database)
    return database


def test_migrations_give_exactly_the_declared_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_again_keeps_everything(database: Database) -> None:
    with database.write() as connection:
        inbox.take(connection, Realm.live, made_mention(1, START))
    migrate(database)
    with database.read() as connection:
        assert inbox.pending(connection) == 1


def test_a_store_of_a_newer_version_is_refused_untouched(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="更新版本"):
        migrate(database)
    assert inspect(database.engine).has_table("mentions")


def test_a_failing_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            inbox.take(connection, Realm.live, made_mention(1, START))
            raise InputError("中途出错")

    with pytest.raises(InputError):
        fail()
    with database.read() as connection:
        assert inbox.pending(connection) == 0
        assert connection.execute(select(func.count()).select_from(mentions)).scalar_one() == 0


def test_the_same_record_twice_is_one_mention(database: Database) -> None:
    with database.write() as connection:
        assert inbox.take(connection, Realm.live, made_mention(1, START))[0] == "accepted"
        assert inbox.take(connection, Realm.live, made_mention(1, START))[0] == "duplicate"


def test_new_counts_of_a_known_mention_are_an_update_with_what_was_before(database: Database) -> None:
    mention = made_mention(1, START, engagement=Engagement(reposts=3))
    more = mention.model_copy(update={"engagement": Engagement(reposts=10)})
    with database.write() as connection:
        inbox.take(connection, Realm.live, mention)
        assert inbox.take(connection, Realm.live, more)[0] == "updated"
        first, second = inbox.waiting(connection, 10)
    assert first.arrival == mention, "scoring must see the counts of its arrival, not later ones"
    assert isinstance(second.arrival, EngagementUpdate)
    assert second.arrival.previous == mention.engagement


def test_two_tools_that_saw_the_same_page_give_one_mention(database: Database) -> None:
    url = "https://news.example.cn/a/1.html"
    one = made_mention(1, START).model_copy(update={"url": url})
    other = made_mention(2, START).model_copy(update={"url": url + "?from=timeline#top", "source": "other"})
    with database.write() as connection:
        inbox.take(connection, Realm.live, one)
        assert inbox.take(connection, Realm.live, other) == ("duplicate", one.id)


def test_realms_never_share_a_mention(database: Database) -> None:
    with database.write() as connection:
        for realm in Realm:
            assert inbox.take(connection, realm, made_mention(1, START))[0] == "accepted"


def test_ticks_are_laid_into_a_brands_records_as_its_time_passes(database: Database) -> None:
    payload = made_record(made_mention(1, START), [Category.fee_dispute])
    with database.write() as connection:
        log.append(connection, Realm.live, "甲", START, payload)
        log.append(connection, Realm.live, "甲", START + timedelta(minutes=65), payload)
        log.append(connection, Realm.live, "乙", START + timedelta(minutes=65), payload)
        kinds = [record.payload.kind for record in log.after(connection, 0, 100) if record.brand == "甲"]
    assert kinds == ["mention", "tick", "tick", "mention"]


def test_a_brand_without_negative_mentions_needs_no_ticks(database: Database) -> None:
    with database.write() as connection:
        log.append(connection, Realm.live, "甲", START, made_record(made_mention(1, START), []))
        assert log.tick(connection, Realm.live, START + timedelta(days=3)) == 0
        assert connection.execute(select(func.count()).select_from(log_table)).scalar_one() == 1


def test_passwords_are_checked_and_never_kept(database: Database) -> None:
    users = Users(database)
    users.add("周敏", Role.analyst, "一个足够长的密码123")
    assert users.verify("周敏", "一个足够长的密码123") is not None
    assert users.verify("周敏", "错误的密码") is None
    assert users.verify("没有此人", "错误的密码") is None
    with database.read() as connection:
        assert "密码" not in str(connection.execute(text("SELECT * FROM users")).all())


def test_a_token_names_its_user_until_a_new_one_is_made(database: Database) -> None:
    users = Users(database)
    users.add("运维", Role.operator, "一个足够长的密码123")
    first = users.token_for("运维")
    assert users.by_token(first) is not None
    users.token_for("运维")
    assert users.by_token(first) is None


def test_short_passwords_are_refused(database: Database) -> None:
    with pytest.raises(InputError, match="密码至少"):
        Users(database).add("某人", Role.pr, "short")


def test_a_mention_known_by_its_page_is_known_by_the_other_tools_id_from_then_on(database: Database) -> None:
    one = made_mention(1, START).model_copy(update={"url": "https://news.example.cn/a/1.html"})
    other = made_mention(2, START).model_copy(update={"url": one.url, "source": "other"})
    with database.write() as connection:
        inbox.take(connection, Realm.live, one)
        inbox.take(connection, Realm.live, other)
        assert inbox.take(connection, Realm.live, other.model_copy(update={"url": None})) == ("duplicate", one.id)


def test_an_edited_text_under_the_same_identity_leaves_what_was_scored(database: Database) -> None:
    mention = made_mention(1, START)
    with database.write() as connection:
        inbox.take(connection, Realm.live, mention)
        assert inbox.take(connection, Realm.live, mention.model_copy(update={"text": "改过的"}))[0] == "duplicate"
        assert load_mention(connection, Realm.live, mention.id)[0].text == mention.text


def test_a_store_made_without_migrations_is_taken_over_as_it_is(tmp_path: Path) -> None:
    made = Database.at(tmp_path / "made.db")
    made.create()
    with made.write() as connection:
        inbox.take(connection, Realm.live, made_mention(1, START))
    migrate(made)
    with made.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    with made.read() as connection:
        assert inbox.pending(connection) == 1


def test_an_error_of_the_database_never_shows_what_was_to_be_stored(database: Database) -> None:
    def store_twice() -> None:
        with database.write() as connection:
            for _ in range(2):
                connection.execute(text("INSERT INTO unscored VALUES ('live', 'm1', '机密内容')"))

    with pytest.raises(StoreError) as caught:
        store_twice()
    assert "机密内容" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("SELECT document FROM findings WHERE incident = 'i'", "ix_findings_incident"),
        ("SELECT at_seconds FROM log WHERE realm = 'live' AND brand != '*' ORDER BY at_seconds DESC LIMIT 1", "ix_log"),
        (
            "SELECT document FROM mentions WHERE realm = 'live' ORDER BY published_at DESC, id LIMIT 50",
            "ix_mentions_realm_published_at",
        ),
        (
            "SELECT category, count(*) FROM mention_brands WHERE realm = 'live' AND category != '' "
            "AND published_at >= 5 GROUP BY category",
            "ix_mention_brands_realm_published_at",
        ),
    ],
)
def test_what_pages_ask_most_often_is_found_by_an_index(database: Database, statement: str, index: str) -> None:
    with database.read() as connection:
        plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all())
    assert index in plan


def test_an_address_that_cannot_be_opened_says_what_to_check(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="数据库地址不对"):
        Database("keine-adresse")
    with pytest.raises(StoreError, match="数据库地址不对"):
        Database("nosuchdatabase://host/name")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreError, match="无法打开"):
        migrate(Database.at(tmp_path / "folder.db"))


def test_a_new_password_replaces_the_old_one(database: Database) -> None:
    users = Users(database)
    users.add("周敏", Role.analyst, "一个足够长的密码123")
    users.set_password("周敏", "另一个足够长的密码456")
    assert users.verify("周敏", "一个足够长的密码123") is None
    assert users.verify("周敏", "另一个足够长的密码456") is not None
