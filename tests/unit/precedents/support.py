"""A past incident and one of our own, made so that every line of a comparison has something to say."""

from datetime import UTC, date, datetime, timedelta

from engine.model import (
    SYSTEM,
    Actor,
    Category,
    ChangeKind,
    Fact,
    FactSource,
    FactStatus,
    Incident,
    IncidentChange,
    IncidentStatus,
    Level,
    Realm,
    Role,
    Task,
    TaskStatus,
)
from engine.precedents.live import LiveIncident, Statement
from engine.store.talk import Minute
from knowledge.schema import Category as EntryCategory
from knowledge.schema import CoursePoint, IncidentStep, PastIncident
from knowledge.schema import Level as EntryLevel
from knowledge.schema import Strategy as EntryStrategy

OPENED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NAMED = Actor(name="林舟", role=Role.pr)


def past(entry: str = "inc.fee_dispute.fare", **fields: object) -> PastIncident:
    values: dict[str, object] = {
        "id": entry,
        "title": "车费分期里多出一笔会员费",
        "owner": "公关部",
        "reviewed_on": date(2026, 1, 1),
        "category": EntryCategory.fee_dispute,
        "level": EntryLevel.high,
        "occurred_on": date(2023, 5, 6),
        "platforms": ("微博", "抖音"),
        "scale": "三天4200条",
        "summary": "用户发现分期账单里多了一笔会员费，" * 5,
        "cause": "会员费默认勾选",
        "turning_point": "公布全部退费名单",
        "strategy": EntryStrategy.rebuild,
        "first_response": "2小时",
        "steps": (
            step("40分钟", "舆情值班员", "归并同类帖文"),
            step("2小时", "公关部", "发布致歉说明"),
            step("1天", "产品部", "取消默认勾选"),
            step("3天", "客服部", "逐户退费"),
        ),
        "course": (point("1小时", 100, 0.8), point("3小时", 500, 0.9), point("2天", 4000, 0.4)),
        "outcome": "一周后平息",
        "outcome_grade": "平息",
        "lessons": ("先退费再解释",),
        "voices": ("凭什么多收钱", "退我会员费"),
    }
    return PastIncident.model_validate(values | fields)


def step(after: str, actor: str, action: str) -> IncidentStep:
    return IncidentStep(after=after, actor=actor, action=action, material="说明文稿")


def point(after: str, mentions: int, negative: float) -> CoursePoint:
    return CoursePoint(after=after, mentions=mentions, negative=negative)


def minute(at_minutes: float, counted: int, negative: int | None = None, said: int | None = None) -> Minute:
    """A minute of talk, counted from the opening."""
    shown = counted if negative is None else negative
    return Minute(OPENED + timedelta(minutes=at_minutes), counted, shown, shown if said is None else said)


def task(number: int, due_minutes: float, *, done_minutes: float | None = None, note: str | None = None) -> Task:
    done = {} if done_minutes is None else {"done_by": NAMED.name, "done_at": OPENED + timedelta(minutes=done_minutes)}
    return Task(
        id=f"task-{number}",
        incident="inc-1",
        step=f"s{number}",
        title=f"任务{number}",
        department="客服",
        due_at=OPENED + timedelta(minutes=due_minutes),
        status=TaskStatus.open if done_minutes is None else TaskStatus.done,
        note=note,
        **done,
    )


def live(minutes: float = 180, **fields: object) -> LiveIncident:
    """An incident that was opened `minutes` ago; its first mention came 30 minutes before."""
    incident = Incident(
        id="inc-1",
        realm=Realm.live,
        brand="澄禾消费金融",
        category=Category.fee_dispute,
        level=Level.medium,
        peak_level=Level.medium,
        status=IncidentStatus.open,
        title="收费争议集中出现",
        opened_at=OPENED,
        changed_at=OPENED,
        last_finding_at=OPENED,
        rule=None,
    )
    opened = IncidentChange(
        id="c1",
        incident="inc-1",
        change=ChangeKind.opened,
        at=OPENED,
        level_before=None,
        level=Level.medium,
        rule=None,
        reason="一小时内12条，联系人13812345678",
        actor=SYSTEM,
    )
    values: dict[str, object] = {
        "incident": incident,
        "changes": (opened,),
        "tasks": (task(1, 60, done_minutes=30, note="已联系13812345678"), task(2, 90), task(3, 600)),
        "facts": (
            Fact(
                id="f1",
                incident="inc-1",
                key="cause",
                value="勾选框默认打开",
                source=FactSource(kind="department", ref="产品部"),
                status=FactStatus.reported,
                proposed_by=NAMED.name,
            ),
        ),
        "statements": (),
        "talk": (minute(-30, 2), minute(0, 3), minute(30, 10, said=20)),
        "platforms": (("微博", 12), ("贴吧", 3)),
        "plan": None,
        "now": OPENED + timedelta(minutes=minutes),
    }
    return LiveIncident.model_validate(values | fields)


def statement(at_minutes: float, *, is_public: bool = True) -> Statement:
    return Statement(title="微博短声明", approved_at=OPENED + timedelta(minutes=at_minutes), is_public=is_public)
