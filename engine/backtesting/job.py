"""Backtests beside a live engine: one at a time, each in a process of its own that gives way and only reads.

A page starts one, asks how far it is, and takes the result; whatever still runs ends with the process that started it.
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import count
from multiprocessing.connection import Connection
from typing import Any, Final

import structlog

from engine.backtesting.backtest import Backtest, OnProgress, backtest, backtest_both
from engine.backtesting.history import stored_history
from engine.errors import Conflict, CrisisDeskError, NotFound, StoreError
from engine.model import Realm
from engine.releases.release import unpacked
from engine.rule_set import RuleSet
from engine.store.database import Database

NICENESS: Final = 10
_REMEMBERED: Final = 20
_TELL_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 0.1
_ONE_AT_A_TIME: Final = threading.Lock()
_DIED: Final = "回测进程意外退出，请重试；若再次出现，请缩短时间范围"
_FAILED: Final = "回测出错，已记录，请重试或联系运维"


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """What to run: `rules` (and `against`, the old ones) as release files by path, over what the store at a URL holds
    of a realm from `since` up to `until`. All of it can be sent to another process.
    """

    rules: Mapping[str, str]
    database_url: str
    realm: Realm
    since: datetime
    until: datetime
    against: Mapping[str, str] | None = None


class JobStatus(StrEnum):
    """How a job stands."""

    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


@dataclass(frozen=True, slots=True)
class BacktestJob:
    """A job as it stands: `done` of `total` records (None until known), the result or the fault when it has ended."""

    id: str
    status: JobStatus
    done: int = 0
    total: int | None = None
    new: Backtest | None = None
    old: Backtest | None = None
    fault: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status is not JobStatus.running


def rules_of(files: Mapping[str, str]) -> RuleSet:
    """The rules among release files. Raises ReleaseError that names every fault of every file."""
    with unpacked(tuple(sorted((path, text) for path, text in files.items() if path.startswith("rules/")))) as root:
        return RuleSet.load(root / "rules" / "packs")


def run_request(request: BacktestRequest, on_progress: OnProgress | None = None) -> tuple[Backtest, Backtest | None]:
    """Run a request here and now: the result of its rules, and of those it is compared with.

    Raises ReleaseError for faulty rules, StoreError for a store that cannot be read.
    """
    rules = rules_of(request.rules)
    database = Database(request.database_url)
    try:
        history = stored_history(database, request.realm, request.since, request.until)
        if request.against is None:
            return backtest(rules, history, on_progress), None
        old, new = backtest_both(rules_of(request.against), rules, history, on_progress)
        return new, old
    finally:
        database.close()


def run_beside(
    request: BacktestRequest, on_progress: OnProgress | None = None, stop: threading.Event | None = None
) -> tuple[Backtest, Backtest | None]:
    """As `run_request`, in another process: this thread waits while the others go on. One runs at a time.

    Raises as `run_request`, Conflict when `stop` was set, StoreError when the other process died.
    """
    stopped = stop or threading.Event()
    while not _ONE_AT_A_TIME.acquire(timeout=_LOOK_SECONDS):
        _refuse(stopped)
    try:
        _refuse(stopped)
        return _run_beside(request, on_progress, stopped)
    finally:
        _ONE_AT_A_TIME.release()


def _run_beside(
    request: BacktestRequest, on_progress: OnProgress | None, stopped: threading.Event
) -> tuple[Backtest, Backtest | None]:
    context = multiprocessing.get_context("spawn")
    sent = replace(request, rules=dict(request.rules), against=dict(request.against) if request.against else None)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sent, there), name="backtest", daemon=True)
    try:
        process.start()
        there.close()
        while True:
            while not here.poll(_LOOK_SECONDS):
                _refuse(stopped)
            message = here.recv()
            if isinstance(message, _Outcome):
                return message.new, message.old
            if isinstance(message, CrisisDeskError):
                raise message
            if on_progress:
                on_progress(*message)
    except (EOFError, OSError) as error:  # gone at once, in the middle of a message, or never there
        raise StoreError(_DIED) from error
    finally:
        here.close()
        there.close()
        if process.pid is not None:
            process.terminate()
            process.join()


def _refuse(stopped: threading.Event) -> None:
    if stopped.is_set():
        raise Conflict("回测已取消")


class BacktestRunner:
    """Runs requests in the background, in turn. Close it to end whatever runs; it also ends with this process."""

    def __init__(self) -> None:
        self._jobs: dict[str, BacktestJob] = {}
        self._stops: dict[str, threading.Event] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def start(self, request: BacktestRequest) -> str:
        """Put a request in line; returns the id of its job. Old jobs that have ended are forgotten."""
        with self._lock:
            job = f"backtest-{next(self._numbers)}"
            ended = [name for name, one in self._jobs.items() if one.ended]
            for name in ended[: max(0, len(self._jobs) + 1 - _REMEMBERED)]:
                del self._jobs[name], self._stops[name]
            self._jobs[job] = BacktestJob(job, JobStatus.running)
            self._stops[job] = threading.Event()
        threading.Thread(target=self._run, args=(job, request), name=job, daemon=True).start()
        return job

    def job(self, job: str) -> BacktestJob:
        """A job as it stands. Raises NotFound for one that is not remembered."""
        with self._lock:
            if job not in self._jobs:
                raise NotFound("没有这次回测，可能已经过期，请重新运行")
            return self._jobs[job]

    def cancel(self, job: str) -> None:
        """End a job that has not ended by itself."""
        with self._lock:
            if job in self._stops:
                self._stops[job].set()
        self._note(job, status=JobStatus.cancelled)

    def close(self) -> None:
        """Cancel everything."""
        with self._lock:
            names = list(self._jobs)
        for name in names:
            self.cancel(name)

    def _run(self, job: str, request: BacktestRequest) -> None:
        try:
            new, old = run_beside(
                request, lambda done, total: self._note(job, done=done, total=total), self._stops[job]
            )
        except CrisisDeskError as error:
            self._note(job, status=JobStatus.failed, fault=str(error))
        except Exception as error:  # noqa: BLE001 - the edge of a thread: no job may be left running for ever
            structlog.get_logger(__name__).error("backtest_failed", job=job, exc_info=error)
            self._note(job, status=JobStatus.failed, fault=_FAILED)
        else:
            records = new.history.records
            self._note(job, status=JobStatus.done, done=records, total=records, new=new, old=old)

    def _note(self, job: str, **changes: Any) -> None:
        """What has ended stays as it ended."""
        with self._lock:
            found = self._jobs.get(job)
            if found is not None and not found.ended:
                self._jobs[job] = replace(found, **changes)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the other process sends last."""

    new: Backtest
    old: Backtest | None


def _serve(request: BacktestRequest, pipe: Connection) -> None:
    """The other process: give way to everybody, run, tell."""
    os.nice(NICENESS)
    told = 0.0

    def tell(done: int, total: int | None) -> None:
        nonlocal told
        if time.monotonic() - told >= _TELL_SECONDS:
            told = time.monotonic()
            pipe.send((done, total))

    try:
        pipe.send(_Outcome(*run_request(request, tell)))
    except CrisisDeskError as error:
        pipe.send(error)
    except BrokenPipeError:
        return  # whoever asked is gone
