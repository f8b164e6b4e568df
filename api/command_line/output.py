"""Result files that appear whole or not at all, their side file of rejected records, and progress on standard error."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from api.command_line.edge import say, system_fault
from engine.errors import InputError
from engine.intake import Accepted, Outcome, Rejected

_TOLD_FAULTS: Final = 20
_EVERY_SECONDS: Final = 5.0


class AtomicFile:
    """A text file written beside its place and moved there at the end of the block; a failed block leaves nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Open the file beside its place. Raises InputError when that is not possible."""
        try:
            self._file = self._temporary.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise InputError(f"无法写入：{system_fault(error)}", place=str(self.path)) from error
        return self

    def line(self, text: str) -> None:
        """Add a line."""
        if self._file is not None:
            self._file.write(f"{text}\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Make it durable and move it into place, or take it away."""
        if self._file is None:
            return
        if kind is None:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is None:
            self._temporary.replace(self.path)
        else:
            self._temporary.unlink(missing_ok=True)


class Sieve:
    """Lets accepted records through and keeps rejected ones for the side file `<out>.rejected.jsonl`."""

    def __init__(self) -> None:
        self.accepted = 0
        self.rejected: list[Rejected] = []

    def accepted_of(self, outcomes: Iterator[Outcome]) -> Iterator[Accepted]:
        """The accepted ones; faults are said as they come, at most 20 of them."""
        for outcome in outcomes:
            if isinstance(outcome, Accepted):
                self.accepted += 1
                yield outcome
                continue
            self.rejected.append(outcome)
            if len(self.rejected) <= _TOLD_FAULTS:
                say(f"未收录：{outcome}")

    def finish(self, beside: Path) -> str:
        """Write the side file, or take an old one away; gives a summary in Chinese."""
        side = beside.with_name(f"{beside.name}.rejected.jsonl")
        if not self.rejected:
            side.unlink(missing_ok=True)
            return f"{self.accepted} 条"
        with AtomicFile(side) as file:
            for rejected in self.rejected:
                file.line(rejected.as_line())
        return f"{self.accepted} 条，另有 {len(self.rejected)} 条未收录，见 {side}"


@contextmanager
def progress(title: str) -> Iterator["Ticker"]:
    """Counts on standard error: a moving line on a terminal, a line every few seconds elsewhere."""
    ticker = Ticker(title)
    try:
        yield ticker
    finally:
        ticker.end()


class Ticker:
    """Shows how many are done and how fast."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._count = 0
        self._started = self._shown = time.monotonic()
        self._moving = sys.stderr.isatty()

    def advance(self, count: int = 1) -> None:
        """Some more are done."""
        self._count += count
        now = time.monotonic()
        if now - self._shown < (0.2 if self._moving else _EVERY_SECONDS):
            return
        self._shown = now
        print(self._line(now), end="\r" if self._moving else "\n", file=sys.stderr, flush=True)  # noqa: T201

    def end(self) -> None:
        """Clear the moving line."""
        if self._moving:
            print("\x1b[2K", end="\r", file=sys.stderr, flush=True)  # noqa: T201

    def _line(self, now: float) -> str:
        return f"{self._title}：{self._count} 条，每秒 {self._count / max(now - self._started, 1e-6):.1f} 条"
