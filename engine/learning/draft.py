"""A closed incident → a past incident as a draft: what the log knows is filled in, what only a person can say is
marked 【待补充】. The same incident gives the same text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.intake.times import CHINA
from engine.learning.course import course_of, duration
from engine.learning.grading import ProposedGrade, propose_grade
from engine.learning.steps import Plain, steps_of
from engine.learning.voices import typical_voices
from engine.learning.yaml_text import Field, entry_text
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Incident
from engine.precedents.live import LiveIncident
from engine.precedents.wording import after, share
from knowledge.schema import STRATEGY_TITLES, CoursePoint, FactKey, IncidentStep, LevelPlan, Strategy
from knowledge.wording import TO_COMPLETE

OWNER: Final = "舆情分析"
_LEAST_STEPS: Final = 4
_LEAST_VOICES: Final = 2
_SHOWN_PLATFORMS: Final = 6
_SILENT: Final = (Strategy.private_communication, Strategy.no_public_response)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a draft is made of. `plan` is the playbook's for the highest level, `used` the strategies that the template
    of the first public statement is for, `responded_at` when it was approved (where none was: when a task to publish
    one was done), `said` the texts of the incident's mentions.
    """

    live: LiveIncident
    plan: LevelPlan | None
    used: tuple[Strategy, ...]
    responded_at: datetime | None
    said: tuple[str, ...]


def entry_of(incident: Incident) -> str:
    """The id that the past incident gets: the same for every draft of it."""
    day = incident.opened_at.astimezone(CHINA)
    name = "".join(char if char.isalnum() and char.isascii() else "_" for char in incident.id.removeprefix("inc-"))
    return f"inc.{incident.category}.own_{day:%Y%m%d}_{name.lower()[:40]}"


def draft_text(learned: Learned, plain: Plain) -> str:
    """The YAML of the draft."""
    return entry_text(_head(learned.live), _fields(learned, plain))


def _head(live: LiveIncident) -> tuple[str, ...]:
    return (
        f"由事件 {live.incident.id} 自动整理：走势、步骤、首次回应取自记录；标 {TO_COMPLETE} 的由人填写。",
        f"全部 {TO_COMPLETE} 改好后才能提交审核；机构与人名已替换，提交前请再看一遍。",
    )


def _fields(learned: Learned, plain: Plain) -> Iterator[Field]:
    live, incident = learned.live, learned.live.incident
    day = live.started_at.astimezone(CHINA)
    ended = incident.changed_at.astimezone(CHINA)
    course = course_of(live.started_at, live.talk, live.elapsed_minutes)
    grade, (strategy, chosen_by) = propose_grade(live, incident.changed_at), _strategy(learned)
    what = f"{CATEGORY_TITLES[incident.category]}（{day.year}年{day.month}月）"
    yield Field("id", entry_of(incident))
    yield Field("title", f"{TO_COMPLETE}{what}：用一句话写明起因和结果")
    yield Field("owner", OWNER)
    yield Field("reviewed_on", ended.date())
    yield Field("category", str(incident.category))
    yield Field("level", str(incident.peak_level), "曾达到的最高等级")
    yield Field("occurred_on", day.date())
    yield Field("platforms", _platforms(live, plain), one_line=True)
    yield Field("scale", _scale(live, course))
    yield Field("summary", _summary(live, course))
    yield Field("cause", _told(live, FactKey.cause, "起因：什么做法或疏漏引起", plain))
    yield Field("turning_point", f"{TO_COMPLETE}转折：哪一件事之后讨论变了方向")
    yield Field("strategy", str(strategy), f"建议：{STRATEGY_TITLES[strategy]}。{chosen_by}；请核对实际做法")
    yield Field(
        "first_response", _first_response(learned), "首份对外声明发布的时间（没有登记的按获批时间）；没有则为 null"
    )
    yield Field("steps", [one.model_dump() for one in _steps(live, plain)])
    yield Field("course", [one.model_dump() for one in course], "累计相关提及；本品牌这一段提及中负面的占比")
    yield Field("outcome", _outcome(live, grade, plain))
    yield Field(
        "outcome_grade", grade.grade, f"建议：{grade.grade}。{grade.reason}；请核对，可改为好转、平息、恶化、长期影响"
    )
    yield Field("lessons", [f"{TO_COMPLETE}教训：下次先做什么、不做什么"])
    yield Field("voices", _voices(learned.said, plain), "只是建议：请选用并改写成不指向任何人的话，2至4句")
    yield Field("source", "own")


