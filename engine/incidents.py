"""Findings and commands → incidents opened, merged, escalated, calmed, closed, reopened.

One book per (realm, brand), advanced in log order, free of clocks and input or output. The book is consumed by each
call as the windows' state is. An incident rises at once, and falls only after its level has not been reached for the
calming time of that level; what a person opened stays until a person closes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from pydantic import TypeAdapter

from engine.errors import Conflict, NotFound
from engine.model import (
    CATEGORY_TITLES,
    LEVEL_TITLES,
    SYSTEM,
    Actor,
    Category,
    ChangeKind,
    CommandKind,
    CommandRecord,
    ConditionTrace,
    Finding,
    Incident,
    IncidentChange,
    IncidentStatus,
    Level,
    Realm,
)

CALM_AFTER: Final = {Level.low: timedelta(hours=6), Level.medium: timedelta(hours=12), Level.high: timedelta(hours=24)}
CLOSE_AFTER: Final = timedelta(hours=48)
REOPEN_WITHIN: Final = timedelta(days=7)
MERGE_OVERLAP: Final = 0.6

Overlap = Callable[[Category, Category], float]


@dataclass(slots=True)
class Tracked:
    """An incident with what is needed to decide its next change."""

    incident: Incident
    reached: dict[Level, datetime] = field(default_factory=dict)
    acknowledged: Level | None = None
    changes: int = 0

    @property
    def active(self) -> bool:
        """Open or calmed: still being watched."""
        return self.incident.status in (IncidentStatus.open, IncidentStatus.calmed)


@dataclass(slots=True)
class IncidentBook:
    """The incidents of one brand: per category the latest one."""

    realm: Realm
    brand: str
    latest: dict[Category, Tracked] = field(default_factory=dict)
    absorbed: dict[str, list[Category]] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Canonical bytes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "IncidentBook":
        """The book that `to_json` wrote."""
        return _ADAPTER.validate_json(data)

    def by_id(self, incident: str) -> Tracked:
        """The tracked incident of that id; NotFound when it is not this brand's latest of its category."""
        for tracked in self.latest.values():
            if tracked.incident.id == incident:
                return tracked
        raise NotFound(f"没有可操作的事件 {incident}（可能已被同类新事件取代）")

    def home_of(self, category: Category) -> str | None:
        """The incident that a category's findings go to: its own active one, or the one that absorbed it."""
        own = self.latest.get(category)
        if own and own.active:
            return own.incident.id
        hosts = (host for host, categories in self.absorbed.items() if category in categories)
        return next(hosts, own.incident.id if own else None)


_ADAPTER: Final = TypeAdapter(IncidentBook)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in the log the book stands, and what the windows can tell about overlaps and samples."""

    at: datetime
    brand_seq: int
    overlap: Overlap
    samples: Callable[[Category], tuple[str, ...]]


def take_findings(book: IncidentBook, findings: Sequence[Finding], moment: Moment) -> list[IncidentChange]:
    """Apply the findings of one record, strongest first within a category."""
    changes: list[IncidentChange] = []
    strongest: dict[Category, Finding] = {}
    for finding in findings:
        held = strongest.get(finding.category)
        if held is None or (finding.level.rank, held.rule) > (held.level.rank, finding.rule):
            strongest[finding.category] = finding
    for category in sorted(strongest):
        changes += _take(book, strongest[category], moment)
    return changes


def let_calm(book: IncidentBook, moment: Moment) -> list[IncidentChange]:
    """Lower, calm and close what has been quiet for long enough."""
    changes = []
    for category in sorted(book.latest):
        tracked = book.latest[category]
        if not tracked.active or tracked.incident.rule is None:
            continue
        if change := _calm_one(tracked, moment):
            changes.append(change)
    return changes


def take_command(book: IncidentBook, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    """Apply what a person did. Raises Conflict or NotFound when it does not fit the book's state."""
    if command.command is CommandKind.open:
        return _open_by_hand(book, command, moment)
    tracked = book.by_id(command.incident or "")
    if command.command is CommandKind.reopen:
        if tracked.active:
            raise Conflict("事件尚未关闭，无需重新打开")
        return [_by_hand(tracked, ChangeKind.reopened, IncidentStatus.open, command, moment)]
    if not tracked.active:
        raise Conflict("事件已关闭，请先重新打开")
    if command.command is CommandKind.set_level:
        return _set_level(tracked, command, moment)
    if command.command is CommandKind.merge:
        return _merge_by_hand(book, tracked, command, moment)
    false_alarm = command.command is CommandKind.false_alarm
    tracked.acknowledged = tracked.incident.level if false_alarm else None
    return [_by_hand(tracked, ChangeKind.closed, IncidentStatus.closed, command, moment, false_alarm=false_alarm)]


# --- findings ---------------------------------------------------------------------------------


