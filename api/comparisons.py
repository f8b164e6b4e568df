"""Comparisons over history that run beside the server's work, one for each person: they outlive a reload."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from api.errors import HANDLED
from engine.backtest import OnProgress
from engine.release_record import Comparison

Files = Mapping[str, str | None]
Compare = Callable[[Files, datetime, datetime, OnProgress], Comparison]
_FAILED: Final = "比较中途出错，已记录；现行规则与改动都没有变化，请重试或联系运维"


@dataclass
class Job:
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

    def tell(self, done: int, total: int | None) -> None:
        """Called from the thread that compares."""
        self.done, self.total = done, total


@dataclass
class Comparisons:
    """The newest comparison of each person."""

    _jobs: dict[str, Job] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def of(self, person: str) -> Job | None:
        """The newest one that this person started."""
        return self._jobs.get(person)

    def start(self, person: str, files: Files, days: int, until: datetime, compare: Compare) -> Job:
        """Start one; what the person started before is forgotten."""
        job = self._jobs[person] = Job(dict(files), days, until)
        task = asyncio.create_task(_run(job, compare))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def forget(self, person: str) -> None:
        """Drop what was compared, for example once it is proposed."""
        self._jobs.pop(person, None)


async def _run(job: Job, compare: Compare) -> None:
    since = job.until - timedelta(days=job.days)
    try:
        job.result = await asyncio.to_thread(compare, job.files, since, job.until, job.tell)
    except HANDLED as error:
        job.fault = str(error)
    except Exception as error:  # noqa: BLE001 - the edge of a task: whatever fails is logged and told
        structlog.get_logger("crisisdesk.compare").error("comparison_failed", exc_info=error)
        job.fault = _FAILED
