"""Entries that somebody should look at again: a pure function of the knowledge in force, what it was learned from, and
a date.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from engine.intake.times import CHINA
from engine.learning.outcomes import CategoryOutcomes, outcomes_of
from engine.learning.wording import strategy_line
from engine.model import LEVEL_TITLES, Category, Frozen, Incident, IncidentStatus, Level
from knowledge.loader import Knowledge
from knowledge.schema import STRATEGY_TITLES, AnyEntry, PastIncident, Playbook, Regulation, Template

REVIEW_DAYS: Final[Mapping[type[AnyEntry], int]] = {
    Regulation: 180,  # clauses are amended twice a year and more; a clock must not run on an old one
    Template: 365,  # wording, products and channels change within a year
    Playbook: 365,  # departments and persons in charge change; a drill a year is what the industry does
    PastIncident: 730,  # what happened stays so; whether it is still a precedent changes slowly
}
Sources = Mapping[str, Incident]
NO_SOURCES: Final[Sources] = MappingProxyType({})
CONTRADICTED: Final = 5
"""Cases of a plan's strategy in its category from which its outcomes may speak against it."""


class StaleKind(StrEnum):
    """Why an entry should be looked at."""

    review_due = "review_due"
    regulation_in_force = "regulation_in_force"
    regulation_reviewed = "regulation_reviewed"
    contradicted = "contradicted"
    never_fits = "never_fits"
    new_incident = "new_incident"
    playbook_changed = "playbook_changed"
    source_judged_anew = "source_judged_anew"
    unverified = "unverified"


KIND_TITLES: Final = {
    StaleKind.review_due: "复核到期",
    StaleKind.regulation_in_force: "新规生效",
    StaleKind.regulation_reviewed: "法规登记有更新",
    StaleKind.contradicted: "策略与结果不符",
    StaleKind.never_fits: "用不上的模板",
    StaleKind.new_incident: "有新的本公司案例",
    StaleKind.playbook_changed: "预案后来改过",
    StaleKind.source_judged_anew: "来源事件已改判",
    StaleKind.unverified: "时限未确认",
}
OVERDUE: Final = frozenset({StaleKind.review_due, StaleKind.regulation_in_force})
"""What is late, not only advice."""


class StaleFlag(Frozen):
    """One reason to look at an entry: since when, who owns it, what to do (both in Chinese)."""

    entry: str
    title: str
    kind: StaleKind
    owner: str
    since: date
    reason: str
    advice: str

    @property
    def kind_title(self) -> str:
        """Its kind in Chinese."""
        return KIND_TITLES[self.kind]

    @property
    def is_overdue(self) -> bool:
        """Whether it is late."""
        return self.kind in OVERDUE


def stale_flags(knowledge: Knowledge, on: date, sources: Sources = NO_SOURCES) -> tuple[StaleFlag, ...]:
    """Everything that should be looked at on this day: what is late first, then by date and id. `sources` are the live
    incidents, as they stand, that past incidents were learned from, by the past incident's id.
    """
    checks = (_reviews, _regulations, _outcomes, _templates, _new_incidents, _old_incidents, _unverified)
    found = {flag for check in checks for flag in check(knowledge, on)} | {*_judged_anew(knowledge, on, sources)}
    return tuple(sorted(found, key=lambda one: (not one.is_overdue, one.since, one.entry, one.kind)))


def _flag(entry: AnyEntry, kind: StaleKind, since: date, reason: str, advice: str) -> StaleFlag:
    return StaleFlag(
        entry=entry.id, title=entry.title, kind=kind, owner=entry.owner, since=since, reason=reason, advice=advice
    )


