"""Findings and quiet time → incidents opened, merged, escalated, calmed, closed, reopened.

One book per (realm, brand), advanced in log order, free of clocks and input or output. An incident rises at once, and
falls only after its level has not been reached for the calming time of that level; what a person opened stays until
a person closes it. What a person closed is not opened again by the same wave: findings up to its level are ignored for
the calming time of that level, after a false alarm for `REOPEN_WITHIN`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.incident_book import IncidentBook, Moment, Tracked, change, merge, new_incident
from engine.incident_decisions import take_command
from engine.model import (
    CATEGORY_TITLES,
    LEVEL_TITLES,
    Category,
    ChangeKind,
    IncidentChange,
    IncidentStatus,
    Level,
)
from engine.rulings import Found
from rules.wording import say_trace

__all__ = ["IncidentBook", "Moment", "Tracked", "let_calm", "take_command", "take_findings"]

CALM_AFTER: Final = {Level.low: timedelta(hours=6), Level.medium: timedelta(hours=12), Level.high: timedelta(hours=24)}
CLOSE_AFTER: Final = timedelta(hours=48)
REOPEN_WITHIN: Final = timedelta(days=7)
MERGE_OVERLAP: Final = 0.6
_GROUNDS: Final = 3
"""Conditions that the reason of a change names; all of them are in its explanation."""


def take_findings(book: IncidentBook, findings: Sequence[Found], moment: Moment) -> list[IncidentChange]:
    """Apply the findings of one record, strongest first within a category."""
    changes: list[IncidentChange] = []
    strongest: dict[Category, Found] = {}
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
        if not tracked.active or tracked.by_hand:
            continue
        if calmed := _calm_one(tracked, moment):
            changes.append(calmed)
    return changes


# --- findings ---------------------------------------------------------------------------------


def _take(book: IncidentBook, finding: Found, moment: Moment) -> list[IncidentChange]:
    tracked = book.latest.get(finding.category)
    if tracked and tracked.active:
        return _strengthen(tracked, finding, moment)
    host = (book.merged_host(tracked) if tracked else None) or _host(book, finding, moment)
    if host:
        return _absorb(book, host, finding, moment)
    if tracked and moment.at - tracked.incident.changed_at <= REOPEN_WITHIN:
        return _reopen(book, tracked, finding, moment)
    return _open(book, finding, moment)


def _strengthen(tracked: Tracked, finding: Found, moment: Moment) -> list[IncidentChange]:
    _note(tracked, finding)
    if tracked.incident.status is IncidentStatus.calmed:
        return [_found(tracked, ChangeKind.reopened, finding, moment)]
    if finding.level.rank <= tracked.incident.level.rank:
        return []
    if tracked.acknowledged and finding.level.rank <= tracked.acknowledged.rank:
        return []
    return [_found(tracked, ChangeKind.escalated, finding, moment)]


def _host(book: IncidentBook, finding: Found, moment: Moment) -> Tracked | None:
    """The open incident that this finding is mostly about: most of its mentions have that category as main matter."""
    hosts = [
        tracked
        for category, tracked in book.latest.items()
        if tracked.active
        and category != finding.category
        and moment.overlap(finding.category, category) >= MERGE_OVERLAP
    ]
    return max(hosts, key=lambda tracked: (tracked.incident.level.rank, tracked.incident.id), default=None)


def _absorb(book: IncidentBook, host: Tracked, finding: Found, moment: Moment) -> list[IncidentChange]:
    changes = []
    if book.absorb(host, finding.category):
        reason = (
            f"{CATEGORY_TITLES[finding.category]}的提及多半出自同一件事（{CATEGORY_TITLES[host.incident.category]}），"
            "并入此事件"
        )
        changes.append(
            change(host, ChangeKind.merged, moment, reason, rule=finding.rule, explanation=finding.explanation)
        )
    return changes + _strengthen(host, finding, moment)


def _open(book: IncidentBook, finding: Found, moment: Moment) -> list[IncidentChange]:
    tracked = new_incident(book, finding.category, finding.level, moment, rule=finding.rule, title=None)
    _note(tracked, finding)
    reason = _because(finding)
    opened = change(tracked, ChangeKind.opened, moment, reason, rule=finding.rule, explanation=finding.explanation)
    return [opened, *_merge_into(book, tracked, moment)]


def _merge_into(book: IncidentBook, main: Tracked, moment: Moment) -> list[IncidentChange]:
    """Side incidents whose mentions are mostly about the new incident's matter end in it."""
    changes = []
    for category in sorted(book.latest):
        side = book.latest[category]
        if side is main or not side.active or side.by_hand:
            continue
        if moment.overlap(category, main.incident.category) >= MERGE_OVERLAP:
            changes += merge(book, side, main, moment, "提及多半出自同一件事，并入")
    return changes


