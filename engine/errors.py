"""The engine's errors.

CrisisDeskError
├── InputError            a record or file that cannot be taken, with its place
│   └── ProposalRefused       a proposed release with faults, all of them
├── NotFound              no such incident, draft, task...
├── NotAllowed            the actor may not do this
├── Conflict              the thing changed, or is in the wrong state for this
├── ReleaseError          rules, templates or lexicons that are not an approved whole
├── ScoringUnavailable    the scorer or its embedder cannot be loaded
├── ModelUnavailable      the language model cannot be loaded or failed
├── VerificationFailed    a draft file that does not prove itself
└── StoreError            the store is unusable (wrong schema, locked too long, not writable)

Messages are Chinese: they are shown to people as they are.
"""

from collections.abc import Iterable


class CrisisDeskError(Exception):
    """Root of all errors that a user can meet; `str(error)` is a Chinese sentence for them."""


class InputError(CrisisDeskError):
    """Input that cannot be taken. `place` says where (file:line, field), `reason` why."""

    def __init__(self, reason: str, *, place: str = "", field: str = "") -> None:
        self.reason = reason
        self.place = place
        self.field = field
        head = " ".join(part for part in (place, f"字段“{field}”" if field else "") if part)
        super().__init__(f"{head} {reason}" if head else reason)


class ProposalRefused(InputError):
    """A proposed release with faults. `faults` holds all of them, each with file and line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"提交的内容有 {len(self.faults)} 处问题：\n" + "\n".join(self.faults))


class NotFound(CrisisDeskError):
    """No such thing."""


class NotAllowed(CrisisDeskError):
    """The actor's role does not permit this."""


class Conflict(CrisisDeskError):
    """The thing is in the wrong state, or was changed by somebody else meanwhile."""


class ReleaseError(CrisisDeskError):
    """A release that must not decide anything."""


class ScoringUnavailable(CrisisDeskError):
    """The scorer or its embedder is missing or damaged."""


class ModelUnavailable(CrisisDeskError):
    """The language model is missing, damaged or failed; drafts fall back to facts and choices."""


class VerificationFailed(CrisisDeskError):
    """A draft whose proof does not hold."""


class StoreError(CrisisDeskError):
    """The store cannot be used."""
