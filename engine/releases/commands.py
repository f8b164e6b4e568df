"""Commands on releases: propose, approve, reject, withdraw, activate, roll back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from engine.command_base import said
from engine.errors import Conflict, InputError, NotAllowed, ProposalRefused
from engine.knowledge_base.following import note_activation, note_end
from engine.model import Actor, Realm
from engine.permissions import Permission, require
from engine.pipeline import note_release
from engine.releases.checks import content_faults
from engine.releases.content import ReleaseContent
from engine.releases.needs import two_because
from engine.releases.promotion import promotion_faults
from engine.releases.reads import ReleaseReads
from engine.releases.record import (
    FACTORY,
    STATUS_TITLES,
    Comparison,
    Proposal,
    ReleaseHead,
    ReleaseStatus,
    sign_approval,
    sign_end,
    sign_proposal,
)
from engine.releases.release import Release, load_release
from engine.releases.rules import ensure_activable, ensure_approvable
from engine.releases.trace import activation_detail
from engine.releases.views import InForce, ReleaseView
from engine.store import releases

_WHOLE: Final = 32


def _nothing_else(_connection: Connection, _release: str) -> None:
    """A proposal of files alone."""


class ReleaseCommands(ReleaseReads):
    """See `engine.commands.Desk`."""

    def propose_release(
        self,
        actor: Actor,
        reason: str,
        files: Mapping[str, str | None],
        base: str | None = None,
        comparison: Comparison | None = None,
    ) -> ReleaseView:
        """Propose files (None takes one out) against a base, which is what is in force unless told.

        A comparison is kept and signed with it; how many people must approve is fixed now. Raises ProposalRefused with
        every fault of the content, Conflict when the same is proposed already or the comparison is of something else.
        """
        require(actor, Permission.propose_release)
        return self._propose(actor, reason, files, base, comparison)

    def _propose(
        self,
        actor: Actor,
        reason: str,
        files: Mapping[str, str | None],
        base: str | None = None,
        comparison: Comparison | None = None,
        also: Callable[[Connection, str], None] = _nothing_else,
    ) -> ReleaseView:
        """Propose; `also` does what belongs into the same transaction, given the content's hash."""
        why = said(reason, "提交理由")
        old, content = self._edited(files, base)
        new = self._checked(old, content)
        self._ensure_quiet(old, new)
        if comparison and (comparison.old, comparison.new) != (old.hash if old else None, content.hash):
            raise Conflict("历史对比的不是这次提交的内容，请重新对比后再提交")
        reasons = two_because(old, new, comparison, self._today())
        with self.database.write() as connection:
            self._ensure_new(connection, content)
            head = sign_proposal(
                Proposal(
                    release=content.hash,
                    number=releases.next_number(connection, content.hash),
                    author=actor,
                    at=self.clock().replace(microsecond=0),
                    reason=why,
                    base=old.hash if old else None,
                    approvals_needed=2 if reasons else 1,
                    two_because=reasons,
                    comparison=comparison.hash if comparison else None,
                    history=comparison.history if comparison else None,
                ),
                self.signer,
            )
            releases.add(connection, head, content, comparison)
            self._audit(connection, actor, "release.propose", content.hash, why)
            also(connection, content.hash)
        return self.release_view(actor, content.hash)

    def approve_release(self, actor: Actor, release: str, note: str = "") -> ReleaseView:
        """Approve exactly this content; nobody approves their own, nor twice. Raises Conflict or NotAllowed."""
        require(actor, Permission.approve_release)
        said_note = said(note, "说明") if note.strip() else ""
        with self.database.write() as connection:
            head = self._pending(connection, release)
            ensure_approvable(head, actor, releases.load_content(connection, head.proposal.release))
            signed = sign_approval(head, actor, self.clock().replace(microsecond=0), said_note, self.signer)
            releases.save(connection, signed)
            self._audit(connection, actor, "release.approve", head.proposal.release, said_note)
        return self.release_view(actor, head.proposal.release)

    def reject_release(self, actor: Actor, release: str, reason: str) -> ReleaseView:
        """Reject a proposal that is not approved yet, with a reason. Raises Conflict."""
        require(actor, Permission.approve_release)
        why = said(reason, "驳回理由")
        with self.database.write() as connection:
            head = self._pending(connection, release)
            if actor.name == head.proposal.author.name:
                raise NotAllowed("不能驳回自己提交的发布，请撤回")
            signed = sign_end(head, "rejected", actor, self.clock().replace(microsecond=0), why, self.signer)
            releases.save(connection, signed)
            self._audit(connection, actor, "release.reject", head.proposal.release, why)
            note_end(connection, head.proposal.release, "rejected", actor, self.clock(), why)
        return self.release_view(actor, head.proposal.release)

    def withdraw_release(self, actor: Actor, release: str, reason: str) -> ReleaseView:
        """Withdraw one's own proposal that is not approved yet. Raises Conflict or NotAllowed."""
        require(actor, Permission.propose_release)
        return self._withdraw(actor, release, reason)

    def _withdraw(self, actor: Actor, release: str, reason: str) -> ReleaseView:
        why = said(reason, "撤回理由")
        with self.database.write() as connection:
            head = self._pending(connection, release)
            if actor.name != head.proposal.author.name:
                raise NotAllowed("只有提交人可以撤回")
            signed = sign_end(head, "withdrawn", actor, self.clock().replace(microsecond=0), why, self.signer)
            releases.save(connection, signed)
            self._audit(connection, actor, "release.withdraw", head.proposal.release, why)
            note_end(connection, head.proposal.release, "withdrawn", actor, self.clock(), why)
        return self.release_view(actor, head.proposal.release)

    def activate_release(self, actor: Actor, release: str, realm: Realm | None = None) -> InForce:
        """Let an approved release decide from now on; the engine swaps at this very place of the log.

        Raises Conflict when it is not approved, does not fit this program, or rests on something that is no longer in
        force.
        """
        require(actor, Permission.activate_release)
        where = realm or self.shelf.realm
        with self.database.read() as connection:
            found = releases.resolve(connection, release)
            ensure_activable(connection, found, self._nows(where), self.trusted, self.shelf.bundled)
        return self._put_in_force(actor, found, where, "release.activate", "")

    def rollback_release(self, actor: Actor, reason: str, realm: Realm | None = None) -> InForce:
        """Go back to the release that was in force before. Raises Conflict when there is none or it does not fit."""
        require(actor, Permission.activate_release)
        why, where = said(reason, "退回理由"), realm or self.shelf.realm
        with self.database.read() as connection:
            found = releases.before(connection, where)
        if found is None:
            raise Conflict("在此之前没有启用过别的发布，无法退回")
        return self._put_in_force(actor, found, where, "release.rollback", why)

    def _put_in_force(self, actor: Actor, release: str, realm: Realm, action: str, why: str) -> InForce:
        self.pipeline.parts.of(release)  # rules, scorer and all can be made of it, or it is refused here
        nows = self._nows(realm)
        at = nows[realm]
        with self.database.write() as connection:
            if action == "release.activate":
                ensure_activable(connection, release, nows, self.trusted, self.shelf.bundled)
            elif releases.before(connection, realm) != release:
                raise Conflict("另一个人刚刚换了发布，请刷新后再试")
            approved_by = releases.approval_of(connection, release, self.trusted).approvers
            if not releases.activations(connection, realm) and release != self.shelf.bundled.hash:
                note_release(connection, realm, at, self.shelf.bundled.hash, FACTORY.name)  # it decided until now
            note_release(connection, realm, at, release, approved_by)
            self._audit(connection, actor, action, release, activation_detail(realm, why or approved_by))
            if realm is self.shelf.realm:
                note_activation(connection, release, approved_by, self.clock())
            return next(one for one in self._decides(connection) if one.realm is realm)

    def _checked(self, old: Release | None, content: ReleaseContent) -> Release:
        if old is not None and content.hash == old.hash:
            raise InputError("没有任何改动，无需提交")
        faults = content_faults(content)
        if faults:
            raise ProposalRefused(faults)
        return load_release(content)

    def _ensure_quiet(self, old: Release | None, new: Release) -> None:
        """A rule may begin to alarm only after its quiet days as a shadow rule."""
        before = old.rules.rules if old else ()
        nows = self._nows(self.shelf.realm)
        with self.database.read() as connection:
            faults = promotion_faults(connection, nows, before, new.rules.rules, self.shelf.bundled.rules.rules)
        if faults:
            raise ProposalRefused(faults)

    def _nows(self, realm: Realm) -> dict[Realm, datetime]:
        """The time in each realm whose trials of rules count in this one: its own, and that of realm live."""
        return {one: self.now(one) for one in (realm, Realm.live)}

    def _ensure_new(self, connection: Connection, content: ReleaseContent) -> None:
        for head in releases.heads(connection, self.trusted, content.hash):
            if head.status is ReleaseStatus.proposed:
                raise Conflict(f"同样的内容已由{head.proposal.author.name}提交，正在等待批准")
            if head.status is ReleaseStatus.approved and not head.by_factory:
                raise Conflict("同样的内容已经批准，可以直接启用")

    def _pending(self, connection: Connection, release: str) -> ReleaseHead:
        if len(release) != _WHOLE:
            raise InputError(f"请写完整的 {_WHOLE} 位指纹，批准的才是你看过的那一份", field="指纹")
        head = releases.newest(connection, release, self.trusted)
        if head.status is not ReleaseStatus.proposed:
            raise Conflict(f"这份发布{STATUS_TITLES[head.status]}，不能再改变")
        return head
