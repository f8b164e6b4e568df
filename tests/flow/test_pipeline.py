"""What must hold of the way from inbox to incidents when processes, parts or inputs misbehave."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from engine.core import BrandCore, Decide, StepOutput, step
from engine.errors import Conflict, ScoringUnavailable
from engine.model import (
    SYSTEM,
    Category,
    CommandKind,
    CommandRecord,
    Engagement,
    Level,
    LogRecord,
    Mention,
    Realm,
    Scores,
    TaskStatus,
)
from engine.parts import Parts
from engine.pipeline import Pipeline
from engine.replay import feed, lines
from engine.scoring.logged import LoggedScorer
from engine.store import inbox, log, mentions, queries
from engine.store.tables import incidents, notifications, tasks
from tests.support.made import OWN, START, MadeStream, made_mention, made_pipeline, made_scores

FEE = Category.fee_dispute
COMPETITOR = "雁回消费金融"


def command(kind: CommandKind, **fields: object) -> CommandRecord:
    return CommandRecord.model_validate({"command": kind, "actor": SYSTEM, "category": FEE, "reason": "测试", **fields})


def opened(pipeline: Pipeline, brand: str = OWN, level: Level = Level.medium) -> str:
    pipeline.command(Realm.live, brand, START, command(CommandKind.open, level=level, title="采访函"))
    with pipeline.database.read() as connection:
        return queries.incident_list(connection, Realm.live)[0].id


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    made = made_pipeline(tmp_path, {})
    yield made
    made.close()


@pytest.fixture(scope="module")
def short() -> MadeStream:
    return MadeStream(days=1, minutes=150)


def result(pipeline: Pipeline) -> list[str]:
    with pipeline.database.read() as connection:
        return list(lines(connection))


@pytest.fixture(scope="module")
def expected(short: MadeStream, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    pipeline = made_pipeline(tmp_path_factory.mktemp("expected"), short.scores)
    feed(pipeline, short.mentions, source="test")
    pipeline.close()
    return result(pipeline)


def test_two_processes_that_take_turns_on_one_store_give_the_result_of_one(
    short: MadeStream, expected: list[str], tmp_path: Path
) -> None:
    one, other = made_pipeline(tmp_path, short.scores), made_pipeline(tmp_path, short.scores)
    one.ingest(Realm.replay, short.mentions)
    turn = 0
    while one.score_pending() + (other if turn % 2 else one).detect_pending(40):
        turn += 1
    feed(one, [], source="test")
    one.close()
    other.close()
    assert result(one) == expected


def test_a_fault_in_the_middle_of_a_batch_counts_nothing_twice(
    short: MadeStream, expected: list[str], tmp_path: Path
) -> None:
    failed: list[int] = []

    def flaky(core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
        if record.seq % 37 == 0 and record.seq not in failed:
            failed.append(record.seq)
            raise RuntimeError("broken part")
        return step(core, record, decide)

    pipeline = made_pipeline(tmp_path, short.scores, advance=flaky)
    for _ in range(100):
        try:
            feed(pipeline, short.mentions, source="test")
            break
        except RuntimeError:
            continue
    pipeline.close()
    assert len(failed) > 3
    assert result(pipeline) == expected


def test_a_refusal_reaches_its_author_even_when_another_process_took_the_command(tmp_path: Path) -> None:
    other = made_pipeline(tmp_path, {})

    def overtaken(core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
        other.detect_pending()
        return step(core, record, decide)

    pipeline = made_pipeline(tmp_path, {}, advance=overtaken)
    incident = opened(pipeline)
    with pytest.raises(Conflict, match="无需重新打开"):
        pipeline.command(Realm.live, OWN, START, command(CommandKind.reopen, incident=incident))
    pipeline.close()
    other.close()


class PickyScorer(LoggedScorer):
    """Fails on one mention."""

    def __init__(self, scores: dict[str, Scores], refused: str) -> None:
        super().__init__(scores, "picky")
        self.refused = refused

    def score(self, mention: Mention) -> Scores:
        if mention.id == self.refused:
            raise ValueError("cannot read this text")
        return super().score(mention)


def test_a_mention_that_cannot_be_scored_is_set_aside_with_a_reason_and_tried_again_under_a_new_release(
    tmp_path: Path,
) -> None:
    made = made_pipeline(tmp_path, {})
    two = [made_mention(number, START) for number in (1, 2)]
    scorer = PickyScorer({one.id: made_scores(one, FEE) for one in two}, two[0].id)
    parts = made.parts
    pipeline = Pipeline(made.database, Parts(scorer, parts.rules, parts.playbooks, parts.registry, "test"))
    pipeline.ingest(Realm.live, two)
    pipeline.drain()
    with made.database.read() as connection:
        assert mentions.why_unscored(connection, Realm.live, two[0].id) == "评分失败（ValueError）"
        assert mentions.load_mention(connection, Realm.live, two[0].id)[1] is None
        assert mentions.load_mention(connection, Realm.live, two[1].id)[1] is not None
    scorer.refused = ""
    pipeline.activate(Realm.live, START, "合规")
    pipeline.drain()
    with made.database.read() as connection:
        assert mentions.why_unscored(connection, Realm.live, two[0].id) is None
        assert mentions.load_mention(connection, Realm.live, two[0].id)[1] is not None
    made.close()
    pipeline.close()


def test_without_a_scorer_everything_waits_in_the_inbox(pipeline: Pipeline) -> None:
    pipeline.ingest(Realm.live, [made_mention(1, START)])
    with pytest.raises(ScoringUnavailable):
        pipeline.score_pending()
    with pipeline.database.read() as connection:
        assert inbox.pending(connection) == 1


def test_imported_history_alerts_nobody_whatever_it_contains(short: MadeStream, tmp_path: Path) -> None:
    pipeline = made_pipeline(tmp_path, short.scores)
    pipeline.ingest(Realm.live, [one.model_copy(update={"history": True}) for one in short.mentions])
    pipeline.drain()
    pipeline.tick(Realm.live, short.mentions[-1].received_at + timedelta(hours=2))
    pipeline.drain()
    with pipeline.database.read() as connection:
        assert queries.incident_list(connection, Realm.live) == []
    pipeline.close()


@pytest.mark.parametrize(("brand", "played"), [(OWN, True), (COMPETITOR, False), ("没有登记的品牌", False)])
def test_only_own_and_partner_brands_start_playbooks(pipeline: Pipeline, brand: str, played: bool) -> None:
    opened(pipeline, brand)
    with pipeline.database.read() as connection:
        assert connection.execute(select(incidents)).first()
        assert bool(connection.execute(select(tasks)).first()) is played
        assert bool(connection.execute(select(notifications)).first()) is played


def test_reopening_an_incident_gives_its_cancelled_tasks_again(pipeline: Pipeline) -> None:
    incident = opened(pipeline)
    pipeline.command(Realm.live, OWN, START, command(CommandKind.close, incident=incident))
    with pipeline.database.read() as connection:
        assert {task.status for task in queries.tasks_of(connection, incident)} == {TaskStatus.cancelled}
    later = START + timedelta(hours=5)
    pipeline.command(Realm.live, OWN, later, command(CommandKind.reopen, incident=incident))
    with pipeline.database.read() as connection:
        given = queries.tasks_of(connection, incident)
    assert {task.status for task in given} == {TaskStatus.open}
    assert all(task.due_at > later for task in given)


def test_a_release_that_is_noted_in_the_log_is_no_brand_and_no_arrival(pipeline: Pipeline) -> None:
    pipeline.activate(Realm.replay, START, "合规")
    pipeline.drain()
    with pipeline.database.read() as connection:
        assert list(log.brands_of(connection, Realm.replay)) == []
        assert log.latest(connection, Realm.replay) is None


def test_an_incident_that_nothing_follows_is_closed_in_the_end(short: MadeStream, tmp_path: Path) -> None:
    pipeline = made_pipeline(tmp_path, short.scores)
    pipeline.ingest(Realm.live, short.mentions)
    pipeline.drain()
    pipeline.tick(Realm.live, START + timedelta(days=20))
    pipeline.drain()
    with pipeline.database.read() as connection:
        found = queries.incident_list(connection, Realm.live)
    assert found
    assert {one.status for one in found} <= {"closed", "merged"}
    pipeline.close()


def test_a_scored_mention_costs_few_statements(short: MadeStream, tmp_path: Path) -> None:
    pipeline = made_pipeline(tmp_path, short.scores)
    counted: list[str] = []
    event.listen(pipeline.database.engine, "before_cursor_execute", lambda *got: counted.append(got[2]))
    pipeline.ingest(Realm.live, short.mentions)
    pipeline.drain()
    pipeline.close()
    assert len(counted) / len(short.mentions) < 10


def test_more_engagement_never_takes_known_counts_away(pipeline: Pipeline) -> None:
    mention = made_mention(1, START, engagement=Engagement(reposts=10, likes=5))
    seen = [mention, *(mention.model_copy(update={"engagement": Engagement(reposts=n)}) for n in (12, 14))]
    assert [outcome for outcome, _ in pipeline.ingest(Realm.live, seen)] == ["accepted", "updated", "updated"]
    with pipeline.database.read() as connection:
        known, _ = mentions.load_mention(connection, Realm.live, mention.id)
    assert known.engagement == Engagement(reposts=14, likes=5)


def test_a_release_is_activated_once_and_again_only_when_it_changed(pipeline: Pipeline) -> None:
    assert pipeline.ensure_active(Realm.live, START, "合规")
    assert not pipeline.ensure_active(Realm.live, START, "合规")
    assert pipeline.ensure_active(Realm.replay, START, "合规"), "each realm knows its own"
    changed = Pipeline(pipeline.database, replace(pipeline.parts, release="another"))
    assert changed.ensure_active(Realm.live, START, "合规")
    changed.close()
    assert pipeline.ensure_active(Realm.live, START, "合规"), "going back is a change too"
