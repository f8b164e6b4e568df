"""Commands that keep texts: an entry edited or written new, past incidents taken in."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine.command_base import Commands, said
from engine.errors import Conflict, InputError, ProposalRefused
from engine.intake.times import CHINA
from engine.knowledge_base.checks import ensure_keepable
from engine.knowledge_base.in_force import text_in_force
from engine.knowledge_base.places import EntryPlace, incident_place, place_of
from engine.knowledge_base.revisions import Revision, RevisionState, newest_work, rests_on, settled, text_hash
from engine.model import Actor
from engine.permissions import Permission, require
from engine.store import casework
from engine.store import knowledge_revisions as store
from knowledge.document import parse_document
from knowledge.errors import BadKnowledgeError
from knowledge.loader import parse_entry


class KnowledgeEdits(Commands):
    """See `engine.commands.Desk`."""

    def keep_entry(self, actor: Actor, entry: str, text: str, parent: str | None, reason: str = "") -> Revision:
        """Keep a text of an entry as a new draft; one that says what the open draft says changes nothing, unless that
        draft is out of date or was refused: the same text is a new revision then.

        `parent` is the hash of the text that was edited (None: there was none). A text with faults may be kept: work
        goes on later. Raises Conflict when somebody else has kept another text of it meanwhile, InputError for a text
        that cannot be stored.
        """
        require(actor, Permission.edit_knowledge)
        place = place_of(entry)
        ensure_keepable(text)
        why = said(reason, "改动说明") if reason.strip() else ""
        with self.database.write() as connection:
            return self._keep_revision(connection, actor, place, text, parent, why)

    def draft_past_incident(
        self, actor: Actor, text: str, reason: str, incident: str | None = None, *, submit: bool = False
    ) -> Revision:
        """Keep a past incident, as YAML, as a draft; `incident` is the live incident that it was learned from, with
        `submit` it is put up for review at once. Raises ProposalRefused with every fault of the file, Conflict when
        there is another draft of the same entry, NotFound for an unknown live incident.
        """
        require(actor, Permission.edit_knowledge)
        why = said(reason, "说明")
        place = _checked_incident("历史事件", text)
        with self.database.write() as connection:
            if incident is not None:
                casework.load_incident(connection, incident)
            kept = self._draft_incident(connection, actor, place, text, why, incident)
            return self._submit_revision(connection, actor, kept, why) if submit else kept

    def import_past_incidents(self, actor: Actor, files: Mapping[str, str], reason: str) -> tuple[Revision, ...]:
        """Keep past incidents, by the names of their files, as drafts: all of them or none. What says the same as what
        is in force is left out. Raises ProposalRefused with every fault, Conflict where somebody has an open draft.
        """
        require(actor, Permission.edit_knowledge)
        why = said(reason, "说明")
        places: dict[str, EntryPlace] = {}
        faults: list[str] = []
        for name, text in files.items():
            try:
                places[name] = _checked_incident(name, text)
            except ProposalRefused as refused:
                faults += refused.faults
        taken = [place.entry for place in places.values()]
        faults += [
            f"{name}:1 编号 {one.entry} 在这批文件中重复" for name, one in places.items() if taken.count(one.entry) > 1
        ]
        if faults:
            raise ProposalRefused(faults)
        with self.database.write() as connection:
            kept = []
            for name, place in places.items():
                revisions = store.of_entry(connection, place.entry)
                if files[name] != text_in_force(self.release, place.entry, revisions):
                    kept.append(self._draft_incident(connection, actor, place, files[name], why, None))
            return tuple(kept)

    def _draft_incident(
        self, connection: Connection, actor: Actor, place: EntryPlace, text: str, why: str, incident: str | None
    ) -> Revision:
        revisions = store.of_entry(connection, place.entry)
        head = newest_work(revisions)
        if head is not None and head.is_open and head.text != text:
            raise Conflict(f"{place.entry} 已有{whose(head)}，请先处理那一份，或在它的页面上继续修改")
        return self._keep_revision(
            connection, actor, place, text, text_hash(self._revision_head(place, revisions)), why, incident
        )

    def _keep_revision(
        self,
        connection: Connection,
        actor: Actor,
        place: EntryPlace,
        text: str,
        parent: str | None,
        why: str,
        incident: str | None = None,
    ) -> Revision:
        revisions = store.of_entry(connection, place.entry)
        head, before = newest_work(revisions), text_in_force(self.release, place.entry, revisions)
        base = text_hash(before)
        if head is not None and head.is_open and rests_on(revisions, head, base):
            if text == head.text and incident in (None, head.incident):
                return head
        elif head is None and text == before and incident is None:
            raise InputError("内容与现行的相同，没有需要保存的改动", field="原文")
        allowed = {text_hash(self._revision_head(place, revisions))}
        if head is not None and not rests_on(revisions, head, base):
            allowed.add(base)  # the open draft is out of date: work may begin again from what is in force
        if parent not in allowed:
            raise Conflict(_meanwhile(head))
        kept = Revision(
            entry=place.entry,
            number=store.next_number(connection, place.entry),
            kind=place.kind,
            state=RevisionState.draft,
            text=text,
            author=actor.name,
            at=self.clock(),
            reason=why,
            parent=parent,
            base=base,
            incident=incident or (head.incident if head else None),
        )
        store.add(connection, kept)
        self._audit(connection, actor, "knowledge.keep", place.entry, f"修订 {kept.number}{'：' if why else ''}{why}")
        return kept

    def _submit_revision(self, connection: Connection, actor: Actor, revision: Revision, why: str) -> Revision:
        return self._decide_revision(connection, actor, revision, RevisionState.proposed, "knowledge.submit", why)

    def _decide_revision(
        self, connection: Connection, actor: Actor, revision: Revision, state: RevisionState, action: str, note: str
    ) -> Revision:
        """Keep a decision on a revision with its audit entry."""
        told = {"state": state, "decided_by": actor.name, "decided_at": self.clock(), "note": note}
        decided = revision.model_copy(update=told)
        store.save(connection, decided)
        detail = f"修订 {revision.number}{'：' if note else ''}{note}"
        self._audit(connection, actor, action, revision.entry, detail)
        return decided

    def _revision_head(self, place: EntryPlace, revisions: tuple[Revision, ...]) -> str | None:
        """The text that an edit begins with: the open draft, else what is or was the last to be in force."""
        head = newest_work(revisions)
        if head is not None:
            return head.text
        now = text_in_force(self.release, place.entry, revisions)
        last = settled(revisions)
        return last.text if now is None and last is not None and not place.by_release else now


def _checked_incident(name: str, text: str) -> EntryPlace:
    """Where a past incident belongs. Raises ProposalRefused with every fault that its file has in itself."""
    try:
        ensure_keepable(text)
        data = parse_document(name, text).data
        place = incident_place(data.get("id") if isinstance(data, dict) else None)
        parse_entry(place.file, text)
    except BadKnowledgeError as bad:
        raise ProposalRefused(f"{name}:{fault.line} {fault.message}" for fault in bad.faults) from bad
    except InputError as error:
        raise ProposalRefused([f"{name}:1 {error}"]) from error
    return place


def whose(revision: Revision) -> str:
    """A revision with its author and state, as people are told of it."""
    return f"“{revision.author}”的修订 {revision.number}（{revision.state_title}）"


def _meanwhile(head: Revision | None) -> str:
    if head is None:
        return "这一条在你打开之后已经换了现行内容。你的内容没有保存，也没有丢失：请对照现行内容改好后再保存"
    return (
        f"“{head.author}”在 {_clock_time(head.at)} 保存了修订 {head.number}，你是在那之前打开的。"
        "你的内容没有保存，也没有丢失：请对照那一份改好后再保存"
    )


def _clock_time(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%m-%d %H:%M")
