"""Backtests in a process beside: the engine goes on, the result is that of a direct run, and nothing is left behind."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.backtest_job import BacktestJob, BacktestRequest, BacktestRunner, JobStatus, run_beside, run_request
from engine.errors import Conflict, NotFound
from engine.model import Realm
from engine.pipeline import Pipeline
from engine.store import log, queries
from tests.support.made import START, MadeStream, made_mention, made_scores
from tests.support.releases import SURGE, Firm, bundled, edited

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


def ended(runner: BacktestRunner, job: str) -> BacktestJob:
    deadline = time.monotonic() + 120
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
        time.sleep(0.05)  # a stream, not a flood: the other process gives way to everybody
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


def test_a_fault_of_the_rules_is_told_and_the_next_request_gets_its_turn(
    firm: Firm, pipeline: Pipeline, runner: BacktestRunner
) -> None:
    files = dict(bundled().content.files)
    broken = runner.start(request(firm, files | {SURGE: edited(("negative_count_1h", "negative_count_1x"))}))
    cancelled = runner.start(request(firm))
    runner.cancel(cancelled)
    found = ended(runner, broken)
    assert found.status is JobStatus.failed
    assert "surge.yaml" in (found.fault or "")
    assert "negative_count_1h" in (found.fault or "")
    assert ended(runner, cancelled).status is JobStatus.cancelled
    with pytest.raises(NotFound, match="回测"):
        runner.job("backtest-99")


def test_a_cancelled_backtest_leaves_no_process_behind(firm: Firm, pipeline: Pipeline) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Conflict, match="取消"):
        run_beside(replace(request(firm), rules={}, against=None), stop=stop)
    assert multiprocessing.active_children() == []
