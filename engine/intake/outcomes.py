"""What becomes of a raw record: accepted as a mention, or rejected with its place and reason."""

import json
from typing import Literal

from engine.errors import InputError
from engine.intake.masking import mask_personal_data
from engine.model import Frozen, Mention

RAW_LIMIT = 2_000
"""Characters of a rejected record that are kept, masked."""


class QuarantinedError(InputError):
    """A record that may be right but must not decide anything now, such as one dated in the future."""


class Accepted(Frozen):
    """A valid mention and where it stood (`file:line`, or the number within a request)."""

    mention: Mention
    place: str


class Rejected(Frozen):
    """A record that was not taken. `reason` is a Chinese sentence; `raw` is its masked beginning.

    `kind` is "quarantined" for a record that is well formed but dated too far after its arrival.
    """

    kind: Literal["rejected", "quarantined"] = "rejected"
    place: str
    field: str
    reason: str
    raw: str

    def as_line(self) -> str:
        """One line of the side file of rejected records: canonical JSON without a line end."""
        return json.dumps(self.model_dump(), ensure_ascii=False, sort_keys=True)

    def __str__(self) -> str:
        return str(InputError(self.reason, place=self.place, field=self.field))


Outcome = Accepted | Rejected


def rejected(error: InputError, place: str, raw: object) -> Rejected:
    """The rejection of one record; `raw` is the line, or the parsed record."""
    return Rejected(
        kind="quarantined" if isinstance(error, QuarantinedError) else "rejected",
        place=place,
        field=error.field,
        reason=error.reason,
        raw=mask_personal_data(_as_text(raw)[:RAW_LIMIT])[:RAW_LIMIT],
    )


def _as_text(raw: object) -> str:
    if isinstance(raw, bytes):
        return raw[: RAW_LIMIT * 4].decode("utf-8", errors="replace")
    text = raw if isinstance(raw, str) else repr(raw)
    return text[:RAW_LIMIT].encode("utf-8", errors="replace").decode("utf-8")
