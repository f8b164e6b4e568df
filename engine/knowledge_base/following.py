"""What becomes of revisions with the release that they were proposed with, in the same transaction."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from engine.knowledge_base.places import place_of
from engine.knowledge_base.revisions import RevisionState
from engine.model import Actor
from engine.store import knowledge_revisions as store
from engine.store import releases


def note_end(
    connection: Connection, release: str, end: Literal["rejected", "withdrawn"], actor: Actor, at: datetime, why: str
) -> None:
    """A rejected release refuses its revisions; a withdrawn one makes them drafts again."""
    state = RevisionState.refused if end == "rejected" else RevisionState.draft
    told = {"state": state, "decided_by": actor.name, "decided_at": at, "note": why}
    for one in store.proposed_with_releases(connection):
        if one.release == release:
            store.save(connection, one.model_copy(update=told))


def note_activation(connection: Connection, release: str, approved_by: str, at: datetime) -> None:
    """Every waiting revision whose text the release brings is in force from now on, whichever it was proposed with."""
    waiting = store.proposed_with_releases(connection)
    if not waiting:
        return
    files = releases.load_content(connection, release).files
    for one in waiting:
        if files.get(place_of(one.entry).path) == one.text:
            told = {"state": RevisionState.in_force, "decided_by": approved_by, "decided_at": at, "note": ""}
            store.save(connection, one.model_copy(update=told))
