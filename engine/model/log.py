"""The records of the ordered log: everything that changes state."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from engine.model.base import Actor, Frozen, Realm, Score
from engine.model.mentions import AuthorKind, MentionKind, Severity
from rules.vocabulary import Category, Level


class MentionRecord(Frozen):
    """A scored mention as one brand's windows see it: no text, no name; `author` is a keyed hash.

    `categories` holds the categories it counts for (primary first); empty when it is not negative for the brand.
    `certainty` is the score of each of them, in their order; empty when a monitoring tool named the category.
    `harm_words` is how many of the vocabulary's `HARM_WORDS` its text has; None in records from before they counted.
    """

    kind: Literal["mention"] = "mention"
    mention: str
    published_at: AwareDatetime
    received_at: AwareDatetime
    negativity: Score
    categories: tuple[Category, ...]
    certainty: tuple[Score, ...] = ()
    harm_words: int | None = None
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