def _reviews(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:
    for entry in _entries(knowledge):
        days = REVIEW_DAYS[type(entry)]
        if on - entry.reviewed_on > timedelta(days=days):
            due = entry.reviewed_on + timedelta(days=days)
            reason = f"上次复核 {entry.reviewed_on}，复核周期 {days} 天，{due} 已到期"
            yield _flag(entry, StaleKind.review_due, due, reason, "重新核对内容，改好或确认无误后更新复核日期")


def _regulations(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:
    worded: list[Playbook | Template] = [*knowledge.playbooks.values(), *knowledge.templates.values()]
    for entry in worded:
        of = [one for one in knowledge.regulations.values() if entry.category in one.categories]
        new = [one for one in of if entry.reviewed_on < one.effective_from <= on]
        if new:
            since = min(one.effective_from for one in new)
            reason = f"复核（{entry.reviewed_on}）之后生效：{_named(new)}"
            yield _flag(entry, StaleKind.regulation_in_force, since, reason, "对照条款逐句核对，需要的改动随发布提交")
        seen = [one for one in of if one not in new and entry.reviewed_on < one.reviewed_on <= on]
        if seen:
            since = min(one.reviewed_on for one in seen)
            reason = f"复核（{entry.reviewed_on}）之后登记有更新：{_named(seen)}"
            yield _flag(entry, StaleKind.regulation_reviewed, since, reason, "看更新的条款是否影响措辞与时限")


def _outcomes(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:  # noqa: ARG001 - one shape for all checks
    for playbook in knowledge.playbooks.values():
        tried = Counter(one.strategy for one in _of(knowledge, playbook))
        if max((tried[plan.strategy] for plan in playbook.plans.values()), default=0) < CONTRADICTED:
            continue
        outcomes = outcomes_of(knowledge.incidents.values(), Category(playbook.category))
        levels = [level for level, plan in playbook.plans.items() if _speaks_against(outcomes, playbook, level)]
        for level in sorted(levels, key=list(playbook.plans).index):
            strategy = playbook.plans[level].strategy
            chosen, better = outcomes.of(strategy), outcomes.clearly_better(strategy)
            if chosen is None or better is None:
                continue
            told = f"“{LEVEL_TITLES[Level(level)]}”用的是：{strategy_line(chosen)}；而{strategy_line(better)}"
            advice = "对照案例看策略是否仍合适；做法是因事而选的，不能只看比例"
            newest = max(one.reviewed_on for one in _of(knowledge, playbook))
            yield _flag(playbook, StaleKind.contradicted, newest, told, advice)


def _speaks_against(outcomes: CategoryOutcomes, playbook: Playbook, level: str) -> bool:
    chosen = outcomes.of(next(plan.strategy for name, plan in playbook.plans.items() if name == level))
    return chosen is not None and chosen.cases >= CONTRADICTED


def _templates(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:  # noqa: ARG001
    for template in knowledge.templates.values():
        playbook = knowledge.playbooks.get(f"pb.{template.category}")
        if playbook is None:
            continue
        planned = {playbook.plans[level].strategy for level in template.levels if level in playbook.plans}
        if planned and not planned & set(template.strategies):
            made_for = "、".join(STRATEGY_TITLES[one] for one in template.strategies)
            used = "、".join(sorted(STRATEGY_TITLES[one] for one in planned))
            reason = f"为“{made_for}”写的，而预案在这些等级只用“{used}”"
            advice = "改写成预案的策略，或在预案里写明什么时候用，或停用"
            yield _flag(template, StaleKind.never_fits, template.reviewed_on, reason, advice)


def _new_incidents(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:
    for playbook in knowledge.playbooks.values():
        new = [one for one in _own(_of(knowledge, playbook)) if playbook.reviewed_on < one.reviewed_on <= on]
        if new:
            reason = f"复核（{playbook.reviewed_on}）之后入库的本公司案例：{_named(new)}"
            since = min(one.reviewed_on for one in new)
            yield _flag(playbook, StaleKind.new_incident, since, reason, "看教训要不要写进步骤、口径或整改")


def _old_incidents(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:
    for playbook in knowledge.playbooks.values():
        for incident in _own(_of(knowledge, playbook)):
            if incident.level in playbook.plans and incident.reviewed_on < playbook.reviewed_on <= on:
                reason = f"它之后，{playbook.title}在 {playbook.reviewed_on} 改过（第 {playbook.version} 版）"
                advice = "看所记的策略和教训与现在的预案是否一致，不一致的写明原因"
                yield _flag(incident, StaleKind.playbook_changed, playbook.reviewed_on, reason, advice)


def _judged_anew(knowledge: Knowledge, on: date, sources: Sources) -> Iterator[StaleFlag]:
    """What may no longer be learned from: false alarms and merged incidents."""
    for entry in knowledge.incidents.values():
        source = sources.get(entry.id)
        if source is None or not (source.false_alarm or source.status is IncidentStatus.merged):
            continue
        since = source.changed_at.astimezone(CHINA).date()
        if since <= on:
            judged = "改判为误报" if source.false_alarm else f"并入 {source.merged_into}"
            reason = f"由事件 {source.id} 整理而来，那一事件已于 {since} {judged}"
            yield _flag(entry, StaleKind.source_judged_anew, since, reason, "在它的页面停用，或写明为什么仍是先例")


def _unverified(knowledge: Knowledge, on: date) -> Iterator[StaleFlag]:
    for one in knowledge.regulations.values():
        if not one.verified and one.deadline is not None and one.effective_from <= on:
            reason = f"有时限（{one.deadline}），但还没有人确认，不会计时"
            yield _flag(one, StaleKind.unverified, one.effective_from, reason, "由合规核对原文后标为已确认")


def _entries(knowledge: Knowledge) -> Iterator[AnyEntry]:
    yield from knowledge.incidents.values()
    yield from knowledge.playbooks.values()
    yield from knowledge.templates.values()
    yield from knowledge.regulations.values()


def _of(knowledge: Knowledge, playbook: Playbook) -> list[PastIncident]:
    return [one for one in knowledge.incidents.values() if one.category == playbook.category]


def _own(incidents: Iterable[PastIncident]) -> Iterator[PastIncident]:
    return (one for one in incidents if one.source == "own")


def _named(entries: list[Regulation] | list[PastIncident], shown: int = 3) -> str:
    names = [f"“{one.title}”" for one in entries]
    return "、".join(names[:shown]) + (f"等{len(names)}条" if len(names) > shown else "")
