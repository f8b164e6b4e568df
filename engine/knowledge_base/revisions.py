"""Revisions of knowledge entries: every text that somebody kept, numbered per entry, never changed afterwards.

    draft ──► proposed ──► in_force ──► withdrawn
      ▲          │ │
      └──────────┘ └─────► refused

A past incident comes into force when somebody else than its authors reviews it; a playbook, template or regulation
when the release is activated that it was proposed with.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, Field

from engine.drafting.document import content_hash
from engine.knowledge_base.places import EntryKind
from engine.model import Frozen


class RevisionState(StrEnum):
    """How a revision stands."""

    draft = "draft"
    proposed = "proposed"
    in_force = "in_force"
    refused = "refused"
    withdrawn = "withdrawn"


STATE_TITLES: Final = {
    RevisionState.draft: "草稿",
    RevisionState.proposed: "待审批",
    RevisionState.in_force: "生效",
    RevisionState.refused: "未通过",
    RevisionState.withdrawn: "停用",
}
DECISION_TITLES: Final = {
    RevisionState.draft: "回到草稿",
    RevisionState.proposed: "提交",
    RevisionState.in_force: "通过",
    RevisionState.refused: "未通过",
    RevisionState.withdrawn: "停用",
}
"""What the newest decision on a revision in this state was."""
OPEN: Final = (RevisionState.draft, RevisionState.proposed)
SETTLED: Final = (RevisionState.in_force, RevisionState.withdrawn)


class Revision(Frozen):
    """A text of an entry. `parent` is the hash of the text that was edited, `base` that of the text then in force (null
    where there was none). `release` is the release it was proposed with, `incident` the live incident it was learned
    from. `decided_by`, `decided_at` and `note` tell the newest decision on it.
    """

    entry: str
    number: Annotated[int, Field(ge=1)]
    kind: EntryKind
    state: RevisionState
    text: str
    author: str
    at: AwareDatetime
    reason: str = ""
    parent: str | None = None
    base: str | None = None
    incident: str | None = None
    release: str | None = None
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    note: str = ""

    @property
    def hash(self) -> str:
        """The hash of its text."""
        return content_hash(self.text)

    @property
    def state_title(self) -> str:
        """Its state in Chinese."""
        return STATE_TITLES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether it may still come into force."""
        return self.state in OPEN


def text_hash(text: str | None) -> str | None:
    """The hash by which a text is named as a parent or base."""
    return None if text is None else content_hash(text)


def settled(revisions: Sequence[Revision]) -> Revision | None:
    """The newest revision of an entry that is, or was the last to be, in force."""
    return next((one for one in reversed(revisions) if one.state in SETTLED), None)


def newest_work(revisions: Sequence[Revision]) -> Revision | None:
    """The newest revision of an entry if it has not been in force: what the next edit goes on from."""
    return revisions[-1] if revisions and revisions[-1].state not in SETTLED else None


def lineage(revisions: Sequence[Revision], revision: Revision) -> Iterator[Revision]:
    """A revision and those that it was edited from, newest first, as far as they are not in force."""
    yield revision
    for earlier in reversed(revisions):
        if earlier.number < revision.number and earlier.hash == revision.parent:
            if earlier.state not in SETTLED:
                yield from lineage(revisions, earlier)
            return


def writers(revisions: Sequence[Revision], revision: Revision) -> frozenset[str]:
    """Who may have written a part of a revision: everybody who kept a text of the entry since one was last settled.
    Texts are carried on by hand as well, so `parent` alone does not tell.
    """
    before = max((one.number for one in revisions if one.state in SETTLED and one.number < revision.number), default=0)
    return frozenset(one.author for one in revisions if before < one.number <= revision.number)


def rests_on(revisions: Sequence[Revision], revision: Revision, in_force: str | None) -> bool:
    """Whether a revision was made from the text that is in force (its hash): else it would take back what others did
    meanwhile.
    """
    line = tuple(lineage(revisions, revision))
    return in_force in {*(one.base for one in line), *(one.parent for one in line)}