def _reopen(book: IncidentBook, tracked: Tracked, finding: Found, moment: Moment) -> list[IncidentChange]:
    if _known_to_a_person(tracked, finding, moment):
        return []
    book.release(finding.category)
    _note(tracked, finding)
    return [_found(tracked, ChangeKind.reopened, finding, moment)]


def _known_to_a_person(tracked: Tracked, finding: Found, moment: Moment) -> bool:
    level = tracked.acknowledged
    if level is None or finding.level.rank > level.rank:
        return False
    return tracked.incident.false_alarm or moment.at - tracked.incident.changed_at < CALM_AFTER[level]


def _note(tracked: Tracked, finding: Found) -> None:
    tracked.reach(finding.level, finding.at)
    tracked.incident = tracked.incident.model_copy(update={"last_finding_at": finding.at})


def _found(tracked: Tracked, kind: ChangeKind, finding: Found, moment: Moment) -> IncidentChange:
    before = tracked.incident.level
    fields = {"status": IncidentStatus.open, "rule": finding.rule, "false_alarm": False, "merged_into": None}
    tracked.put(moment.at, level=finding.level, **fields)
    tracked.acknowledged = None
    return change(
        tracked, kind, moment, _because(finding), before=before, rule=finding.rule, explanation=finding.explanation
    )


def _because(finding: Found) -> str:
    """The level and the conditions that carried it, in one sentence."""
    warning = "" if finding.agreed else "（两套判定不一致，已取较高等级，请核对规则）"
    held = [say_trace(one) for one in finding.explanation if one.holds and one.level is finding.level]
    grounds = f"：{'；'.join(held[:_GROUNDS])}" if held else ""
    return f"“{finding.title or finding.rule}”到了“{LEVEL_TITLES[finding.level]}”{grounds}{warning}"


# --- quiet time -------------------------------------------------------------------------------


def _calm_one(tracked: Tracked, moment: Moment) -> IncidentChange | None:
    incident = tracked.incident
    if incident.status is IncidentStatus.calmed:
        if moment.at - incident.changed_at < CLOSE_AFTER:
            return None
        tracked.put(moment.at, status=IncidentStatus.closed)
        return change(tracked, ChangeKind.closed, moment, "缓和后48小时没有新的预警，自动关闭")
    wait = CALM_AFTER[incident.level]
    if moment.at - tracked.reached.get(incident.level, incident.changed_at) < wait:
        return None
    lower = _still_reached(tracked, moment.at)
    tracked.acknowledged = None
    before = incident.level
    if lower is None:
        tracked.put(moment.at, status=IncidentStatus.calmed, level=Level.low)
    else:
        tracked.put(moment.at, level=lower)
    hours = int(wait.total_seconds() // 3600)
    reason = f"已有{hours}小时没有达到“{LEVEL_TITLES[before]}”的线"
    return change(tracked, ChangeKind.calmed, moment, reason, before=before)


def _still_reached(tracked: Tracked, at: datetime) -> Level | None:
    lower = [level for level in Level if level.rank < tracked.incident.level.rank]
    return next((level for level in reversed(lower) if _recent(tracked, level, at)), None)


def _recent(tracked: Tracked, level: Level, at: datetime) -> bool:
    reached = tracked.reached.get(level)
    return reached is not None and at - reached < CALM_AFTER[level]
