"""What pages and the API show: small frozen read models, made by `engine.reads`."""

from typing import Generic, TypeVar

from pydantic import AwareDatetime

from engine.drafting.document import Draft
from engine.model import (
    Approval,
    AuthorKind,
    Category,
    ChangeKind,
    ConditionTrace,
    Fact,
    Frozen,
    Incident,
    IncidentChange,
    Level,
    Mention,
    Realm,
    Scores,
    Severity,
    Task,
)
from rules.handling import Duty
from rules.schema import Rule

T = TypeVar("T")


class Page(Frozen, Generic[T]):
    """One page of a list; pages count from 1."""

    items: tuple[T, ...]
    total: int
    page: int
    size: int


class MentionFilters(Frozen):
    """Which mentions; `incident` means those that count for it."""

    brand: str | None = None
    category: Category | None = None
    severity: Severity | None = None
    negative: bool | None = None
    platform: str | None = None
    author_kind: AuthorKind | None = None
    text: str | None = None
    incident: str | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class MentionRow(Frozen):
    """A stored mention; `scores` is None until it is scored."""

    mention: Mention
    scores: Scores | None
    incidents: tuple[str, ...] = ()


class IncidentRow(Frozen):
    """An incident in a list; `why` is the reason of its latest change."""

    incident: Incident
    why: str
    mention_count: int
    open_tasks: int
    next_due: AwareDatetime | None


class DueTask(Frozen):
    """An open task with what it belongs to."""

    task: Task
    incident_title: str
    brand: str
    level: Level


class TrendPoint(Frozen):
    """Negative mentions of a category that were published within the hour that starts at `hour`."""

    hour: AwareDatetime
    category: Category
    count: int


class AlarmMark(Frozen):
    """The moment an incident opened, escalated or reopened."""

    at: AwareDatetime
    incident: str
    title: str
    category: Category
    change: ChangeKind
    level: Level


class Overview(Frozen):
    """What is forming and what is due; `at` is the realm's now."""

    at: AwareDatetime
    realm: Realm
    incidents: tuple[IncidentRow, ...]
    due: tuple[DueTask, ...]
    trend: tuple[TrendPoint, ...]
    alarms: tuple[AlarmMark, ...]
    latest: tuple[MentionRow, ...]
    mentions_24h: int
    negative_24h: int
    pending: int


class DraftRow(Frozen):
    """A draft in a list; `status` is draft, submitted, approved or returned; versions count per incident, template."""

    id: str
    incident: str
    incident_title: str
    template: str
    template_title: str
    channel: str
    version: int
    created_by: str
    created_at: AwareDatetime
    content_hash: str
    status: str
    ok: bool
    releasable: bool


class DraftDetail(Frozen):
    """A draft with its document, decisions and other versions."""

    row: DraftRow
    file: Draft
    approvals: tuple[Approval, ...]
    versions: tuple[DraftRow, ...]


class TemplateChoice(Frozen):
    """A template that could be used; `fits` when it is made for the incident's level and the advised strategy.

    `conflict` says in Chinese why it does not go with the strategy, None when it does.
    """

    id: str
    title: str
    channel: str
    kind: str
    fits: bool
    conflict: str | None = None


class IncidentDetail(Frozen):
    """All of one incident. `explanation` is of its level now; `next_level` says in words what is still missing."""

    row: IncidentRow
    changes: tuple[IncidentChange, ...]
    explanation: tuple[ConditionTrace, ...]
    next_level: str | None
    sample_mentions: tuple[MentionRow, ...]
    tasks: tuple[Task, ...]
    facts: tuple[Fact, ...]
    drafts: tuple[DraftRow, ...]
    templates: tuple[TemplateChoice, ...]


class RuleView(Frozen):
    """A rule in words beside its YAML."""

    id: str
    title: str
    category: Category
    status: str
    words: tuple[str, ...]
    yaml: str
    test_yaml: str | None
    passed: int
    failed: int
    problems: tuple[str, ...]


class RuleDecision(Frozen):
    """One time that a rule spoke; `why` says in words what had been reached, one sentence a condition."""

    finding: str
    at: AwareDatetime
    brand: str
    level: Level
    incident: str | None
    agreed: bool
    engine_failed: bool
    why: tuple[ConditionTrace, ...]


class RuleDetail(Frozen):
    """A rule in force with its files, who handles each level of it (None: nobody is named), when it alerted at which
    level in the thirty days until `at` (hours of the same count once), and each time it spoke, newest first.
    """

    rule: Rule
    path: str
    text: str
    tests: str | None
    duties: tuple[tuple[Level, Duty | None], ...]
    alerts: tuple[tuple[AwareDatetime, Level], ...]
    decisions: tuple[RuleDecision, ...]
    at: AwareDatetime


class RuleEdit(Frozen):
    """A working copy of one rule or test file; `base` is the file as it was when the work began, None for a new one."""

    path: str
    base: str | None
    text: str
    changed_at: AwareDatetime


class IngestReceipt(Frozen):
    """What became of a batch; ids in order of arrival with `accepted`, `updated` or `duplicate`."""

    outcomes: tuple[tuple[str, str], ...]

    def count(self, outcome: str) -> int:
        """How many had this outcome."""
        return sum(1 for one, _ in self.outcomes if one == outcome)
