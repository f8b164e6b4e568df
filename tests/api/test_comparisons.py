"""Comparisons that pages start: a person's new one ends the one before."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from api.comparisons import Comparisons
from engine.backtesting.job import BacktestJob, JobStatus
from engine.errors import InputError
from engine.model import Actor, Role
from tests.api.support import House

UNTIL = datetime(2026, 3, 2, tzinfo=UTC)
ANA, SU = Actor(name="ana", role=Role.analyst), Actor(name="su", role=Role.analyst)


class EndlessRunner:
    """Jobs that end only when they are cancelled."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobStatus] = {}

    def start(self, _request: object) -> str:
        job = f"job-{len(self.jobs) + 1}"
        self.jobs[job] = JobStatus.running
        return job

    def job(self, job: str) -> BacktestJob:
        return BacktestJob(job, self.jobs[job])

    def cancel(self, job: str) -> None:
        self.jobs[job] = JobStatus.cancelled


class AnyDesk:
    """A desk that has a request for everything."""

    def comparison_request(self, *_: object) -> tuple[str, object]:
        return "base", object()


def test_a_new_comparison_of_a_person_ends_the_one_before_and_nobody_elses() -> None:
    runner, desk = EndlessRunner(), AnyDesk()
    comparisons = Comparisons(runner)  # type: ignore[arg-type]

    async def started(person: Actor) -> None:
        before = len(runner.jobs)
        comparisons.start(desk, person, {}, 7, UNTIL)  # type: ignore[arg-type]
        while len(runner.jobs) == before:
            await asyncio.sleep(0.01)

    async def way() -> list[list[str]]:
        seen: list[list[str]] = []
        for person in (ANA, SU, ANA):
            await started(person)
            await asyncio.sleep(0.01)
            seen.append([job for job, status in runner.jobs.items() if status is JobStatus.running])
        comparisons.forget(ANA.name)
        await asyncio.sleep(0.01)
        seen.append([job for job, status in runner.jobs.items() if status is JobStatus.running])
        comparisons.forget(SU.name)
        await asyncio.sleep(0.01)
        return seen

    with ThreadPoolExecutor(1) as outside:  # browser tests leave a running loop in this thread
        seen = outside.submit(asyncio.run, way()).result()
    assert seen == [["job-1"], ["job-1", "job-2"], ["job-2", "job-3"], ["job-2"]]


def test_over_http_a_proposal_is_compared_outside_the_server_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def beside(request: Any) -> Any:
        asked.append(request)
        raise InputError("到此为止")

    monkeypatch.setattr("engine.releases.trials.run_beside", beside)
    text = house.desk.shelf.bundled.content.files["rules/handling.yaml"]
    body = {"reason": "试", "files": {"rules/handling.yaml": f"{text}\n"}}
    span = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"}
    with house.client("analyst") as client:
        assert "到此为止" in client.post("/api/v1/releases", json=body | span).text
        turned = {"since": span["until"], "until": span["since"]}
        assert client.post("/api/v1/releases", json=body | turned).json()["error"]["field"] == "since"
    assert [one.since.day for one in asked] == [1]
