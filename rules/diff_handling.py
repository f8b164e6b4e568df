"""What changed in the table of duties (分级处置时限与责任部门), in plain Chinese."""

from collections.abc import Iterator

from rules.handling import Duty, Handling
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category, Level


def handling_changes(old: Handling | None, new: Handling | None) -> tuple[str, ...]:
    """A sentence for each category and level whose duty changed; its title, owner and version do not count."""
    places = ((category, level) for category in Category for level in Level)
    return tuple(sentence for place in places for sentence in _changed(place, _duty(old, place), _duty(new, place)))


def _duty(table: Handling | None, place: tuple[Category, Level]) -> Duty | None:
    return table.duty(*place) if table is not None else None


def _changed(place: tuple[Category, Level], old: Duty | None, new: Duty | None) -> Iterator[str]:
    name = f"{CATEGORY_TITLES[place[0]]}“{LEVEL_TITLES[place[1]]}”"
    if old is None or new is None:
        if new is not None:
            yield f"{name}规定由{new.department}在 {new.within_minutes} 分钟内首次响应，逾期报{new.escalate_to}"
        elif old is not None:
            yield f"{name}不再规定责任部门与时限（原来是{old.department}，{old.within_minutes} 分钟）"
        return
    if old.department != new.department:
        yield f"{name}的责任部门由{old.department}改为{new.department}"
    if old.within_minutes != new.within_minutes:
        words = "放宽" if new.within_minutes > old.within_minutes else "收紧"
        yield f"{name}的首次响应时限由 {old.within_minutes} 分钟{words}到 {new.within_minutes} 分钟"
    if old.escalate_to != new.escalate_to:
        yield f"{name}逾期上报由{old.escalate_to}改为{new.escalate_to}"
