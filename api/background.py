"""Threads that run while the server runs: the worker, and the demonstration's player."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

Job = Callable[[threading.Event], None]
_JOIN_SECONDS: Final = 20.0


@dataclass
class Background:
    """Jobs by name; each gets an event that says when to stop. `is_failing` tells of one that runs but gets nowhere."""

    jobs: Sequence[tuple[str, Job]] = ()
    is_failing: Callable[[], bool] = lambda: False
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _failed: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start all jobs."""
        self._stop.clear()
        for name, job in self.jobs:
            thread = threading.Thread(target=self._run, args=(name, job), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ask all jobs to end and wait for them."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        self._threads.clear()

    def state(self) -> str:
        """How the jobs are, in a word or two."""
        if self._failed:
            return "已停止：" + "；".join(f"{name}（{why}）" for name, why in self._failed.items())
        if self.is_failing():
            return "处理反复失败，正在每隔几秒重试；已收到的数据都在，请查看日志"
        return "运行中" if self._threads else "未启动"

    def _run(self, name: str, job: Job) -> None:
        try:
            job(self._stop)
        except Exception as error:  # noqa: BLE001 - the edge of a thread: what ends it is logged and shown
            self._failed[name] = type(error).__name__
            structlog.get_logger("crisisdesk.background").error("job_stopped", job=name, exc_info=error)
