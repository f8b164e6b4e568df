"""Facts of the register, spans and proofs of drafts, approvals."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

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
    """An entry of an incident's register 事实; `key` is a fact key of `knowledge.schema`.

    `voices`: how many independent mentions say it, where it was proposed from them. What is not there is not written,
    so that the signatures of older drafts go on to hold.
    """

    id: str
    incident: str
    key: str
    value: str
    source: FactSource
    status: FactStatus
    proposed_by: str
    confirmed_by: str | None = None
    confirmed_at: AwareDatetime | None = None
    disputed_by: str | None = Field(default=None, exclude_if=lambda value: value is None)
    disputed_at: AwareDatetime | None = Field(default=None, exclude_if=lambda value: value is None)
    dispute_reason: str | None = Field(default=None, exclude_if=lambda value: value is None)
    voices: int | None = Field(default=None, exclude_if=lambda value: value is None)


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


class HumanFlag(Frozen):
    """Something in a person's words that nothing confirmed carries: its place in the span, in characters, and why.

    `kind` is Chinese: 数字, 日期或时间, 名称, 承诺, 定性, 否认, 原因, 举措, 改写, 改变事实, 事实前后, 联系方式, 字符.
    """

    kind: str
    text: str
    start: int
    end: int
    reason: str


def _is_empty(value: tuple[object, ...]) -> bool:
    """What drafts of earlier versions do not have is not written, so that their signatures go on to hold."""
    return not value


class SpanVerdict(Frozen):
    """The proof of one span; `flags` are all the places of a person's words that are not proven."""

    text: str
    origin: SpanOrigin
    ref: str
    ok: bool
    reason: str
    flags: tuple[HumanFlag, ...] = Field(default=(), exclude_if=_is_empty)


class SentenceVerdict(Frozen):
    """The proof of one sentence: the origins and references of its spans in order, and in Chinese what it rests on."""

    text: str
    ok: bool
    origins: tuple[SpanOrigin, ...]
    refs: tuple[str, ...]
    reason: str


class Element(Frozen):
    """Something that a statement must say 必备内容: `facts` any of which says it, or phrases (see
    `engine.drafting.elements`); `clause` is the id of the regulation that asks for it.
    """

    id: str
    title: str
    clause: str | None = None
    facts: tuple[str, ...] = Field(default=(), max_length=40)
    wording: tuple[Annotated[str, StringConstraints(max_length=60)], ...] = Field(default=(), max_length=40)


class ElementVerdict(Frozen):
    """Whether a draft says an element, and by what, in Chinese."""

    id: str
    title: str
    present: bool
    how: str

    @property
    def is_open(self) -> bool:
        """Whether it is not said because its fact is still 【待核实】."""
        return not self.present and self.how.startswith("待核实")


class Proof(Frozen):
    """`ok`: nothing unproven is asserted. `releasable`: ok, nothing is left 【待核实】 and no element is missing.

    `sentences` are the same verdicts read sentence by sentence, `elements` tell what must be said; a proof of the first
    version has neither.
    """

    ok: bool
    releasable: bool
    spans: tuple[SpanVerdict, ...]
    problems: tuple[str, ...] = ()
    sentences: tuple[SentenceVerdict, ...] = Field(default=(), exclude_if=_is_empty)
    elements: tuple[ElementVerdict, ...] = Field(default=(), exclude_if=_is_empty)


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
