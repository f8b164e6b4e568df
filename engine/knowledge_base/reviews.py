"""Commands that decide on revisions of past incidents: put up for review, accept or refuse, take back, withdraw."""

from sqlalchemy import Connection

from engine.command_base import said
from engine.errors import Conflict, NotAllowed, NotFound, ProposalRefused
from engine.knowledge_base.checks import read_entry_text, told
from engine.knowledge_base.edits import KnowledgeEdits, whose
from engine.knowledge_base.in_force import knowledge_in_force, text_in_force
from engine.knowledge_base.places import KIND_TITLES, EntryPlace, place_of
from engine.knowledge_base.revisions import (
    Revision,
    RevisionState,
    newest_work,
    rests_on,
    settled,
    text_hash,
    writers,
)
from engine.model import Actor
from engine.permissions import Permission, require
from engine.store import knowledge_revisions as store


class KnowledgeReviews(KnowledgeEdits):
    """See `engine.commands.Desk`."""

    def submit_entry(self, actor: Actor, entry: str, revision: int, reason: str = "") -> Revision:
        """Put a draft of a past incident up for review. Raises ProposalRefused with all its faults, Conflict when it is
        not the newest draft or what is in force has changed under it.
        """
        require(actor, Permission.edit_knowledge)
        why = said(reason, "说明") if reason.strip() else ""
        with self.database.write() as connection:
            found = self._open_revision(connection, _incident(entry), revision)
            if found.state is not RevisionState.draft:
                raise Conflict("这份修订已经提交，正在等待审核")
            self._ensure_faultless(connection, found)
            return self._submit_revision(connection, actor, found, why or found.reason)

    def review_entry(self, actor: Actor, entry: str, revision: int, accept: bool, note: str = "") -> Revision:
        """Accept a submitted past incident, which then is in force, or refuse it with a reason. Nobody reviews
        what they wrote a part of. Raises NotAllowed or Conflict, ProposalRefused when it has faults by now.
        """
        require(actor, Permission.review_knowledge)
        why = said(note, "审核意见") if note.strip() or not accept else ""
        with self.database.write() as connection:
            found = self._open_revision(connection, _incident(entry), revision, ensure_rests=accept)
            if found.state is not RevisionState.proposed:
                raise Conflict("这份修订还没有提交审核")
            revisions = store.of_entry(connection, entry)
            if actor.name in writers(revisions, found):
                raise NotAllowed("不能审核自己写的内容，请另一位分析师或合规人员审核")
            if accept:
                self._ensure_faultless(connection, found)
            state = RevisionState.in_force if accept else RevisionState.refused
            return self._decide_revision(
                connection, actor, found, state, f"knowledge.{'accept' if accept else 'refuse'}", why
            )

    def recall_entry(self, actor: Actor, entry: str, revision: int, reason: str = "") -> Revision:
        """Take one's own submitted past incident back to a draft. Raises Conflict or NotAllowed."""
        require(actor, Permission.edit_knowledge)
        why = said(reason, "撤回理由") if reason.strip() else ""
        with self.database.write() as connection:
            found = self._open_revision(connection, _incident(entry), revision, ensure_rests=False)
            if found.state is not RevisionState.proposed:
                raise Conflict("这份修订没有在等待审核")
            if actor.name not in (found.author, found.decided_by):
                raise NotAllowed("只有作者和提交人可以撤回")
            return self._decide_revision(connection, actor, found, RevisionState.draft, "knowledge.recall", why)

    def withdraw_entry(self, actor: Actor, entry: str, reason: str) -> Revision:
        """Take a past incident out of use: search, evidence and pages do not show it any more; its history stays.
        Raises NotFound when it is not in force, Conflict while somebody has an open draft of one of the program: the
        withdrawal is a newer revision than that draft, which could never be put up any more.
        """
        require(actor, Permission.review_knowledge)
        place, why = _incident(entry), said(reason, "停用理由")
        with self.database.write() as connection:
            revisions = store.of_entry(connection, entry)
            text, last = text_in_force(self.release, entry, revisions), settled(revisions)
            if text is None:
                raise NotFound(f"“{entry}”没有在用")
            if last is None:
                head = newest_work(revisions)
                if head is not None and head.is_open:
                    raise Conflict(_unfinished(head))
                last = self._kept_seed(connection, place, text)
            return self._decide_revision(connection, actor, last, RevisionState.withdrawn, "knowledge.withdraw", why)

    def _kept_seed(self, connection: Connection, place: EntryPlace, text: str) -> Revision:
        """A past incident of the program as a revision, so that a decision on it can be kept."""
        seed = Revision(
            entry=place.entry,
            number=store.next_number(connection, place.entry),
            kind=place.kind,
            state=RevisionState.in_force,
            text=text,
            author="出厂版本",
            at=self.clock(),
        )
        store.add(connection, seed)
        return seed

    def _open_revision(
        self, connection: Connection, place: EntryPlace, number: int, *, ensure_rests: bool = True
    ) -> Revision:
        """A revision that may still be decided on: the newest, made from what is in force."""
        found = store.load(connection, place.entry, number)
        revisions = store.of_entry(connection, place.entry)
        head = newest_work(revisions)
        if not found.is_open:
            raise Conflict(f"修订 {number} 的状态是“{found.state_title}”，不能再处理")
        if head is None or head.number != number:
            raise Conflict(f"在修订 {number} 之后已有修订 {revisions[-1].number}，请处理最新的一份")
        base = text_hash(text_in_force(self.release, place.entry, revisions))
        if ensure_rests and not rests_on(revisions, found, base):
            raise Conflict("现行内容在这份修订之后已经改过，请在编辑页对照现行内容改好、重新保存后再提交")
        return found

    def _ensure_faultless(self, connection: Connection, revision: Revision) -> None:
        knowledge = knowledge_in_force(connection, self.release)
        reading = read_entry_text(place_of(revision.entry), revision.text, knowledge)
        if not reading.ok:
            raise ProposalRefused(told(reading.faults))


def _unfinished(head: Revision) -> str:
    return f"{head.entry} 还有{whose(head)}没有处理完。请先审核那一份（不采用的，提交后按“不通过”处理），再停用"


def _incident(entry: str) -> EntryPlace:
    place = place_of(entry)
    if place.by_release:
        raise Conflict(f"{KIND_TITLES[place.kind]}的改动随发布审批，不在这里审核")
    return place
