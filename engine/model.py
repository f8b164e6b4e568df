"""Domain types, in flow order: Mention → ScoredMention → WindowFacts → Finding → Incident → Draft → Approval.

All are frozen and complete. Times are aware datetimes; `negativity` and category scores are 0-1;
`reach` is people (linear), `heat` is its logarithmic score. Levels and categories come from the rules'
vocabulary, which is what compliance signs.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from rules.evaluate import ConditionTrace
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category, FactValue, Level

__all__ = ["CATEGORY_TITLES", "LEVEL_TITLES", "Category", "ConditionTrace", "FactValue", "Level"]


class Frozen(BaseModel):
    """Base of every domain type: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Score = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]


# --- who, and in which world -----------------------------------------------------------------


class Realm(StrEnum):
    """Worlds that never mix; part of every key."""

    live = "live"
    demo = "demo"
    drill = "drill"
    replay = "replay"


class Role(StrEnum):
    """What an actor may do is decided by role, in `engine.commands` alone."""

    pr = "pr"
    compliance = "compliance"
    analyst = "analyst"
    department = "department"
    operator = "operator"
    system = "system"


ROLE_TITLES = {
    Role.pr: "公关",
    Role.compliance: "合规",
    Role.analyst: "分析师",
    Role.department: "业务部门",
    Role.operator: "运维",
    Role.system: "系统",
}


class Actor(Frozen):
    """Who does something: a person with a role (and a department), or the system."""

    name: str
    role: Role
    department: str | None = None


SYSTEM = Actor(name="系统", role=Role.system)


# --- mentions 提及 ----------------------------------------------------------------------------


class AuthorKind(StrEnum):
    """Who speaks."""

    personal = "personal"
    media = "media"
    official = "official"
    regulator = "regulator"


class MentionKind(StrEnum):
    """What was said where."""

    post = "post"
    comment = "comment"
    complaint = "complaint"
    article = "article"
    hot_search = "hot_search"
    inquiry = "inquiry"


class Severity(StrEnum):
    """How serious the matter of one mention is for the named company, if true."""

    none = "none"
    low = "low"
    medium = "medium"
    high = "high"

    @property
    def rank(self) -> int:
        """0 for none to 3 for high."""
        return list(Severity).index(self)


class Author(Frozen):
    """The account behind a mention."""

    name: str | None = None
    followers: Count | None = None
    kind: AuthorKind = AuthorKind.personal


class Engagement(Frozen):
    """Cumulative counts as last seen by the monitoring tool."""

    reposts: Count = 0
    comments: Count = 0
    likes: Count = 0
    views: Count = 0


class UpstreamScores(Frozen):
    """Scores that the monitoring tool gave; respected where present. Labels of data sets are not upstream scores."""

    negativity: Score | None = None
    category: Category | None = None
    severity: Severity | None = None


class HotSearch(Frozen):
    """A hot-search entry 热搜: the keyword and its rank (1 is the top)."""

    keyword: str
    rank: Annotated[int, Field(ge=1, le=1000)]


class Mention(Frozen):
    """One post, comment, complaint, article, hot-search entry or inquiry, after intake.

    `id` is derived from (source, external_id), or from the canonical URL across tools. `brands` are the names
    that the tool gave (may be empty: scoring finds brands in the text). `text` has personal data masked.
    """

    id: str
    source: str
    external_id: str
    url: str | None = None
    platform: str = "未知"
    kind: MentionKind = MentionKind.post
    author: Author = Author()
    brands: tuple[str, ...] = ()
    text: str
    published_at: AwareDatetime
    received_at: AwareDatetime
    engagement: Engagement = Engagement()
    upstream: UpstreamScores | None = None
    hot_search: HotSearch | None = None
    history: bool = False


class EngagementUpdate(Frozen):
    """The same identity with new counts; `previous` is what was known before."""

    mention: str
    received_at: AwareDatetime
    engagement: Engagement
    previous: Engagement = Engagement()
    history: bool = False


class Scores(Frozen):
    """What scoring says of one mention; `negativity` is the maximum over brands."""

    negative: bool
    negativity: Score
    category: Category | None
    categories: dict[Category, Score]
    severity: Severity
    reach: Annotated[int, Field(ge=0)]
    heat: float
    by_brand: dict[str, Score]
    near_duplicate_group: str
    scorer: str


class ScoredMention(Frozen):
    """A mention with its scores."""

    mention: Mention
    scores: Scores


# --- the ordered log -------------------------------------------------------------------------


class MentionRecord(Frozen):
    """A scored mention as one brand's windows see it: no text, no name; `author` is a keyed hash.

    `categories` holds the categories it counts for (primary first); empty when it is not negative for the brand.
    """

    kind: Literal["mention"] = "mention"
    mention: str
    published_at: AwareDatetime
    received_at: AwareDatetime
    negativity: Score
    categories: tuple[Category, ...]
    severity: Severity
    reach: int
    author: str
    author_kind: AuthorKind
    followers: int | None
    mention_kind: MentionKind
    platform: str
    group: str
    reposts: int
    hot_search_rank: int | None = None
    history: bool = False
    scorer: str


