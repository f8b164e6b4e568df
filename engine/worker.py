"""The worker: one loop that scores, detects and lets time pass, beside the web process or inside it."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from engine.model import Realm
from engine.pipeline import Pipeline

IDLE_SECONDS: Final = 0.2
FAULT_SECONDS: Final = 5.0
TICK_EVERY: Final = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


class Worker:
    """Runs a pipeline until told to stop. A failure is logged and tried again: nothing was half done."""

    def __init__(self, pipeline: Pipeline, clock: Callable[[], datetime]) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._ticked: datetime | None = None
        self.last_error: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            try:
                busy = self.turn()
                self.last_error = None
            except Exception as error:  # noqa: BLE001 - the edge of the process: work goes on after any fault
                self.last_error = str(error)
                _log.error("worker failed, will try again", error=type(error).__name__)
                stop.wait(FAULT_SECONDS)
            else:
                if not busy:
                    stop.wait(IDLE_SECONDS)

    def turn(self) -> bool:
        """One round; whether there was anything to do."""
        now = self._clock()
        if self._ticked is None or now - self._ticked >= TICK_EVERY:
            self._pipeline.tick(Realm.live, now)
            self._ticked = now
        scored = self._pipeline.score_pending()
        return self._pipeline.detect_pending() + scored > 0
