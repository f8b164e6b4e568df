"""What all commands share: the audit entry, words from people, derived ids."""

import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection

from engine import audit
from engine.errors import InputError
from engine.model import Actor, at_iso
from engine.reads import Reads
from engine.signing import Signer, TrustedKeys

LONGEST_REASON: Final = 500
LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class Commands(Reads):
    """Base of the command classes. Each checks `engine.permissions`, does one thing in one transaction, and leaves an
    entry in the audit chain. `signer` is the installation's key.
    """

    signer: Signer

    @property
    def trusted(self) -> TrustedKeys:
        """The keys whose signatures count here: this installation's own."""
        return TrustedKeys.of(self.signer)

    def _audit(self, connection: Connection, actor: Actor, action: str, subject: str, detail: str) -> None:
        audit.record(connection, at_iso(self.clock()), actor, action, subject, detail)


def said(text: str, what: str, *, longest: int = LONGEST_REASON) -> str:
    """What a person wrote, on one line. Raises InputError when it is empty, too long or has invisible characters."""
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > longest:
        raise InputError(f"请填写，且不超过{longest}个字", field=what)
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") for char in cleaned):
        raise InputError("含有看不见的控制字符，请删除后重试", field=what)
    return cleaned


def derived_id(kind: str, *parts: object) -> str:
    """An id that the same parts always give."""
    content = "\x1f".join(map(str, parts)).encode()
    return f"{kind}-{blake2b(content, digest_size=6).hexdigest()}"
