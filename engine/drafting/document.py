"""A draft as it is kept, shown, signed and checked: one JSON document that carries everything its proof needs."""

import hashlib
import json
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from engine.drafting.exports.mark import AiMark
from engine.drafting.strategy import StrategyNote
from engine.model import DraftHashes, Element, Fact, Proof, Span

NO_MODEL = "none"


class Draft(BaseModel):
    """A draft statement: its spans in order, where each comes from, and the signed evidence for it.

    `register_` (JSON `register`) holds the facts that the template may ask for, those that decide on the strategy, and
    nothing else. `model` names the language model that chose words, None when none did. `notes` are Chinese sentences
    for the person who drafts. `mark` says that an AI helped, `strategy` in which manner it speaks, `elements` what it
    must say. A draft of the first version has none of these, and what is not there is not written, so that its
    signature goes on to hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    incident: str
    template: str
    text: str
    spans: tuple[Span, ...]
    proof: Proof
    template_source: str
    register_: tuple[Fact, ...] = Field(alias="register")
    hashes: DraftHashes
    signature: str
    model: str | None = None
    notes: tuple[str, ...] = ()
    mark: AiMark | None = Field(default=None, exclude_if=lambda mark: mark is None)
    strategy: StrategyNote | None = Field(default=None, exclude_if=lambda strategy: strategy is None)
    elements: tuple[Element, ...] = Field(default=(), max_length=100, exclude_if=lambda elements: not elements)

    @property
    def content_hash(self) -> str:
        """What an approval binds to: the hash of the whole document, signature included."""
        return content_hash(self.to_json())

    def to_json(self) -> str:
        """The document as canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))


def canonical_json(value: object) -> str:
    """One text per value: sorted keys, no spaces, UTF-8 letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_hash(text: str) -> str:
    """BLAKE2b of a text, 32 hex digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def register_hash(register: Sequence[Fact]) -> str:
    """Hash of a register excerpt."""
    return content_hash(canonical_json([fact.model_dump(mode="json") for fact in register]))


def signed_message(draft: Draft) -> bytes:
    """What a draft's signature is over: all of the document but the signature itself."""
    return canonical_json(draft.model_dump(mode="json", exclude={"signature"})).encode()
