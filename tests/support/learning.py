"""Past incidents in few words, for tests of what is learned from them."""

from datetime import date

from engine.model import Category, Level
from knowledge.schema import Category as EntryCategory
from knowledge.schema import CoursePoint, IncidentStep, OutcomeGrade, PastIncident, Strategy
from knowledge.schema import Level as EntryLevel

STEP = IncidentStep(after="1小时", actor="客服", action="核对账单", material="账单")


def past(
    number: int,
    strategy: Strategy = Strategy.rebuild,
    grade: OutcomeGrade = "好转",
    *,
    category: Category = Category.fee_dispute,
    level: Level = Level.high,
    response: str | None = "2小时",
    course: tuple[float, ...] = (0.9, 0.2),
    own: bool = False,
    reviewed_on: date = date(2026, 1, 1),
) -> PastIncident:
    """A past incident of which only strategy, outcome and course matter."""
    return PastIncident(
        id=f"inc.{category}.made_{number}",
        title=f"第{number}件",
        owner="公关部",
        reviewed_on=reviewed_on,
        category=EntryCategory(category),
        level=EntryLevel(level),
        occurred_on=date(2025, 5, 6),
        platforms=("微博",),
        scale="三天200条",
        summary="用户发现分期账单里多了一笔会员费，" * 5,
        cause="会员费默认勾选",
        turning_point="公布全部退费名单",
        strategy=strategy,
        first_response=response,
        steps=(STEP, STEP, STEP),
        course=tuple(
            CoursePoint(after=f"{hour + 1}小时", mentions=hour * 10, negative=share)
            for hour, share in enumerate(course)
        ),
        outcome="一周后平息",
        outcome_grade=grade,
        lessons=("先退费再解释",),
        voices=("凭什么多收钱", "退我会员费"),
        source="own" if own else "written",
    )
