"""A past incident as a side of a comparison."""

from engine.model import Category, Level
from engine.precedents.views import CurvePoint, Mark, MarkKind, Side
from engine.precedents.wording import minutes_of
from knowledge.schema import PastIncident

START_NOTE = "自案例记载的起点算起"


def past_side(entry: PastIncident) -> Side:
    """Steps, first response and course on the axis of the entry's own times."""
    response = None if entry.first_response is None else minutes_of(entry.first_response)
    return Side(
        id=entry.id,
        is_past=True,
        title=entry.title,
        category=Category(entry.category),
        level=Level(entry.level),
        started_at=None,
        elapsed_minutes=None,
        is_over=True,
        start_note=START_NOTE,
        first_response_minutes=response,
        outcome_grade=entry.outcome_grade,
        marks=_marks(entry, response),
        curve=_curve(entry),
    )


def _marks(entry: PastIncident, response: float | None) -> tuple[Mark, ...]:
    marks = [
        Mark(
            kind=MarkKind.step,
            after_minutes=minutes_of(step.after),
            who=step.actor,
            what=step.action,
            detail=step.material,
        )
        for step in entry.steps
    ]
    if response is not None:
        marks.append(Mark(kind=MarkKind.response, after_minutes=response, who="公司", what="首次公开回应"))
    return tuple(sorted(marks, key=lambda mark: mark.after_minutes))


def _curve(entry: PastIncident) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(after_minutes=minutes_of(point.after), mentions=point.mentions, negative=point.negative)
        for point in entry.course
    )
