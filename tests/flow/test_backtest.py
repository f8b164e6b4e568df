"""Backtests over a store: the live decisions again, other rules' decisions, and nothing written."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.backtesting.backtest import Backtest, backtest, backtest_both, given_history, stored_history
from engine.backtesting.episodes import decisions_of
from engine.backtesting.plot import plot_svg
from engine.backtesting.series import backtest_series
from engine.backtesting.truth import Truth, TruthWindow
from engine.errors import InputError
from engine.model import Category, Finding, Level, Realm
from engine.pipeline import Pipeline
from engine.replay import feed
from engine.rule_set import RuleSet
from engine.store.database import Database
from engine.store.log_ranges import records_of
from engine.store.tables import findings, metadata
from rules.schema import Rule, RuleStatus
from tests.support.made import OWN, START, MadeStream, made_pipeline

END = START + timedelta(days=4)


@pytest.fixture(scope="module")
def stream() -> MadeStream:
    return MadeStream(minutes=185)


@pytest.fixture(scope="module")
def pipeline(stream: MadeStream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    made = made_pipeline(tmp_path_factory.mktemp("backtest"), stream.scores)
    feed(made, stream.mentions, source="test")
    yield made
    made.close()


@pytest.fixture(scope="module")
def database(pipeline: Pipeline) -> Database:
    return pipeline.database


@pytest.fixture(scope="module")
def rules(pipeline: Pipeline) -> RuleSet:
    return pipeline.parts.rules


@pytest.fixture(scope="module")
def report(database: Database, rules: RuleSet) -> Backtest:
    return backtest(rules, stored_history(database, Realm.replay, START, END))


def live_findings(database: Database) -> list[Finding]:
    with database.read() as connection:
        rows = connection.execute(findings.select().order_by(findings.c.at)).all()
    return [Finding.model_validate_json(row.document) for row in rows]


def changed(rules: RuleSet, rule_id: str, **fields: object) -> RuleSet:
    """The same rules with one changed."""
    found = rules.rule(rule_id)
    other = Rule.model_validate(found.model_dump() | fields)
    return RuleSet([other if one is found else one for one in rules.rules], rules.handling)


def test_a_backtest_of_the_rules_in_force_gives_the_decisions_that_were_made(
    report: Backtest, database: Database
) -> None:
    made = decisions_of(live_findings(database))
    assert made
    assert [one.model_copy(update={"mentions": ()}) for one in report.decisions] == list(made)
    assert all(one.mentions for one in report.decisions)


def test_its_incidents_are_those_of_the_store(report: Backtest, pipeline: Pipeline) -> None:
    with pipeline.database.read() as connection:
        stored = connection.execute(metadata.tables["incidents"].select()).all()
    assert {one.id for one in report.incidents} == {row.id for row in stored}
    assert {one.model_dump_json() for one in report.incidents} == {row.document for row in stored}


def test_a_backtest_starts_where_it_is_told_and_knows_what_came_before(
    report: Backtest, database: Database, rules: RuleSet
) -> None:
    since = START + timedelta(days=3)
    later = backtest(rules, stored_history(database, Realm.replay, since, END))
    assert any(one.end < since for one in report.decisions)
    assert later.decisions == tuple(one for one in report.decisions if one.start >= since)
    assert {one.opened_at >= since for one in later.incidents} == {True}


def test_nothing_is_written_to_the_store(database: Database, rules: RuleSet) -> None:
    def content() -> list[object]:
        with database.read() as connection:
            return [connection.execute(table.select()).all() for table in metadata.sorted_tables]

    before = content()
    backtest(rules, stored_history(database, Realm.replay, START, END))
    assert content() == before


def test_a_history_stays_what_it_was_when_more_arrives(stream: MadeStream, tmp_path: Path) -> None:
    pipeline = made_pipeline(tmp_path, stream.scores)
    try:
        feed(pipeline, stream.mentions[:20], source="test")
        history = stored_history(pipeline.database, Realm.replay, START, END)
        since = START.astimezone(UTC)
        assert stored_history(pipeline.database, Realm.replay, since, END).name.startswith("回放 2026-03-02 08:00 至 ")
        before = list(history.records())
        feed(pipeline, stream.mentions[:40], source="test")
        assert list(history.records()) == before
        assert stored_history(pipeline.database, Realm.replay, START, END).digest != history.digest
    finally:
        pipeline.close()


def test_two_rule_sets_side_by_side_decide_as_each_does_alone(
    report: Backtest, database: Database, rules: RuleSet
) -> None:
    other = changed(rules, "fee_dispute.surge", status=RuleStatus.shadow)
    history = stored_history(database, Realm.replay, START, END)
    old, new = backtest_both(rules, other, history)
    assert old == report
    assert new == backtest(other, history)
    assert new.decisions != old.decisions


def test_a_shadow_rule_is_told_apart_and_opens_nothing(report: Backtest, database: Database, rules: RuleSet) -> None:
    quiet = RuleSet(
        [Rule.model_validate(one.model_dump() | {"status": RuleStatus.shadow}) for one in rules.rules], rules.handling
    )
    shadow = backtest(quiet, stored_history(database, Realm.replay, START, END))
    assert shadow.decisions == ()
    assert shadow.incidents == ()
    assert shadow.shadow == report.decisions


def test_alerts_are_counted_by_week_and_a_budget_is_measured_by_them(
    report: Backtest, database: Database, rules: RuleSet
) -> None:
    counted = sum(count for weeks in report.alerts_per_week.values() for count in weeks.values())
    assert counted == len(report.decisions)
    assert report.alerts_per_week["fee_dispute.viral"] == {"2026-W10": 2}
    assert not report.budget_breaches
    tight = changed(rules, "fee_dispute.viral", alert_budget_per_week=1)
    over = backtest(tight, stored_history(database, Realm.replay, START, END))
    assert [(one.rule, one.week, one.alerts, one.budget) for one in over.budget_breaches] == [
        ("fee_dispute.viral", "2026-W10", 2, 1)
    ]
    assert over.decisions == report.decisions
    assert report.first_alert["fee_dispute.surge"] == next(
        decision.start for decision in report.decisions if decision.rule == "fee_dispute.surge"
    )


def test_labels_judge_alerts_and_windows_judge_what_was_found(
    report: Backtest, database: Database, rules: RuleSet, stream: MadeStream
) -> None:
    onset = START + timedelta(days=3)
    truth = Truth(
        {
            name: frozenset({scores.category}) if scores.category else frozenset()
            for name, scores in stream.scores.items()
        },
        (
            TruthWindow.model_validate(
                {"brand": OWN, "category": "fee_dispute", "level": "high", "from": onset, "to": END}
            ),
            TruthWindow.model_validate(
                {"brand": OWN, "category": "system_outage", "level": "low", "from": onset, "to": END}
            ),
        ),
    )
    judged = backtest(rules, stored_history(database, Realm.replay, START, END), truth=truth)
    assert judged.decisions == report.decisions
    assert judged.recall == {(Category.fee_dispute, Level.high): 1.0, (Category.system_outage, Level.low): 0.0}
    assert judged.precision[Category.fee_dispute, Level.high] == 1.0
    wrong = Truth(dict.fromkeys(truth.labels, frozenset({Category.privacy_leak})))
    mislabelled = backtest(rules, stored_history(database, Realm.replay, START, END), truth=wrong)
    assert set(mislabelled.precision.values()) == {0.0}


def test_a_file_of_log_records_is_a_history(
    report: Backtest, database: Database, rules: RuleSet, tmp_path: Path
) -> None:
    history = stored_history(database, Realm.replay, START, END)
    assert history.span is not None
    file = tmp_path / "scored.jsonl"
    file.write_text("".join(one.model_dump_json() + "\n" for one in records_of(database, history.span)), "utf-8")
    told: list[tuple[int, int | None]] = []
    given = given_history(file)
    assert backtest(rules, given, lambda done, total: told.append((done, total))).decisions == report.decisions
    assert told[-1] == (given.total, given.total)


def test_a_line_that_is_no_log_record_is_named(tmp_path: Path, rules: RuleSet) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text('\n{"id": "1"}\n', "utf-8")
    with pytest.raises(InputError, match=r"broken\.jsonl:2 .*日志记录"):
        backtest(rules, given_history(file))


def test_the_chart_counts_what_the_backtest_found(report: Backtest, database: Database, rules: RuleSet) -> None:
    old = backtest(
        changed(rules, "fee_dispute.surge", status=RuleStatus.deprecated, deprecated={"reason": "由另一条规则代替"}),
        stored_history(database, Realm.replay, START, END),
    )
    series = backtest_series(report, old, category=Category.fee_dispute)
    assert sum(series.negatives) == sum(one.count for one in report.activity if one.category is Category.fee_dispute)
    assert series.old is not None
    assert {one.rule for one in series.new} - {one.rule for one in series.old} == {"fee_dispute.surge"}
    assert sum(series.new_counts) == len(series.new)
    assert len(series.times) == len(series.negatives) == len(series.new_counts) == len(series.old_counts or ())
    picture = ElementTree.fromstring(plot_svg(series, "新旧对比 <1>"))  # noqa: S314 - our own picture
    marks = [one for one in picture.iter() if one.tag.endswith(("circle", "polygon"))]
    assert len(marks) == len(series.new) + len(series.old) + 3
    assert "新旧对比 <1>" in "".join(picture.itertext())
