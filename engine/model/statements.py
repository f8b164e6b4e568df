"""Facts of the register, spans and proofs of drafts, approvals."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, ConfigDict, Field

from engine.model.base import Frozen


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
