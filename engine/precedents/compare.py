"""Two incidents → a comparison: pure, so that the same material always says the same."""

from engine.precedents.live import LiveIncident, live_side
from engine.precedents.past import past_side
from engine.precedents.traits import live_traits, past_traits
from engine.precedents.views import ByNow, Comparison, Mark, MarkKind, Side
from engine.precedents.wording import after
from knowledge.schema import PastIncident

_NEXT_STEPS = 3


def compare_live(ours: LiveIncident, theirs: PastIncident) -> Comparison:
    """An incident of our own beside a precedent, and where the precedent stood at the same age."""
    mine, other = live_side(ours), past_side(theirs)
    return Comparison(
        ours=mine,
        theirs=other,
        traits=live_traits(ours, theirs),
        by_now=by_now(mine, other),
        outcome=theirs.outcome,
        turning_point=theirs.turning_point,
        lessons=theirs.lessons,
    )


def compare_past(ours: PastIncident, theirs: PastIncident) -> Comparison:
    """Two past incidents beside each other."""
    return Comparison(
        ours=past_side(ours),
        theirs=past_side(theirs),
        traits=past_traits(ours, theirs),
        by_now=None,
        outcome=theirs.outcome,
        turning_point=theirs.turning_point,
        lessons=theirs.lessons,
    )


def by_now(ours: Side, theirs: Side) -> ByNow | None:
    """What the precedent's people had done at our age, and where our own tasks stand."""
    age = ours.elapsed_minutes
    if age is None:
        return None
    steps = [mark for mark in theirs.marks if mark.kind is MarkKind.step]
    later = [mark for mark in steps if mark.after_minutes > age]
    tasks = [mark for mark in ours.marks if mark.kind is MarkKind.task]
    open_tasks = tuple(mark for mark in tasks if not mark.done)
    return ByNow(
        after_minutes=age,
        remarks=(*_response_remarks(ours, theirs, age), *_task_remarks(open_tasks, age), *_size_remarks(ours, theirs)),
        had_done=tuple(mark for mark in steps if mark.after_minutes <= age),
        came_next=tuple(later[:_NEXT_STEPS]),
        open_tasks=open_tasks,
        done_tasks=tuple(mark for mark in tasks if mark.done),
    )


def _response_remarks(ours: Side, theirs: Side, age: float) -> list[str]:
    mine, other = ours.first_response_minutes, theirs.first_response_minutes
    ending = f"，结果是“{theirs.outcome_grade}”" if theirs.outcome_grade else ""
    if other is None:
        return [f"先例始终没有公开回应{ending}。"]
    if mine is None and other <= age:
        return [f"先例在起点后{after(other)}已首次回应{ending}；我方尚无获批的对外声明。"]
    if mine is None:
        return [f"先例在起点后{after(other)}才首次回应{ending}；我方还有{after(other - age)}就到同一时刻。"]
    sooner = "早于" if mine < other else "晚于" if mine > other else "等于"
    done = "发布" if ours.response_is_recorded else "获批"
    return [f"我方首份对外声明在起点后{after(mine)}{done}，{sooner}先例的{after(other)}{ending}。"]


def _task_remarks(open_tasks: tuple[Mark, ...], age: float) -> list[str]:
    late = sum(1 for mark in open_tasks if mark.after_minutes < age)
    return [f"我方有{late}项任务已超过时限。"] if late else []


def _size_remarks(ours: Side, theirs: Side) -> list[str]:
    """How far the talk had come at the same age; nothing where the precedent's course does not reach."""
    age, reached = ours.elapsed_minutes or 0.0, ours.curve[-1].mentions if ours.curve else 0
    points = theirs.curve
    if not points or not points[0].after_minutes <= age <= points[-1].after_minutes:
        return []
    last = max(n for n, point in enumerate(points) if point.after_minutes <= age)
    before, behind = points[last], points[min(last + 1, len(points) - 1)]
    span = behind.after_minutes - before.after_minutes
    way = (age - before.after_minutes) / span if span else 0.0
    usual = before.mentions + way * (behind.mentions - before.mentions)
    return [f"同一时刻，先例的累计提及约{usual:,.0f}条（按走势推算），我方{reached:,}条。"]
