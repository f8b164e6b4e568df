"""Comparisons over history, one for each person: each runs in a process of its own and outlives a reload."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from api.errors import HANDLED
from engine.backtesting.job import BacktestJob, BacktestRunner
from engine.commands import Desk
from engine.model import Actor
from engine.releases.record import Comparison

Files = Mapping[str, str | None]
_ASK_SECONDS: Final = 0.2
_FAILED: Final = "比较中途出错，已记录；现行规则与改动都没有变化，请重试或联系运维"


@dataclass
class Trial:
    """One comparison: of which files over how many days, how far it is, and what came of it."""

    files: Files
    days: int
    until: datetime
    done: int = 0
    total: int | None = None
    result: Comparison | None = None
    fault: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.result is None and not self.fault

    @property
    def share(self) -> float:
        """How much is done, 0-1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


@dataclass
class Comparisons:
    """The newest comparison of each person."""

    _runner: BacktestRunner = field(default_factory=BacktestRunner)
    _trials: dict[str, Trial] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def of(self, person: str) -> Trial | None:
        """The newest one that this person started."""
        return self._trials.get(person)

    def start(self, desk: Desk, actor: Actor, files: Files, days: int, until: datetime) -> Trial:
        """Start one; what the person started before is ended and forgotten."""
        self.forget(actor.name)
        trial = self._trials[actor.name] = Trial(dict(files), days, until)
        self._tasks[actor.name] = asyncio.create_task(self._run(trial, desk, actor))
        return trial

    def forget(self, person: str) -> None:
        """Drop what was compared, for example once it is proposed; what still runs is ended."""
        self._trials.pop(person, None)
        task = self._tasks.pop(person, None)
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """End whatever runs."""
        self._runner.close()

    async def _run(self, trial: Trial, desk: Desk, actor: Actor) -> None:
        since = trial.until - timedelta(days=trial.days)
        try:
            base, request = await asyncio.to_thread(desk.comparison_request, actor, trial.files, since, trial.until)
            job = await self._finished(trial, self._runner.start(request))
            if job.old is None or job.new is None:
                trial.fault = job.fault or _FAILED
                return
            trial.result = await asyncio.to_thread(desk.comparison_of, actor, trial.files, base, job.old, job.new)
        except HANDLED as error:
            trial.fault = str(error)
        except Exception as error:  # noqa: BLE001 - the edge of a task: whatever fails is logged and told
            structlog.get_logger("crisisdesk.compare").error("comparison_failed", exc_info=error)
            trial.fault = _FAILED

    async def _finished(self, trial: Trial, name: str) -> BacktestJob:
        try:
            while True:
                job = self._runner.job(name)
                trial.done, trial.total = job.done, job.total
                if job.ended:
                    return job
                await asyncio.sleep(_ASK_SECONDS)
        finally:
            self._runner.cancel(name)  # nobody waits for it any more; one that has ended stays as it is
