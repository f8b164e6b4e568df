"""One brand's whole decision state and one step of it: windows, then detection, then incidents.

`step(core, record, decide)` is deterministic: the same records under the same release give the same outputs, however
they were batched, interleaved with other brands, or interrupted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from pydantic import TypeAdapter

from engine.errors import Conflict, NotFound, StoreError
from engine.incident_book import CHINA, IncidentBook, Moment
from engine.incident_decisions import take_command
from engine.incidents import let_calm, take_findings
from engine.model import (
    Category,
    CommandRecord,
    EngagementRecord,
    Finding,
    Incident,
    IncidentChange,
    Level,
    LogRecord,
    MentionRecord,
    Realm,
)
from engine.rulings import Detection, Facts, Found, Rulings, finding_of
from engine.window_state import STATE_VERSION, BrandState, StoredState
from engine.windows import event_time, overlap, samples, view

Decide = Callable[[Facts], Rulings | Detection]
"""What the rules say of facts; asked before the brand's next record."""


@dataclass(slots=True)
class LastFinding:
    """When a rule last spoke, and how loudly."""

    level: Level
    at: datetime


@dataclass(slots=True)
class BrandCore:
    """The state of (realm, brand); consumed by each step. `spoken` is what active rules last said, `shadow_spoken`
    what draft and shadow rules would have.
    """

    windows: StoredState
    book: IncidentBook
    spoken: dict[str, LastFinding] = field(default_factory=dict)
    shadow_spoken: dict[str, LastFinding] = field(default_factory=dict)

    @classmethod
    def empty(cls, realm: Realm, brand: str) -> "BrandCore":
        """The state before the first record."""
        return cls(BrandState.empty(realm, brand), IncidentBook(realm, brand))

    def to_json(self) -> bytes:
        """Canonical bytes: equal states give equal bytes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "BrandCore":
        """The state that `to_json` wrote. Raises StoreError for one of another version."""
        core = _ADAPTER.validate_json(data)
        if core.windows.version != STATE_VERSION:
            raise StoreError(f"品牌“{core.windows.brand}”的检测状态由另一版本的程序写入，不能接着使用")
        return core


_ADAPTER: Final = TypeAdapter(BrandCore)


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What one record led to. `homes`: the incident that each category's findings went to; `refused`: why a command
    could not be applied; `shadow`: what draft and shadow rules would have announced, within their own cooldown.
    """

    findings: tuple[Finding, ...] = ()
    homes: Mapping[Category, str | None] = field(default_factory=dict)
    changes: tuple[IncidentChange, ...] = ()
    incidents: tuple[Incident, ...] = ()
    refused: str | None = None
    shadow: tuple[Finding, ...] = ()


Step = Callable[[BrandCore, LogRecord, Decide], tuple[BrandCore, StepOutput]]


def step(core: BrandCore, record: LogRecord, decide: Decide) -> tuple[BrandCore, StepOutput]:
    """Take one record: its facts, their findings, what they change. A misfitting command changes nothing."""
    core.windows, facts = view(core.windows, record)
    return core, settle(core, record, facts, decide)


def settle(core: BrandCore, record: LogRecord, facts: Iterable[Facts], decide: Decide) -> StepOutput:
    """The rest of a step, once the core's windows took the record and gave these facts. Windows know nothing of rules:
    cores of several rule sets may share them.
    """
    seen = [decide(one) for one in facts]
    found = [ruling for one in seen for ruling in one.findings]
    moment = _moment(core, record)
    commanded = isinstance(record.payload, CommandRecord)
    # What findings and commands touch without a change to tell; quiet time changes nothing that it does not tell.
    before = {one: tracked.incident for one, tracked in core.book.latest.items()} if found or commanded else None
    refused = None
    changes = take_findings(core.book, found, moment)
    if isinstance(record.payload, CommandRecord):
        try:
            changes += take_command(core.book, record.payload, moment)
        except (Conflict, NotFound) as error:
            refused = str(error)
    elif not _is_history(record):
        changes += let_calm(core.book, moment)
    moved = _moved(core.book, before, changes) if before is not None or changes else ()
    news = worth_recording(core.spoken, found, moment.at)
    shadow = worth_recording(core.shadow_spoken, (one for each in seen for one in each.shadow), moment.at)
    homes = {finding.category: core.book.home_of(finding.category) for finding in news}
    return StepOutput(news, homes, tuple(changes), moved, refused, shadow)


def _moved(
    book: IncidentBook, before: Mapping[Category, Incident] | None, changes: Iterable[IncidentChange]
) -> tuple[Incident, ...]:
    """The incidents that are not what they were before, and those with a change, as they stand now."""
    touched = {change.incident for change in changes}
    return tuple(
        tracked.incident
        for category, tracked in sorted(book.latest.items())
        if tracked.incident.id in touched or (before is not None and tracked.incident is not before.get(category))
    )


def _is_history(record: LogRecord) -> bool:
    return isinstance(record.payload, MentionRecord | EngagementRecord) and record.payload.history


def _moment(core: BrandCore, record: LogRecord) -> Moment:
    windows = core.windows
    at = event_time(windows)
    if isinstance(record.payload, CommandRecord):
        at = max(at, record.at.astimezone(CHINA))
    return Moment(
        at=at,
        brand_seq=record.brand_seq,
        overlap=lambda category, other: overlap(windows, category, other),
        samples=lambda category: samples(windows, category),
    )


@cache
def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def worth_recording(spoken: dict[str, LastFinding], found: Iterable[Found], at: datetime) -> tuple[Finding, ...]:
    """The findings that are news, noted in `spoken`. A rule that says the same again within its cooldown is none; a
    higher level always is.
    """
    news = []
    for finding in found:
        last = spoken.get(finding.rule)
        if last and finding.level.rank <= last.level.rank and at - last.at < _minutes(finding.cooldown_minutes):
            continue
        spoken[finding.rule] = LastFinding(finding.level, at)
        news.append(finding_of(finding))
    return tuple(news)
