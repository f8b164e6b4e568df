"""Domain types, in flow order: Mention → ScoredMention → WindowFacts → Finding → Incident → Draft → Approval.

All are frozen and complete. Times are aware datetimes; `negativity` and category scores are 0-1;
`reach` is people (linear), `heat` is its logarithmic score. Levels and categories come from the rules'
vocabulary, which is what compliance signs.
"""

from engine.model.base import ROLE_TITLES, SYSTEM, Actor, Count, Frozen, Realm, Role, Score, at_iso
from engine.model.incidents import (
    CHANGE_TITLES,
    ChangeKind,
    Finding,
    Incident,
    IncidentChange,
    IncidentStatus,
    WindowFacts,
)
from engine.model.log import (
    CommandKind,
    CommandRecord,
    EngagementRecord,
    LogRecord,
    MentionRecord,
    RecordPayload,
    ReleaseRecord,
    TickRecord,
)
from engine.model.mentions import (
    Author,
    AuthorKind,
    Engagement,
    EngagementUpdate,
    HotSearch,
    Mention,
    MentionKind,
    ScoredMention,
    Scores,
    Severity,
    UpstreamScores,
)
from engine.model.response import Notification, Task, TaskStatus
from engine.model.statements import (
    Approval,
    ApprovalStatus,
    DraftHashes,
    Fact,
    FactSource,
    FactStatus,
    Proof,
    Span,
    SpanOrigin,
    SpanVerdict,
)
from rules.evaluate import ConditionTrace
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category, FactValue, Level

__all__ = [
    "CATEGORY_TITLES",
    "CHANGE_TITLES",
    "LEVEL_TITLES",
    "ROLE_TITLES",
    "SYSTEM",
    "Actor",
    "Approval",
    "ApprovalStatus",
    "Author",
    "AuthorKind",
    "Category",
    "ChangeKind",
    "CommandKind",
    "CommandRecord",
    "ConditionTrace",
    "Count",
    "DraftHashes",
    "Engagement",
    "EngagementRecord",
    "EngagementUpdate",
    "Fact",
    "FactSource",
    "FactStatus",
    "FactValue",
    "Finding",
    "Frozen",
    "HotSearch",
    "Incident",
    "IncidentChange",
    "IncidentStatus",
    "Level",
    "LogRecord",
    "Mention",
    "MentionKind",
    "MentionRecord",
    "Notification",
    "Proof",
    "Realm",
    "RecordPayload",
    "ReleaseRecord",
    "Role",
    "Score",
    "ScoredMention",
    "Scores",
    "Severity",
    "Span",
    "SpanOrigin",
    "SpanVerdict",
    "Task",
    "TaskStatus",
    "TickRecord",
    "UpstreamScores",
    "WindowFacts",
    "at_iso",
]