class EngagementRecord(Frozen):
    """New counts of a mention that counts for `categories`: what was added since the last counts."""

    kind: Literal["engagement"] = "engagement"
    mention: str
    received_at: AwareDatetime
    categories: tuple[Category, ...]
    added_reach: int
    added_reposts: int
    heat: float
    history: bool = False


class TickRecord(Frozen):
    """Time passed; lets things calm."""

    kind: Literal["tick"] = "tick"


class CommandKind(StrEnum):
    """What a person can do to an incident; everything else a person does changes no detection state."""

    open = "open"
    set_level = "set_level"
    close = "close"
    reopen = "reopen"
    merge = "merge"
    false_alarm = "false_alarm"


class CommandRecord(Frozen):
    """What a person did to an incident."""

    kind: Literal["command"] = "command"
    command: CommandKind
    actor: Actor
    category: Category
    incident: str | None = None
    level: Level | None = None
    into: str | None = None
    title: str | None = None
    reason: str


class ReleaseRecord(Frozen):
    """From here on this release decides."""

    kind: Literal["release"] = "release"
    release: str
    approved_by: str


RecordPayload = Annotated[
    MentionRecord | EngagementRecord | TickRecord | CommandRecord | ReleaseRecord,
    Field(discriminator="kind"),
]


class LogRecord(Frozen):
    """One entry of the ordered log. `seq` orders everything; `brand_seq` counts within (realm, brand) and is the
    number that output ids are derived from, so that interleaving of brands does not matter. `at` is when it arrived.
    """

    seq: int
    realm: Realm
    brand: str
    brand_seq: int
    at: AwareDatetime
    payload: RecordPayload


# --- detection and incidents ------------------------------------------------------------------


class WindowFacts(Frozen):
    """What is true of (realm, brand, category) at a moment; keys are names of `rules.vocabulary`, values quantised."""

    realm: Realm
    brand: str
    category: Category
    at: AwareDatetime
    brand_seq: int
    trigger: str | None
    values: dict[str, FactValue]


class Finding(Frozen):
    """A rule's verdict with its facts and explanation. `agreed` is False when durable_rules and the plain evaluator
    differed: the higher level was then taken. `title` and `cooldown_minutes` are the rule's.
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
    title: str = ""
    cooldown_minutes: int = 60


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


# --- response ---------------------------------------------------------------------------------


class TaskStatus(StrEnum):
    """A task is open until a person of its department does it."""

    open = "open"
    done = "done"
    cancelled = "cancelled"


class Task(Frozen):
    """One step of a playbook given to a department with a deadline (wall clock)."""

    id: str
    incident: str
    step: str
    title: str
    department: str
    due_at: AwareDatetime
    template: str | None = None
    status: TaskStatus = TaskStatus.open
    done_by: str | None = None
    done_at: AwareDatetime | None = None
    note: str | None = None


class Notification(Frozen):
    """A message for a department or role, written in the same transaction as its cause."""

    id: str
    incident: str
    at: AwareDatetime
    to: str
    title: str
    body: str


# --- facts, drafts, proofs, approvals -----------------------------------------------------------


class FactStatus(StrEnum):
    """Only a person confirms."""

    confirmed = "confirmed"
    reported = "reported"
    disputed = "disputed"


class FactSource(Frozen):
    """Where a fact comes from; `ref` is a mention id, a department, a document or a registry key."""

    kind: Literal["mention", "department", "document", "registry"]
    ref: str


class Fact(Frozen):
    """An entry of an incident's register 事实; `key` is a fact key of `knowledge.schema`."""

    id: str
    incident: str
    key: str
    value: str
    source: FactSource
    status: FactStatus
    proposed_by: str
    confirmed_by: str | None = None
    confirmed_at: AwareDatetime | None = None


class SpanOrigin(StrEnum):
    """Where the words of a span come from."""

    literal = "literal"
    fact = "fact"
    choice = "choice"
    prose = "prose"
    human = "human"
    unresolved = "unresolved"


class Span(Frozen):
    """A stretch of a draft. `ref` names its source: `literal:N`, a fact id, `slot:option`, `slot:fact,fact` ..."""

    text: str
    origin: SpanOrigin
    ref: str


class SpanVerdict(Frozen):
    """The proof of one span."""

    text: str
    origin: SpanOrigin
    ref: str
    ok: bool
    reason: str


class Proof(Frozen):
    """`ok`: nothing unproven is asserted. `releasable`: ok, and nothing is left 【待核实】."""

    ok: bool
    releasable: bool
    spans: tuple[SpanVerdict, ...]
    problems: tuple[str, ...] = ()


class DraftHashes(Frozen):
    """Content hashes (BLAKE2b, hex) of what a draft was made from."""

    template: str
    register_: str = Field(alias="register")
    release: str
    model: str

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class ApprovalStatus(StrEnum):
    """Where a draft stands."""

    submitted = "submitted"
    approved = "approved"
    returned = "returned"


class Approval(Frozen):
    """A decision on a draft, bound to the hash of exactly what was submitted."""

    id: str
    draft: str
    content_hash: str
    status: ApprovalStatus
    submitted_by: str
    submitted_at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str | None = None


def at_iso(moment: datetime) -> str:
    """ISO 8601 with offset, seconds resolution: the one way times are written out."""
    return moment.isoformat(timespec="seconds")
