"""Which release decides in each realm where the log stands, and its rules at work.

A new release's rules are made first, decide from the record that names it, and only then are the old ones given up.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.core import Decide
from engine.detection import Detector
from engine.model import LogRecord, Realm, ReleaseRecord
from engine.parts import Parts
from engine.store import releases


class Deciding:
    """Owned by one thread, because the rule engine has one owner."""

    def __init__(self, parts: Parts) -> None:
        self._default = parts
        self._in_force: dict[Realm, Parts] = {}
        self._detectors: dict[str, Detector] = {}

    def prepare(self, connection: Connection, position: int, records: Iterable[LogRecord]) -> None:
        """Make ready whatever decides on records after a position. Raises ReleaseError for a release that must not."""
        for record in records:
            if record.realm not in self._in_force:
                named = releases.in_force(connection, record.realm, position)
                self._in_force[record.realm] = self._ready(named)
            if isinstance(record.payload, ReleaseRecord):
                self._ready(record.payload.release)

    def on(self, record: LogRecord) -> tuple[Parts, Decide]:
        """What decides on a record: a release decides from the very record on that names it."""
        if isinstance(record.payload, ReleaseRecord):
            self._in_force[record.realm] = self._ready(record.payload.release)
        parts = self._in_force[record.realm]
        detector = self._detectors[parts.release]
        return parts, lambda facts: detector.judge(facts, parts.release)

    def forget(self) -> None:
        """The log stands somewhere else: what is in force has to be looked up again."""
        self._in_force.clear()

    def tidy(self) -> None:
        """Give up the rules that decide nowhere any more."""
        used = {parts.release for parts in self._in_force.values()}
        for release in set(self._detectors) - used:
            self._detectors.pop(release).close()

    def close(self) -> None:
        """Release the rule engines."""
        self.forget()
        self.tidy()

    def _ready(self, release: str | None) -> Parts:
        parts = self._default.of(release)
        if parts.release not in self._detectors:
            self._detectors[parts.release] = Detector(parts.rules)
        return parts
