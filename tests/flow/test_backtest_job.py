"""Backtests in a process beside: the engine goes on, the result is that of a direct run, and nothing is left behind."""

import multiprocessing
import pickle
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.backtesting.job import BacktestJob, BacktestRequest, BacktestRunner, JobStatus, run_beside, run_request
from engine.errors import Conflict, NotFound, ReleaseError
from engine.model import Category, Realm
from engine.pipeline import Pipeline
from engine.store import log, queries
from tests.support.made import OWN, START, MadeStream, made_mention, made_scores
from tests.support.releases import LAW, SURGE, Firm, bundled, edited

END = START + timedelta(days=2)


@pytest.fixture(scope="module")
def stream() -> MadeStream:
    made = MadeStream(days=1, minutes=100)
    for number in range(2_000):  # what arrives while a backtest runs
        late = made_mention(f"later{number}", END + timedelta(seconds=20 * number))
        made.scores[late.id] = made_scores(late, None)
    return made


@pytest.fixture(scope="module")
def firm(stream: MadeStream, tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return Firm(tmp_path_factory.mktemp("job"), stream.scores)


@pytest.fixture(scope="module")
def pipeline(firm: Firm, stream: MadeStream) -> Iterator[Pipeline]:
    made = firm.pipeline()
    made.ingest(Realm.live, stream.mentions)
    made.drain()
    made.tick(Realm.live, END)  # the time up to there is over: what comes later lays no ticks into it
    made.drain()
    yield made
    made.close()


@pytest.fixture
def runner() -> Iterator[BacktestRunner]:
    made = BacktestRunner()
    yield made
    made.close()


def request(firm: Firm, rules: dict[str, str] | None = None) -> BacktestRequest:
    """The release's rules against a louder version of them."""
    files = bundled().content.files
    return BacktestRequest(
        rules=rules or dict(files) | {SURGE: edited(("value: 10}", "value: 6}"))},
        database_url=firm.database.url.render_as_string(hide_password=False),
        realm=Realm.live,
        since=START,
        until=END,
        against=files,
    )


def ended(runner: BacktestRunner, job: str, seconds: float = 120) -> BacktestJob:
    deadline = time.monotonic() + seconds
    while not (found := runner.job(job)).ended and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_the_engine_goes_on_while_a_backtest_runs_and_the_result_is_that_of_a_direct_run(
    firm: Firm, pipeline: Pipeline, runner: BacktestRunner
) -> None:
    asked = request(firm)
    job = runner.start(asked)
    taken = 0
    while not runner.job(job).ended and taken < 2_000:
        batch = [
            made_mention(f"later{number}", END + timedelta(seconds=20 * number)) for number in range(taken, taken + 10)
        ]
        pipeline.ingest(Realm.live, batch)
        pipeline.drain()
        taken += len(batch)
        time.sleep(0.2)  # a stream, not a flood: the other process gives way to everybody
    found = ended(runner, job)
    assert found.status is JobStatus.done, found.fault
    assert taken >= 20  # several batches were detected meanwhile
    with pipeline.database.read() as connection:
        assert queries.counts_since(connection, Realm.live, END)[0] == taken
        assert log.position(connection, "detection") == log.last_seq(connection)
    assert (found.new, found.old) == run_request(asked)
    assert found.new is not None
    assert found.old is not None
    assert found.new.decisions
    assert found.new.decisions != found.old.decisions
    assert found.done == found.total == found.new.history.records


def test_a_fault_of_the_rules_names_file_and_fault_and_survives_the_way_between_processes(firm: Firm) -> None:
    files = {SURGE: edited(("negative_count_1h", "negative_count_1x"))}
    with pytest.raises(ReleaseError) as caught:
        run_request(request(firm, files))
    told = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert isinstance(told, ReleaseError)
    assert str(told) == str(caught.value)
    assert "rules/packs/fee_dispute/surge.yaml:" in str(told)
    assert "negative_count_1h" in str(told)


def test_a_job_ends_when_it_is_cancelled_and_old_ones_are_forgotten(firm: Firm, runner: BacktestRunner) -> None:
    first = runner.start(replace(request(firm), rules={}, against=None))
    runner.cancel(first)
    assert ended(runner, first).status is JobStatus.cancelled
    with pytest.raises(NotFound, match="回测"):
        runner.job("backtest-99")


@pytest.mark.parametrize("error", [OSError("no process can be started"), TypeError("cannot be sent"), MemoryError()])
def test_a_job_ends_with_a_clear_error_whatever_happens_to_its_process(
    firm: Firm, runner: BacktestRunner, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", fail)
    found = ended(runner, runner.start(request(firm)), 5)
    assert found.status is JobStatus.failed
    assert "请重试" in (found.fault or "")
    monkeypatch.undo()
    with pytest.raises(ReleaseError):  # the next one gets its turn
        run_beside(request(firm, {SURGE: "不是规则"}))


def test_a_cancelled_backtest_leaves_no_process_behind(firm: Firm, pipeline: Pipeline) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Conflict, match="取消"):
        run_beside(replace(request(firm), rules={}, against=None), stop=stop)
    assert multiprocessing.active_children() == []


def test_the_desk_explains_a_moment_by_the_release_that_decided_then(firm: Firm, pipeline: Pipeline) -> None:
    desk, crisis = firm.desk(pipeline), START + timedelta(days=1, minutes=99)
    found = desk.explain_rules(LAW, Realm.live, OWN, Category.fee_dispute, crisis)
    assert found.rules_hash == bundled().rules.hash
    assert found.rules[0].level is not None
    assert len(found.mentions) == 20
    assert found.mentions[0].published_at <= crisis + timedelta(minutes=1)
    nobody = desk.explain_rules(LAW, Realm.drill, OWN, Category.fee_dispute, crisis)
    assert {one.level for one in nobody.rules} == {None}