def _take(book: IncidentBook, finding: Finding, moment: Moment) -> list[IncidentChange]:
    tracked = book.latest.get(finding.category)
    if tracked and tracked.active:
        return _strengthen(tracked, finding, moment)
    host = _host(book, finding, moment)
    if host:
        return _absorb(book, host, finding, moment)
    if tracked and moment.at - tracked.incident.changed_at <= REOPEN_WITHIN:
        return _reopen(tracked, finding, moment)
    return _open(book, finding, moment)


def _strengthen(tracked: Tracked, finding: Finding, moment: Moment) -> list[IncidentChange]:
    _note(tracked, finding)
    if tracked.incident.status is IncidentStatus.calmed:
        return [_found(tracked, ChangeKind.reopened, finding, moment)]
    if finding.level.rank <= tracked.incident.level.rank:
        return []
    if tracked.acknowledged and finding.level.rank <= tracked.acknowledged.rank:
        return []
    return [_found(tracked, ChangeKind.escalated, finding, moment)]


def _host(book: IncidentBook, finding: Finding, moment: Moment) -> Tracked | None:
    """The open incident that this finding is mostly about: most of its mentions have that category as main matter."""
    hosts = [
        tracked
        for category, tracked in book.latest.items()
        if tracked.active
        and category != finding.category
        and moment.overlap(finding.category, category) >= MERGE_OVERLAP
    ]
    return max(hosts, key=lambda tracked: (tracked.incident.level.rank, tracked.incident.id), default=None)


def _absorb(book: IncidentBook, host: Tracked, finding: Finding, moment: Moment) -> list[IncidentChange]:
    known = book.absorbed.setdefault(host.incident.id, [])
    changes = []
    if finding.category not in known:
        known.append(finding.category)
        reason = (
            f"{CATEGORY_TITLES[finding.category]}的提及多半出自同一件事（{CATEGORY_TITLES[host.incident.category]}），"
            "并入此事件"
        )
        changes.append(
            _change(host, ChangeKind.merged, moment, reason, rule=finding.rule, explanation=finding.explanation)
        )
    return changes + _strengthen(host, finding, moment)


def _open(book: IncidentBook, finding: Finding, moment: Moment) -> list[IncidentChange]:
    incident = _new_incident(book, finding.category, finding.level, moment, rule=finding.rule, title=None)
    tracked = book.latest[finding.category] = Tracked(incident)
    _note(tracked, finding)
    reason = _because(finding)
    opened = _change(tracked, ChangeKind.opened, moment, reason, rule=finding.rule, explanation=finding.explanation)
    return [opened, *_merge_into(book, tracked, moment)]


def _merge_into(book: IncidentBook, main: Tracked, moment: Moment) -> list[IncidentChange]:
    """Side incidents whose mentions are mostly about the new incident's matter end in it."""
    changes = []
    for category in sorted(book.latest):
        side = book.latest[category]
        if side is main or not side.active or side.incident.rule is None:
            continue
        if moment.overlap(category, main.incident.category) >= MERGE_OVERLAP:
            changes.append(_merge(side, main, moment, "提及多半出自同一件事，并入", SYSTEM))
    return changes


def _reopen(tracked: Tracked, finding: Finding, moment: Moment) -> list[IncidentChange]:
    if tracked.acknowledged and finding.level.rank <= tracked.acknowledged.rank:
        return []
    _note(tracked, finding)
    return [_found(tracked, ChangeKind.reopened, finding, moment)]


def _note(tracked: Tracked, finding: Finding) -> None:
    for level in Level:
        if level.rank <= finding.level.rank:
            tracked.reached[level] = finding.at
    tracked.incident = tracked.incident.model_copy(update={"last_finding_at": finding.at})


def _found(tracked: Tracked, kind: ChangeKind, finding: Finding, moment: Moment) -> IncidentChange:
    before = tracked.incident.level
    fields = {"status": IncidentStatus.open, "rule": finding.rule, "false_alarm": False, "merged_into": None}
    _set(tracked, moment, level=finding.level, **fields)
    tracked.acknowledged = None
    return _change(
        tracked, kind, moment, _because(finding), before=before, rule=finding.rule, explanation=finding.explanation
    )


def _because(finding: Finding) -> str:
    warning = "" if finding.agreed else "（两套判定不一致，已取较高等级，请核对规则）"
    return f"规则 {finding.rule} 判为“{LEVEL_TITLES[finding.level]}”{warning}"


# --- quiet time -------------------------------------------------------------------------------


