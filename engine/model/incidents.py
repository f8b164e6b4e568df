"""Facts of the windows, findings of the rules, incidents and what happened to them."""

from datetime import date, timedelta, timezone
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from engine.model.base import SYSTEM, Actor, Frozen, Realm
from rules.evaluate import ConditionTrace
from rules.vocabulary import Category, FactValue, Level

_CHINA: Final = timezone(timedelta(hours=8))


class WindowFacts(Frozen):
    """What is true of (realm, brand, category) at a moment; keys are names of `rules.vocabulary`, values quantised."""

    realm: Realm
    brand: str
    category: Category
    at: AwareDatetime
    brand_seq: int
    trigger: str | None
    values: dict[str, FactValue]

    @property
    def day(self) -> date:
        """The Chinese calendar day of the moment."""
        return self.at.astimezone(_CHINA).date()


class Finding(Frozen):
    """A rule's verdict with its facts and explanation. `agreed` is False when durable_rules and the plain evaluator
    differed: the higher level was then taken; `engine_level` is what durable_rules said, `evaluator_level` what the
    evaluator did (None: no level). `engine_failed` tells that durable_rules said nothing because it failed: the
    evaluator's word stood. It is written only where it is so. `title` and `cooldown_minutes` are the rule's.
    """

    id: str
    realm: Realm
    brand: str
    category: Category
    level: Level
    rule: str
    release: str
    at: AwareDatetime
    facts: WindowFacts
    explanation: tuple[ConditionTrace, ...]
    agreed: bool = True
    engine_level: Level | None = None
    evaluator_level: Level | None = None
    title: str = ""
    cooldown_minutes: int = 60
    engine_failed: bool = Field(default=False, exclude_if=lambda failed: not failed)


class IncidentStatus(StrEnum):
    """Open incidents are worked on; calmed ones are watched."""

    open = "open"
    calmed = "calmed"
    closed = "closed"
    merged = "merged"


class ChangeKind(StrEnum):
    """What happened to an incident."""

    opened = "opened"
    merged = "merged"
    escalated = "escalated"
    calmed = "calmed"
    closed = "closed"
    reopened = "reopened"


CHANGE_TITLES = {
    ChangeKind.opened: "新建",
    ChangeKind.merged: "并入",
    ChangeKind.escalated: "升级",
    ChangeKind.calmed: "缓和",
    ChangeKind.closed: "关闭",
    ChangeKind.reopened: "重新打开",
}


class Incident(Frozen):
    """A crisis of one brand and category, from its first finding to its review."""

    id: str
    realm: Realm
    brand: str
    category: Category
    level: Level
    peak_level: Level
    status: IncidentStatus
    title: str
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    last_finding_at: AwareDatetime
    rule: str | None
    merged_into: str | None = None
    false_alarm: bool = False


class IncidentChange(Frozen):
    """One step of an incident's life with its reason: a finding, quiet time, or a person."""

    id: str
    incident: str
    change: ChangeKind
    at: AwareDatetime
    level_before: Level | None
    level: Level
    rule: str | None
    reason: str
    explanation: tuple[ConditionTrace, ...] = ()
    mentions: tuple[str, ...] = ()
    actor: Actor = SYSTEM
