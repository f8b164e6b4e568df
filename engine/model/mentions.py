"""Mentions 提及, their new counts, and their scores."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from engine.model.base import Count, Frozen, Score
from rules.vocabulary import Category


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
        return _SEVERITY_RANKS[self]


_SEVERITY_RANKS = {severity: place for place, severity in enumerate(Severity)}


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
