"""One brand's whole decision state and one step of it: windows, then detection, then incidents.

`step(core, record, decide)` is deterministic: the same records under the same release give the same outputs, however
they were batched, interleaved with other brands, or interrupted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from engine.errors import CrisisDeskError
from engine.incidents import IncidentBook, Moment, let_calm, take_command, take_findings
from engine.model import (
    CommandRecord,
    Finding,
    Incident,
    IncidentChange,
    Level,
    LogRecord,
    MentionRecord,
    Realm,
    WindowFacts,
)
from engine.window_state import BrandState
from engine.windows import advance, event_time, overlap, samples

REPEAT_AFTER: Final = timedelta(hours=1)

Decide = Callable[[WindowFacts], tuple[Finding, ...]]


@dataclass(slots=True)
class LastFinding:
    """When a rule last spoke, and how loudly."""

    level: Level
    at: datetime


@dataclass(slots=True)
class BrandCore:
    """The state of (realm, brand); consumed by each step."""

    windows: BrandState
    book: IncidentBook
    spoken: dict[str, LastFinding] = field(default_factory=dict)

    @classmethod
    def empty(cls, realm: Realm, brand: str) -> "BrandCore":
        """The state before the first record."""
        return cls(BrandState.empty(realm, brand), IncidentBook(realm, brand))

    def to_json(self) -> bytes:
        """Canonical bytes: equal states give equal bytes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "BrandCore":
        """The state that `to_json` wrote."""
        return _ADAPTER.validate_json(data)


_ADAPTER: Final = TypeAdapter(BrandCore)


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What one record led to. `refused` is why a command could not be applied."""

    findings: tuple[Finding, ...] = ()
    changes: tuple[IncidentChange, ...] = ()
    incidents: tuple[Incident, ...] = ()
    refused: str | None = None


def step(core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
    """Take one record: its facts, their findings, what they change. A misfitting command changes nothing."""
    core.windows, facts = advance(core.windows, record)
    found = tuple(finding for one in facts for finding in decide(one))
    moment = _moment(core, record)
    before = {category: tracked.incident for category, tracked in core.book.latest.items()}
    refused = None
    changes = take_findings(core.book, found, moment)
    if isinstance(record.payload, CommandRecord):
        try:
            changes += take_command(core.book, record.payload, moment)
        except CrisisDeskError as error:
            refused = str(error)
    elif not (isinstance(record.payload, MentionRecord) and record.payload.history):
        changes += let_calm(core.book, moment)
    touched = {change.incident for change in changes}
    moved = tuple(
        tracked.incident
        for category, tracked in sorted(core.book.latest.items())
        if tracked.incident is not before.get(category) or tracked.incident.id in touched
    )
    return core, StepOutput(_worth_recording(core, found, moment.at), tuple(changes), moved, refused)


def _moment(core: BrandCore, record: LogRecord) -> Moment:
    windows = core.windows
    at = event_time(windows)
    if isinstance(record.payload, CommandRecord):
        at = max(at, record.at)
    return Moment(
        at=at,
        brand_seq=record.brand_seq,
        overlap=lambda category, other: overlap(windows, category, other),
        samples=lambda category: samples(windows, category),
    )


def _worth_recording(core: BrandCore, found: tuple[Finding, ...], at: datetime) -> tuple[Finding, ...]:
    """A rule that says the same again within the hour is not news; a higher level always is."""
    news = []
    for finding in found:
        last = core.spoken.get(finding.rule)
        if last and finding.level.rank <= last.level.rank and at - last.at < REPEAT_AFTER:
            continue
        core.spoken[finding.rule] = LastFinding(finding.level, at)
        news.append(finding)
    return tuple(news)
