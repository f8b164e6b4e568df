"""The tables. Documents are the JSON of domain types; columns beside them are what queries filter and sort by.

Times in columns are whole seconds since the epoch (UTC), so that every database orders them alike.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

_BIG = BigInteger().with_variant(Integer, "sqlite")
_KEY = String(128)

mentions: Final = Table(
    "mentions",
    metadata,
    Column("realm", String(16), primary_key=True),
    Column("id", _KEY, primary_key=True),
    Column("published_at", BigInteger, nullable=False),
    Column("platform", String(64), nullable=False),
    Column("author_kind", String(16), nullable=False),
    Column("negative", Boolean),
    Column("severity", String(8)),
    Column("heat", Float),
    Column("text", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("scores", Text),
    Index(None, "realm", "published_at"),
)

identities: Final = Table(
    "identities",
    metadata,
    Column("realm", String(16), primary_key=True),
    Column("key", String(512), primary_key=True),
    Column("mention", _KEY, nullable=False),
)
"""Identity keys (source and external id; canonical URL) of each mention."""

mention_brands: Final = Table(
    "mention_brands",
    metadata,
    Column("realm", String(16), primary_key=True),
    Column("brand", _KEY, primary_key=True),
    Column("mention", _KEY, primary_key=True),
    Column("category", String(32), primary_key=True),
    Column("published_at", BigInteger, nullable=False),
    Index(None, "realm", "brand", "category", "published_at"),
    Index(None, "realm", "mention"),
    Index(None, "realm", "published_at"),
)
"""What each mention counts for; category '' when it is not negative for the brand."""

inbox: Final = Table(
    "inbox",
    metadata,
    Column("number", _BIG, primary_key=True, autoincrement=True),
    Column("realm", String(16), nullable=False),
    Column("mention", _KEY, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("document", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Acknowledged and not yet scored, in order of arrival: a mention as it arrived, or an engagement update."""

unscored: Final = Table(
    "unscored",
    metadata,
    Column("realm", String(16), primary_key=True),
    Column("mention", _KEY, primary_key=True),
    Column("reason", Text, nullable=False),
)
"""Mentions that the scorer failed on: set aside so that the others go on, and tried again under a new release."""

log: Final = Table(
    "log",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=True),
    Column("realm", String(16), nullable=False),
    Column("brand", _KEY, nullable=False),
    Column("brand_seq", BigInteger, nullable=False),
    Column("at", String(40), nullable=False),
    Column("at_seconds", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    UniqueConstraint("realm", "brand", "brand_seq"),
    Index(None, "realm", "at_seconds"),
    sqlite_autoincrement=True,
)

brands: Final = Table(
    "brands",
    metadata,
    Column("realm", String(16), primary_key=True),
    Column("brand", _KEY, primary_key=True),
    Column("brand_seq", BigInteger, nullable=False),
    Column("ticked_at", BigInteger, nullable=False),
    Column("warm_until", BigInteger, nullable=False),
)
"""Last number given to a brand's records, and until when it needs ticks."""

positions: Final = Table(
    "positions",
    metadata,
    Column("reader", _KEY, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
"""How far each reader has come: detection in the log, a replay in its input file."""

refusals: Final = Table(
    "refusals",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
)
"""Why the command with this number in the log could not be applied."""

snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("realm", String(16), primary_key=True),
    Column("brand", _KEY, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

group_bands: Final = Table(
    "group_bands",
    metadata,
    Column("scope", String(160), primary_key=True),
    Column("band", String(32), primary_key=True),
    Column("group_id", _KEY, primary_key=True),
    Column("minhash", LargeBinary, primary_key=True),
)
"""Near-duplicate signatures within a scope (realm and brand)."""

findings: Final = Table(
    "findings",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("realm", String(16), nullable=False),
    Column("brand", _KEY, nullable=False),
    Column("category", String(32), nullable=False),
    Column("level", String(8), nullable=False),
    Column("rule", _KEY, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("brand_seq", BigInteger, nullable=False),
    Column("incident", _KEY),
    Column("document", Text, nullable=False),
    Index(None, "realm", "brand", "category", "at"),
    Index(None, "realm", "rule", "at"),
    Index(None, "incident"),
)

incidents: Final = Table(
    "incidents",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("realm", String(16), nullable=False),
    Column("brand", _KEY, nullable=False),
    Column("category", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "realm", "status"),
)

incident_changes: Final = Table(
    "incident_changes",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("realm", String(16), nullable=False),
    Column("incident", _KEY, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "incident"),
    Index(None, "realm", "at"),
)

tasks: Final = Table(
    "tasks",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("incident", _KEY, nullable=False),
    Column("realm", String(16), nullable=False),
    Column("department", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "incident"),
    Index(None, "realm", "status", "due_at"),
)

notifications: Final = Table(
    "notifications",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("realm", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "realm", "at"),
)

facts: Final = Table(
    "facts",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("incident", _KEY, nullable=False),
    Column("key", String(32), nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "incident"),
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("incident", _KEY, nullable=False),
    Column("realm", String(16), nullable=False),
    Column("template", _KEY, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", _KEY, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("incident", "template", "version"),
)

approvals: Final = Table(
    "approvals",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("draft", _KEY, nullable=False),
    Column("status", String(16), nullable=False),
    Column("submitted_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "draft"),
)

publications: Final = Table(
    "publications",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("incident", _KEY, nullable=False),
    Column("draft", _KEY, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "incident"),
)

corrections: Final = Table(
    "corrections",
    metadata,
    Column("draft", _KEY, primary_key=True),
    Column("incident", _KEY, nullable=False),
    Column("publication", _KEY, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "incident"),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("number", _BIG, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

users: Final = Table(
    "users",
    metadata,
    Column("name", _KEY, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("department", String(32)),
    Column("password_hash", Text, nullable=False),
    Column("token_hash", String(64), unique=True),
)

column_mappings: Final = Table(
    "column_mappings",
    metadata,
    Column("source", _KEY, primary_key=True),
    Column("document", Text, nullable=False),
)
"""How each monitoring tool names its columns."""

rule_edits: Final = Table(
    "rule_edits",
    metadata,
    Column("author", _KEY, primary_key=True),
    Column("path", String(256), primary_key=True),
    Column("base", Text),
    Column("text", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""Working copies of rule files; `base` is the file as it was when the work began, null where there was none."""

release_contents: Final = Table(
    "release_contents",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)
"""The files of each release that was ever proposed, by their content hash."""

releases: Final = Table(
    "releases",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    Column("comparison", Text),
)
"""Proposals of a content: who proposed and approved, signed. The columns order them; nothing is decided by them."""

shadow_findings: Final = Table(
    "shadow_findings",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("realm", String(16), nullable=False),
    Column("brand", _KEY, nullable=False),
    Column("category", String(32), nullable=False),
    Column("level", String(8), nullable=False),
    Column("rule", _KEY, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "realm", "rule", "at"),
)
"""What draft and shadow rules would have announced; nobody is alerted by it."""

case_drafts: Final = Table(
    "case_drafts",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("rule", _KEY, nullable=False),
    Column("status", String(16), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "status", "made_at"),
)
"""Test cases that somebody's judgement asks for, until they are taken into a test file or discarded."""

knowledge_revisions: Final = Table(
    "knowledge_revisions",
    metadata,
    Column("entry", String(256), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("incident", _KEY),
    Column("release", String(64)),
    Column("document", Text, nullable=False),
    Index(None, "kind", "state"),
    Index(None, "incident"),
)
"""Every text of a knowledge entry that somebody kept, numbered per entry; `incident` is the live incident that it was
learned from, `release` the one it was proposed with.
"""