def _calm_one(tracked: Tracked, moment: Moment) -> IncidentChange | None:
    incident = tracked.incident
    if incident.status is IncidentStatus.calmed:
        if moment.at - incident.changed_at < CLOSE_AFTER:
            return None
        _set(tracked, moment, status=IncidentStatus.closed)
        return _change(tracked, ChangeKind.closed, moment, "缓和后48小时没有新的预警，自动关闭")
    wait = CALM_AFTER[incident.level]
    if moment.at - tracked.reached.get(incident.level, incident.changed_at) < wait:
        return None
    lower = _still_reached(tracked, moment.at)
    tracked.acknowledged = None
    before = incident.level
    if lower is None:
        _set(tracked, moment, status=IncidentStatus.calmed, level=Level.low)
    else:
        _set(tracked, moment, level=lower)
    hours = int(wait.total_seconds() // 3600)
    reason = f"已有{hours}小时没有达到“{LEVEL_TITLES[before]}”的线"
    return _change(tracked, ChangeKind.calmed, moment, reason, before=before)


def _still_reached(tracked: Tracked, at: datetime) -> Level | None:
    lower = [level for level in Level if level.rank < tracked.incident.level.rank]
    return next((level for level in reversed(lower) if _recent(tracked, level, at)), None)


def _recent(tracked: Tracked, level: Level, at: datetime) -> bool:
    reached = tracked.reached.get(level)
    return reached is not None and at - reached < CALM_AFTER[level]


# --- commands ---------------------------------------------------------------------------------


def _open_by_hand(book: IncidentBook, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    existing = book.latest.get(command.category)
    if existing and existing.active:
        raise Conflict(f"{book.brand}已有进行中的{CATEGORY_TITLES[command.category]}事件 {existing.incident.id}")
    level = command.level or Level.low
    incident = _new_incident(book, command.category, level, moment, rule=None, title=command.title)
    tracked = book.latest[command.category] = Tracked(incident)
    return [_change(tracked, ChangeKind.opened, moment, command.reason, actor=command.actor)]


def _set_level(tracked: Tracked, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    before, level = tracked.incident.level, command.level
    if level is None or level is before:
        raise Conflict("等级没有变化")
    kind = ChangeKind.escalated if level.rank > before.rank else ChangeKind.calmed
    tracked.acknowledged = max(before, level, key=lambda one: one.rank)
    tracked.reached[level] = moment.at
    _set(tracked, moment, level=level, status=IncidentStatus.open)
    return [_change(tracked, kind, moment, command.reason, before=before, actor=command.actor)]


def _merge_by_hand(
    book: IncidentBook, tracked: Tracked, command: CommandRecord, moment: Moment
) -> list[IncidentChange]:
    target = book.by_id(command.into or "")
    if target is tracked or not target.active:
        raise Conflict("只能并入同一品牌另一个进行中的事件")
    return [_merge(tracked, target, moment, command.reason, command.actor)]


def _merge(side: Tracked, main: Tracked, moment: Moment, reason: str, actor: Actor) -> IncidentChange:
    _set(side, moment, status=IncidentStatus.merged, merged_into=main.incident.id)
    return _change(side, ChangeKind.merged, moment, f"{reason}（并入 {main.incident.id}）", actor=actor)


def _by_hand(
    tracked: Tracked,
    kind: ChangeKind,
    status: IncidentStatus,
    command: CommandRecord,
    moment: Moment,
    *,
    false_alarm: bool = False,
) -> IncidentChange:
    _set(tracked, moment, status=status, false_alarm=false_alarm)
    return _change(tracked, kind, moment, command.reason, actor=command.actor)


# --- making ------------------------------------------------------------------------------------


def _new_incident(
    book: IncidentBook, category: Category, level: Level, moment: Moment, *, rule: str | None, title: str | None
) -> Incident:
    day = f"{moment.at.month}月{moment.at.day}日"
    return Incident(
        id=f"inc-{_digest(book.realm, book.brand, category, moment.brand_seq)}",
        realm=book.realm,
        brand=book.brand,
        category=category,
        level=level,
        peak_level=level,
        status=IncidentStatus.open,
        title=title or f"{book.brand}{CATEGORY_TITLES[category]}（{day}）",
        opened_at=moment.at,
        changed_at=moment.at,
        last_finding_at=moment.at,
        rule=rule,
    )


def _set(tracked: Tracked, moment: Moment, **fields: object) -> None:
    incident = tracked.incident.model_copy(update={**fields, "changed_at": moment.at})
    peak = max(incident.peak_level, incident.level, key=lambda level: level.rank)
    tracked.incident = incident.model_copy(update={"peak_level": peak})


def _change(
    tracked: Tracked,
    kind: ChangeKind,
    moment: Moment,
    reason: str,
    *,
    before: Level | None = None,
    rule: str | None = None,
    explanation: tuple[ConditionTrace, ...] = (),
    actor: Actor = SYSTEM,
) -> IncidentChange:
    tracked.changes += 1
    incident = tracked.incident
    return IncidentChange(
        id=f"{incident.id}-{tracked.changes:03d}",
        incident=incident.id,
        change=kind,
        at=moment.at,
        level_before=before if kind is not ChangeKind.opened else None,
        level=incident.level,
        rule=rule,
        reason=reason,
        explanation=explanation,
        mentions=moment.samples(incident.category),
        actor=actor,
    )


def _digest(*parts: object) -> str:
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=5).hexdigest()
