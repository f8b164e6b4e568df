"""What an incident's log tells as steps: decisions, changes of level, tasks done, statements approved.

Whoever did something is named by department or role.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from engine.learning.course import duration
from engine.model import (
    CHANGE_TITLES,
    LEVEL_TITLES,
    ROLE_TITLES,
    ChangeKind,
    IncidentChange,
    Role,
    Task,
    TaskStatus,
)
from engine.precedents.live import LiveIncident
from knowledge.schema import IncidentStep

Plain = Callable[[str, int], str]
"""Takes names out of a text and keeps at most so many characters."""

_MOST: Final = 30
_LONGEST: Final = 80
_DETECTION: Final = "监测规则"
_ORDER: Final = {ChangeKind.opened: 0, ChangeKind.closed: 4}
"""Of what was done at the same moment, opening comes first and closing last."""


class _Done(NamedTuple):
    at: datetime
    place: int
    actor: str
    action: str
    material: str


def steps_of(live: LiveIncident, plain: Plain) -> tuple[IncidentStep, ...]:
    """In the order of time, at most 30: where there are more, the earliest and the end."""
    done = sorted({*_changes(live, plain), *_tasks(live, plain), *_statements(live)})
    if len(done) > _MOST:
        done = [*done[: _MOST - 1], done[-1]]
    return tuple(
        IncidentStep(after=duration(live.after(one.at)), actor=one.actor, action=one.action, material=one.material)
        for one in done
    )


def _changes(live: LiveIncident, plain: Plain) -> Iterator[_Done]:
    for one in live.changes:
        by_rule = one.actor.role is Role.system
        material = (
            f"规则判断的依据：{plain(one.reason, _LONGEST)}" if by_rule else f"理由：{plain(one.reason, _LONGEST)}"
        )
        actor = _DETECTION if by_rule else one.actor.department or ROLE_TITLES[one.actor.role]
        yield _Done(one.at, _ORDER.get(one.change, 1), actor, _change_words(one), material)


def _change_words(one: IncidentChange) -> str:
    level = LEVEL_TITLES[one.level]
    if one.change is ChangeKind.opened:
        return f"立案，等级“{level}”"
    if one.change is ChangeKind.closed:
        return "关闭事件"
    if one.level_before is not None and one.level_before is not one.level:
        return f"{CHANGE_TITLES[one.change]}，等级由“{LEVEL_TITLES[one.level_before]}”改为“{level}”"
    return f"{CHANGE_TITLES[one.change]}，等级“{level}”"


def _tasks(live: LiveIncident, plain: Plain) -> Iterator[_Done]:
    for one in live.tasks:
        if one.status is TaskStatus.done and one.done_at is not None:
            yield _Done(one.done_at, 2, one.department, f"完成“{plain(one.title, _LONGEST)}”", _material(one, plain))


def _material(task: Task, plain: Plain) -> str:
    note = plain(task.note or "", _LONGEST)
    if task.template is not None:
        return f"声明模板 {task.template}" + (f"；{note}" if note else "")
    return note or "任务记录"


def _statements(live: LiveIncident) -> Iterator[_Done]:
    for one in live.statements:
        kind = "对外" if one.is_public else "不公开的"
        yield _Done(
            one.approved_at, 3, ROLE_TITLES[Role.compliance], f"批准{kind}声明“{one.title}”", "声明稿与核验结果"
        )
