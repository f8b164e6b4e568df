"""What people decide about incidents: opened, level set, merged, closed, reopened, called a false alarm."""

from engine.errors import Conflict
from engine.incident_book import IncidentBook, Moment, Tracked, change, merge, new_incident
from engine.model import (
    CATEGORY_TITLES,
    ChangeKind,
    CommandKind,
    CommandRecord,
    IncidentChange,
    IncidentStatus,
    Level,
)


def take_command(book: IncidentBook, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    """Apply what a person did. Raises Conflict or NotFound, with nothing changed, when it does not fit."""
    if command.command is CommandKind.open:
        return _open(book, command, moment)
    tracked = book.by_id(command.incident or "")
    if command.command is CommandKind.reopen:
        return _reopen(book, tracked, command, moment)
    if not tracked.active:
        raise Conflict("事件已关闭，请先重新打开")
    if command.command is CommandKind.set_level:
        return _set_level(tracked, command, moment)
    if command.command is CommandKind.merge:
        return _merge(book, tracked, command, moment)
    return _close(tracked, command, moment)


def _open(book: IncidentBook, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    existing = book.latest.get(command.category)
    if existing and existing.active:
        raise Conflict(f"{book.brand}已有进行中的{CATEGORY_TITLES[command.category]}事件 {existing.incident.id}")
    level = command.level or Level.low
    tracked = new_incident(book, command.category, level, moment, rule=None, title=command.title)
    tracked.reach(level, moment.at)
    return [change(tracked, ChangeKind.opened, moment, command.reason, actor=command.actor)]


def _reopen(book: IncidentBook, tracked: Tracked, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    """Its quiet time starts again, and its findings are its own again."""
    if tracked.active:
        raise Conflict("事件尚未关闭，无需重新打开")
    book.release(tracked.incident.category)
    tracked.acknowledged = None
    tracked.reach(tracked.incident.level, moment.at)
    tracked.put(moment.at, status=IncidentStatus.open, merged_into=None, false_alarm=False)
    return [change(tracked, ChangeKind.reopened, moment, command.reason, actor=command.actor)]


def _set_level(tracked: Tracked, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    before, level = tracked.incident.level, command.level
    if level is None or level is before:
        raise Conflict("等级没有变化")
    kind = ChangeKind.escalated if level.rank > before.rank else ChangeKind.calmed
    tracked.acknowledged = max(before, level, key=lambda one: one.rank)
    tracked.reach(level, moment.at)
    tracked.put(moment.at, level=level, status=IncidentStatus.open)
    return [change(tracked, kind, moment, command.reason, before=before, actor=command.actor)]


def _merge(book: IncidentBook, tracked: Tracked, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    target = book.by_id(command.into or "")
    if target is tracked or not target.active:
        raise Conflict("只能并入同一品牌另一个进行中的事件")
    return merge(book, tracked, target, moment, command.reason, command.actor)


def _close(tracked: Tracked, command: CommandRecord, moment: Moment) -> list[IncidentChange]:
    """The wave that a person closed does not open it again; see `engine.incidents` for how long."""
    tracked.acknowledged = tracked.incident.level
    false_alarm = command.command is CommandKind.false_alarm
    tracked.put(moment.at, status=IncidentStatus.closed, false_alarm=false_alarm)
    return [change(tracked, ChangeKind.closed, moment, command.reason, actor=command.actor)]
