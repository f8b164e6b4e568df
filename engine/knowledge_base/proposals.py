"""Commands that put revisions of playbooks, templates and regulations into a release."""

from collections.abc import Mapping

from sqlalchemy import Connection

from engine.command_base import said
from engine.errors import Conflict, InputError
from engine.knowledge_base.in_force import text_in_force
from engine.knowledge_base.places import KIND_TITLES, EntryKind, place_of
from engine.knowledge_base.revisions import Revision, RevisionState, newest_work, rests_on, text_hash
from engine.model import Actor
from engine.permissions import Permission, require
from engine.releases.commands import ReleaseCommands
from engine.releases.views import ReleaseDiff, ReleaseView
from engine.store import knowledge_revisions as store


class KnowledgeProposals(ReleaseCommands):
    """See `engine.commands.Desk`."""

    def propose_entries(self, actor: Actor, revisions: Mapping[str, int], reason: str) -> ReleaseView:
        """Propose these revisions (number by entry) as one release against what is in force; they come into force when
        it is approved and activated. What belongs together is proposed together. Raises ProposalRefused with every
        fault, Conflict for a revision that is not the newest or whose entry has changed in force meanwhile.
        """
        require(actor, Permission.edit_knowledge)
        why = said(reason, "提交理由")
        with self.database.read() as connection:
            files = self._entry_files(connection, revisions)

        def mark(connection: Connection, release: str) -> None:
            if self._entry_files(connection, revisions) != files:
                raise Conflict("这些修订刚刚有变，请刷新后再提交")
            for entry, number in revisions.items():
                found = store.load(connection, entry, number)
                told = {"state": RevisionState.proposed, "release": release, "decided_by": actor.name}
                store.save(connection, found.model_copy(update={**told, "decided_at": self.clock(), "note": why}))
                self._audit(connection, actor, "knowledge.propose", entry, f"修订 {number}，发布 {release[:12]}")

        return self._propose(actor, why, files, also=mark)

    def preview_entries(self, actor: Actor, revisions: Mapping[str, int]) -> ReleaseDiff:
        """What proposing these revisions would change. Raises ReleaseError for texts that cannot be read."""
        require(actor, Permission.edit_knowledge)
        with self.database.read() as connection:
            files = self._entry_files(connection, revisions)
        return self._preview(files)

    def take_back_entries(self, actor: Actor, release: str, reason: str) -> ReleaseView:
        """Withdraw one's own proposal; its revisions are drafts again. Raises Conflict or NotAllowed."""
        require(actor, Permission.edit_knowledge)
        return self._withdraw(actor, release, reason)

    def _entry_files(self, connection: Connection, revisions: Mapping[str, int]) -> dict[str, str | None]:
        if not revisions:
            raise InputError("请选要提交的修订", field="修订")
        return {
            place_of(entry).path: self._proposable_revision(connection, entry, number).text
            for entry, number in revisions.items()
        }

    def _proposable_revision(self, connection: Connection, entry: str, number: int) -> Revision:
        place = place_of(entry)
        if not place.by_release:
            raise Conflict(f"{KIND_TITLES[EntryKind.incident]}由另一位分析师或合规人员审核，不随发布")
        found, revisions = store.load(connection, entry, number), store.of_entry(connection, entry)
        head = newest_work(revisions)
        if not found.is_open:
            raise Conflict(f"{entry} 的修订 {number} 状态是“{found.state_title}”，不能提交")
        if head is None or head.number != number:
            raise Conflict(f"{entry} 在修订 {number} 之后已有修订 {revisions[-1].number}，请提交最新的一份")
        if not rests_on(revisions, found, text_hash(text_in_force(self.release, entry, revisions))):
            raise Conflict(f"{entry} 的现行内容在这份修订之后已经改过，请对照现行内容改好、重新保存后再提交")
        return found