def _platforms(live: LiveIncident, plain: Plain) -> list[str]:
    names = dict.fromkeys(plain(name, 20) for name, _ in live.platforms)
    shown = [name for name in names if len(name) > 1][:_SHOWN_PLATFORMS]
    return shown or [f"{TO_COMPLETE}平台"]


def _scale(live: LiveIncident, course: Sequence[CoursePoint]) -> str:
    said = sum(one.said for one in live.talk if one.at >= live.started_at)
    counted, lasted = course[-1].mentions if course else 0, after(live.elapsed_minutes)
    return f"相关负面提及{counted}条，同期本品牌提及{said}条，历时{lasted}"


def _summary(live: LiveIncident, course: Sequence[CoursePoint]) -> str:
    incident = live.incident
    worst = max((point.negative for point in course), default=None)
    end = course[-1].negative if course else None
    category, level = CATEGORY_TITLES[incident.category], LEVEL_TITLES[incident.peak_level]
    told = f"{category}，历时{after(live.elapsed_minutes)}，最高到“{level}”"
    mood = f"负面占比最高{share(worst)}，结束时{share(end)}"
    return (
        f"{TO_COMPLETE}概述：谁因为什么说了什么、公司怎样处理、结果如何，120至220字，写上数字。已知：{told}；{mood}。"
    )


def _told(live: LiveIncident, key: FactKey, ask: str, plain: Plain) -> str:
    known = [plain(fact.value, 100) for fact in live.facts if fact.key == key and fact.confirmed_by is not None]
    return f"{TO_COMPLETE}{ask}" + (f"。已确认的事实：{'；'.join(known)}" if known else "")


def _outcome(live: LiveIncident, grade: ProposedGrade, plain: Plain) -> str:
    return _told(live, FactKey.remedy, f"结果：用户、媒体、监管各是什么结果；记录显示{grade.reason}", plain)


def _strategy(learned: Learned) -> tuple[Strategy, str]:
    """The strategy that was most likely followed, and what says so."""
    planned = learned.plan.strategy if learned.plan else None
    if learned.responded_at is not None:
        if planned in learned.used or (planned and not learned.used):
            return planned or Strategy.diminish, "预案的策略，与首份对外声明的模板相符"
        return (learned.used[0] if learned.used else Strategy.diminish), "首份对外声明所用模板的策略"
    if planned in _SILENT:
        return planned, "没有对外声明，预案也是这样安排的"
    return Strategy.no_public_response, "没有获批的对外声明"


def _first_response(learned: Learned) -> str | None:
    at = learned.responded_at
    return None if at is None else duration(learned.live.after(at))


def _steps(live: LiveIncident, plain: Plain) -> tuple[IncidentStep, ...]:
    """At least four: what the log does not tell a person adds."""
    found = steps_of(live, plain)
    last = found[-1].after if found else duration(0)
    missing = IncidentStep(after=last, actor=f"{TO_COMPLETE}部门", action="做了什么", material="用了什么材料")
    return (*found, *[missing] * max(0, _LEAST_STEPS - len(found)))


def _voices(said: Sequence[str], plain: Plain) -> list[str]:
    proposed = [f"{TO_COMPLETE}选用或改写：{voice}" for voice in typical_voices(said, plain)]
    return [*proposed, *[f"{TO_COMPLETE}用户原话"] * max(0, _LEAST_VOICES - len(proposed))]
