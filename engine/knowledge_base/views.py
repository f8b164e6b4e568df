"""What pages and the command line show of the knowledge base."""

from datetime import date

from pydantic import AwareDatetime

from engine.knowledge_base.places import KIND_TITLES, EntryKind
from engine.knowledge_base.revisions import STATE_TITLES, RevisionState
from engine.model import Frozen


class OpenRevision(Frozen):
    """The newest revision of an entry while it has not been in force."""

    number: int
    state: RevisionState
    author: str
    at: AwareDatetime

    @property
    def state_title(self) -> str:
        """Its state in Chinese."""
        return STATE_TITLES[self.state]


class EntryRow(Frozen):
    """An entry in a list. `category` is a crisis category, `any`, or None for a regulation that has several;
    `is_in_force` is False for one that is withdrawn or not approved yet. `verified` is for regulations alone.
    """

    entry: str
    kind: EntryKind
    title: str
    category: str | None
    categories: tuple[str, ...]
    owner: str
    reviewed_on: date | None
    is_in_force: bool
    is_withdrawn: bool = False
    own: bool = False
    verified: bool | None = None
    work: OpenRevision | None = None

    @property
    def kind_title(self) -> str:
        """Its kind in Chinese."""
        return KIND_TITLES[self.kind]

    @property
    def state_title(self) -> str:
        """How it stands, in Chinese."""
        if self.is_in_force:
            return "生效"
        return "停用" if self.is_withdrawn else "尚未生效"


class EntryWork(Frozen):
    """What an edit begins with: `text` with its hash `parent`, beside what is in force. `is_stale` tells that the text
    was made from what is in force no more; `in_force_hash` then is another parent to begin from.
    """

    entry: str
    kind: EntryKind
    path: str
    text: str
    parent: str | None
    in_force: str | None
    in_force_hash: str | None
    work: OpenRevision | None
    release: str | None = None
    incident: str | None = None
    is_stale: bool = False

    @property
    def is_new(self) -> bool:
        """Whether nothing of it has been in force."""
        return self.in_force is None


class RevisionRow(Frozen):
    """A revision in the history of an entry. `sentences` say what it changed of the text that it was edited from;
    `is_current` tells that its text is in force now.
    """

    number: int
    state: RevisionState
    author: str
    at: AwareDatetime
    reason: str
    decided_by: str | None
    decided_at: AwareDatetime | None
    note: str
    release: str | None
    incident: str | None
    is_current: bool
    sentences: tuple[str, ...]

    @property
    def state_title(self) -> str:
        """Its state in Chinese; what was in force before says so."""
        if self.state is RevisionState.in_force and not self.is_current:
            return "曾生效"
        return STATE_TITLES[self.state]
