"""Health of rules from what they said, and budgets that warn without muting."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from engine.alert_budget import warn_owners
from engine.backtesting.episodes import decisions_of
from engine.model import Category, Finding, Level, Realm, ReleaseRecord, WindowFacts
from engine.releases.content import ReleaseContent
from engine.rule_health import RuleHealth, drifts, promotion_fault, rule_health
from engine.rule_set import RuleSet
from engine.rule_standing import release_at
from engine.store import log as logs
from engine.store import outcomes, queries, releases
from engine.store.database import Database
from engine.store.tables import findings, release_contents
from rules.loader import parse_rule
from rules.schema import Rule, RuleStatus

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 20, 12, tzinfo=CHINA)  # a Wednesday
SURGE, VIRAL = "fee_dispute.surge", "fee_dispute.viral"
TEXT = ReleaseContent.from_disk().files["rules/packs/fee_dispute/surge.yaml"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.at(tmp_path / "health.db")
    made.create()
    yield made
    made.close()


bundled = cache(RuleSet.load)


def rules(**surge: object) -> RuleSet:
    """Two rules of one category; fields of the first as told."""
    found = bundled()
    told = Rule.model_validate(found.rule(SURGE).model_dump() | {"alert_budget_per_week": None} | surge)
    return RuleSet([told, found.rule(VIRAL)])


def said(rule: str, at: datetime, level: Level = Level.medium, brand: str = "甲", cooldown: int = 60) -> Finding:
    seq = int(at.timestamp())
    facts = WindowFacts(
        realm=Realm.live, brand=brand, category=Category.fee_dispute, at=at, brand_seq=seq, trigger=None, values={}
    )
    return Finding(
        id=f"{rule}-{brand}-{seq}",
        realm=Realm.live,
        brand=brand,
        category=Category.fee_dispute,
        level=level,
        rule=rule,
        release="r",
        at=at,
        facts=facts,
        explanation=(),
        cooldown_minutes=cooldown,
    )


def activate(connection: Connection, at: datetime, text: str) -> None:
    """A release with this surge rule decides from a moment on."""
    content = ReleaseContent.from_disk().with_files({"rules/packs/fee_dispute/surge.yaml": text})
    known = select(release_contents.c.hash).where(release_contents.c.hash == content.hash)
    if connection.execute(known).first() is None:
        connection.execute(insert(release_contents).values(hash=content.hash, document=content.to_json()))
    logs.append(connection, Realm.live, logs.ALL_BRANDS, at, ReleaseRecord(release=content.hash, approved_by="甲"))


def health(database: Database, found: RuleSet) -> RuleHealth:
    with database.read() as connection:
        return next(one for one in rule_health(connection, Realm.live, found, NOW) if one.rule == SURGE)


def test_a_rule_that_never_spoke_is_told_apart(database: Database) -> None:
    found = health(database, rules())
    assert found.never_fired
    assert (found.alerts_7d, found.alerts_30d, found.last_fired) == (0, 0, None)
    assert found.sentences == ("还没有告警过",)


def test_hours_of_the_same_finding_are_one_alert(database: Database) -> None:
    burst = [said(SURGE, NOW - timedelta(days=2, minutes=61 * count)) for count in range(12)]
    with database.write() as connection:
        outcomes.save_findings(connection, [*burst, said(SURGE, NOW - timedelta(days=20))], {})
    found = health(database, rules(alert_budget_per_week=1))
    assert (found.alerts_7d, found.alerts_30d) == (1, 2)
    assert found.last_fired == NOW - timedelta(days=2)
    assert not found.over_budget


def test_a_rule_over_its_budget_says_so_and_names_its_owner(database: Database) -> None:
    spoken = [said(SURGE, NOW - timedelta(days=day)) for day in (1, 3, 5)]
    with database.write() as connection:
        outcomes.save_findings(connection, spoken, {})
    assert health(database, rules(alert_budget_per_week=2)).over_budget
    assert not health(database, rules(alert_budget_per_week=3)).over_budget
    assert not health(database, rules()).over_budget
    told = health(database, rules(alert_budget_per_week=2))
    assert any("告警照常发出" in one and told.owner in one for one in told.sentences)


def test_a_rule_whose_every_alert_another_makes_as_gravely_is_shadowed(database: Database) -> None:
    with database.write() as connection:
        for day in (2, 6):
            at = NOW - timedelta(days=day)
            outcomes.save_findings(connection, [said(SURGE, at), said(VIRAL, at - timedelta(minutes=10))], {})
    assert health(database, rules()).shadowed_by == (VIRAL,)
    with database.write() as connection:  # alone once is enough to be needed
        outcomes.save_findings(connection, [said(SURGE, NOW - timedelta(days=4))], {})
    assert not health(database, rules()).always_shadowed


@pytest.mark.parametrize(
    "other",
    [
        {"level": Level.low},
        {"brand": "乙"},
        {"at": NOW - timedelta(days=2, hours=9)},
    ],
    ids=["milder", "about another brand", "hours before"],
)
def test_a_rule_is_not_shadowed_by_one(database: Database, other: dict[str, object]) -> None:
    at = NOW - timedelta(days=2)
    with database.write() as connection:
        outcomes.save_findings(connection, [said(SURGE, at), said(VIRAL, **({"at": at} | other))], {})  # type: ignore[arg-type]
    assert not health(database, rules()).always_shadowed


def test_a_week_out_of_line_with_the_weeks_before_is_a_drift(database: Database) -> None:
    with database.write() as connection:
        activate(connection, NOW - timedelta(days=60), TEXT)
        outcomes.save_findings(connection, [said(SURGE, NOW - timedelta(days=day)) for day in (10, 17, 24, 31)], {})
    usual = health(database, rules())
    assert usual.usual_per_week == 1.0
    assert not usual.drifting
    with database.write() as connection:
        spoken = [said(SURGE, NOW - timedelta(hours=12 * count + 1)) for count in range(9)]
        outcomes.save_findings(connection, spoken, {})
    louder = health(database, rules())
    assert louder.drifting
    assert any("明显变多" in one for one in louder.sentences)


def test_a_rule_that_has_not_stood_for_two_weeks_has_nothing_to_drift_from(database: Database) -> None:
    with database.write() as connection:
        activate(connection, NOW - timedelta(days=10), TEXT)
        outcomes.save_findings(connection, [said(SURGE, NOW - timedelta(hours=12 * count)) for count in range(9)], {})
    found = health(database, rules())
    assert found.usual_per_week is None
    assert not found.drifting


@given(st.integers(0, 60), st.integers(0, 240))
def test_drift_knows_no_direction_beyond_the_counts(this_week: int, before: int) -> None:
    if drifts(this_week, before, 4.0):
        assert this_week != round(before / 4)
        further = this_week + 1 if this_week > before / 4 else max(0, this_week - 1)
        assert drifts(further, before, 4.0)


def test_the_release_of_a_moment_is_the_last_one_named_by_then_or_the_first(database: Database) -> None:
    with database.write() as connection:
        assert release_at(connection, Realm.live, NOW) is None
        activate(connection, NOW - timedelta(days=9), TEXT)
        activate(connection, NOW - timedelta(days=2), on_trial())
    with database.read() as connection:
        first, second = (one.release for one in releases.activations(connection, Realm.live))
        moments = (NOW - timedelta(days=30), NOW - timedelta(days=5), NOW, None)
        assert [release_at(connection, Realm.live, at) for at in moments] == [first, first, second, second]
        assert release_at(connection, Realm.demo, NOW) is None


# --- trial before a rule alarms ---------------------------------------------------------------


def on_trial(text: str = TEXT) -> str:
    return text.replace("status: active", "status: shadow")


def candidate(text: str = TEXT, **fields: object) -> Rule:
    rule, _ = parse_rule("surge.yaml", text)
    assert rule is not None
    return Rule.model_validate(rule.model_dump() | {"status": RuleStatus.active, "alert_budget_per_week": 2} | fields)


def fault(database: Database, rule: Rule) -> str | None:
    with database.read() as connection:
        return promotion_fault(connection, Realm.live, rule, NOW)


def test_a_rule_must_have_been_on_trial_for_its_quiet_days(database: Database) -> None:
    assert "还没有以影子状态" in (fault(database, candidate()) or "")
    with database.write() as connection:
        activate(connection, NOW - timedelta(days=30), TEXT)  # alarming is no trial
        activate(connection, NOW - timedelta(days=5), on_trial())
    assert "还差 2 天" in (fault(database, candidate()) or "")
    assert fault(database, candidate(quiet_days_before_active=5)) is None
    assert fault(database, candidate(quiet_days_before_active=0)) is None
    assert "每周告警预算" in (fault(database, candidate(alert_budget_per_week=None)) or "")


def test_a_trial_under_other_conditions_does_not_count(database: Database) -> None:
    with database.write() as connection:
        activate(connection, NOW - timedelta(days=30), on_trial())
        activate(
            connection, NOW - timedelta(days=3), on_trial(TEXT.replace("cooldown_minutes: 60", "cooldown_minutes: 90"))
        )
    assert "还差 4 天" in (fault(database, candidate(cooldown_minutes=90)) or "")
    assert "还没有以影子状态" in (fault(database, candidate()) or "")


def test_words_may_change_during_a_trial(database: Database) -> None:
    with database.write() as connection:
        activate(connection, NOW - timedelta(days=9), on_trial())
        activate(connection, NOW - timedelta(days=1), on_trial(TEXT.replace("title: ", "title: 新的")))
    assert fault(database, candidate()) is None


def test_more_would_be_alerts_than_the_budget_start_the_quiet_days_anew(database: Database) -> None:
    with database.write() as connection:
        activate(connection, NOW - timedelta(days=20), on_trial())
        loud = [said(SURGE, NOW - timedelta(days=day)) for day in (4, 5, 6)]
        releases.save_shadow_findings(connection, loud)
    told = fault(database, candidate()) or ""
    assert "超过了每周最多 2 次" in told
    assert "还差 3 天" in told
    assert fault(database, candidate(alert_budget_per_week=3)) is None
    shown = health(database, rules(status=RuleStatus.shadow, alert_budget_per_week=2))
    assert shown.shadow_quiet_days == 4
    assert "本会告警 3 次" in shown.sentences[0]


# --- budgets ----------------------------------------------------------------------------------


def warned(database: Database, found: RuleSet, spoken: list[Finding]) -> list[tuple[str, str, str]]:
    """What the owners are told as findings are kept one after the other."""
    for one in spoken:
        with database.write() as connection:
            outcomes.save_findings(connection, [one], {})
            warn_owners(connection, Realm.live, found, [one], {Category.fee_dispute: "inc-1"}, one.at)
    with database.read() as connection:
        told = queries.notification_list(connection, Realm.live, 50)
    return [(one.id, one.to, one.incident) for one in told]


def test_the_owner_is_warned_once_a_week_and_nothing_is_muted(database: Database) -> None:
    monday = datetime(2026, 5, 18, 0, 5, tzinfo=CHINA)
    before = [said(SURGE, monday - timedelta(days=day)) for day in (1, 2, 3)]
    within = [said(SURGE, monday + timedelta(hours=10 * count)) for count in range(6)]
    found = rules(alert_budget_per_week=2)
    told = warned(database, found, [*before, *within])
    owner = found.rule(SURGE).owner
    assert told == [
        ("budget:live:fee_dispute.surge:2026-W21", owner, "inc-1"),
        ("budget:live:fee_dispute.surge:2026-W20", owner, "inc-1"),
    ]
    assert warned(database, found, within) == told  # doing it again changes nothing
    with database.read() as connection:
        kept = connection.execute(select(findings.c.id)).all()
    assert len(kept) == len(before) + len(within)


def test_a_rule_within_its_budget_or_without_one_warns_nobody(database: Database) -> None:
    spoken = [said(SURGE, NOW - timedelta(hours=8 * count)) for count in range(3)]
    assert warned(database, rules(alert_budget_per_week=3), spoken) == []
    assert warned(database, rules(), spoken) == []


def test_a_long_alert_counts_once_against_the_budget(database: Database) -> None:
    spoken = [said(SURGE, NOW - timedelta(minutes=61 * count)) for count in range(20)]
    assert warned(database, rules(alert_budget_per_week=1), sorted(spoken, key=lambda one: one.at)) == []
    assert len(decisions_of(spoken)) == 1


def test_a_long_cooldown_does_not_cut_an_alert_in_pieces() -> None:
    daily = [said(SURGE, NOW + timedelta(minutes=745 * count), cooldown=720) for count in range(5)]
    assert len(decisions_of(daily)) == 1
    assert len(decisions_of([*daily, said(SURGE, NOW + timedelta(days=4), cooldown=720)])) == 2
