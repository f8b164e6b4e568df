"""Commands and reads on what went out: published where and when, corrected or withdrawn, and how the talk went on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.command_base import derived_id, said
from engine.drafting.commands import DraftCommands
from engine.drafting.composing import OnProgress
from engine.drafting.document import Draft
from engine.drafting.exports.standing import Standing, standing_of
from engine.errors import Conflict
from engine.model import Actor, Realm
from engine.permissions import Permission, require
from engine.publishing.effect import AFTER, BEFORE, Effect, effect_of
from engine.publishing.publication import (
    CORRECTION_TITLES,
    Correction,
    CorrectionKind,
    DraftPublications,
    Publication,
    PublicationRow,
    about_line,
    approval_of,
    checked_channel,
    checked_time,
    checked_url,
    ensure_owned_up,
    state_of,
    title_of,
)
from engine.store import casework, talk
from engine.store import publications as store
from engine.store.casework import StoredDraft


class PublicationCommands(DraftCommands):
    """See `engine.commands.Desk`."""

    def publish(
        self,
        actor: Actor,
        draft_id: str,
        channel: str,
        url: str | None,
        at: datetime,
        *,
        despite: bool = False,
    ) -> Publication:
        """Record that an approved draft went out: where, and when. The desk itself publishes nothing.

        `despite`: it did go out although it must not any more, and whoever records it knows; kept with it. Raises
        Conflict for a draft that is not approved, or must not go out any more without `despite`; InputError for a bad
        address or time.
        """
        require(actor, Permission.publish)
        with self.database.write() as connection:
            stored = casework.load_draft(connection, draft_id)
            approval = approval_of(stored.draft, casework.load_approvals(connection, [draft_id])[draft_id])
            place, correction = checked_channel(stored.draft, channel), store.load_correction(connection, draft_id)
            objections = self._standing(connection, stored).objections
            publication = Publication(
                id=derived_id("publication", draft_id, place, url, at.isoformat()),
                incident=stored.incident,
                draft=draft_id,
                channel=place,
                url=checked_url(url, place),
                at=checked_time(at, approval, max(self.clock(), self.now(stored.realm))),
                by=actor.name,
                recorded_at=self.clock(),
                kind=correction.kind if correction else None,
                replaces=correction.publication if correction else None,
                despite=objections,
                realm=stored.realm,
            )
            ensure_owned_up(objections, despite=despite)
            _ensure_new(publication, store.load_publications(connection, stored.incident))
            store.add_publication(connection, publication)
            self._audit(connection, actor, "draft.publish", draft_id, _told(publication))
        return publication

    def correct(
        self,
        actor: Actor,
        publication_id: str,
        template_id: str,
        kind: CorrectionKind,
        reason: str,
        on_progress: OnProgress | None = None,
    ) -> StoredDraft:
        """A new draft that is to correct or withdraw what went out; it goes the way of every draft. Raises NotFound."""
        require(actor, Permission.publish)
        with self.database.read() as connection:
            publication = store.load_publication(connection, publication_id)
        words, kind = said(reason, "理由"), CorrectionKind(kind)
        realm, written = self._write(actor, publication.incident, template_id, on_progress)
        with self.database.write() as connection:
            stored = self._keep_draft(connection, actor, realm, written)
            correction = Correction(
                draft=stored.id,
                incident=stored.incident,
                publication=publication.id,
                kind=kind,
                reason=words,
                by=actor.name,
                at=self.clock(),
            )
            store.save_correction(connection, correction)
            detail = f"{CORRECTION_TITLES[kind]} {publication.id}：{words}"
            self._audit(connection, actor, f"draft.{kind}", stored.id, detail)
        return stored

    def redraft(self, actor: Actor, draft_id: str, on_progress: OnProgress | None = None) -> StoredDraft:
        """The same template and chosen strategy with the facts as they are now; a correction remains one."""
        require(actor, Permission.draft)
        with self.database.read() as connection:
            before = casework.load_draft(connection, draft_id)
        note = before.draft.strategy
        choice = None if note is None else note.choice
        realm, written = self._write(actor, before.incident, before.template, on_progress, choice)
        return self._keep_after(draft_id, actor, realm, written)

    def edit_draft(self, actor: Actor, draft_id: str, span: int, text: str) -> StoredDraft:
        """As `DraftCommands.edit_draft`; a correction remains one."""
        realm, edited = self._edit(actor, draft_id, span, text)
        return self._keep_after(draft_id, actor, realm, edited)

    def publications(self, actor: Actor, incident_id: str) -> tuple[PublicationRow, ...]:
        """What went out for an incident, newest first."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            published = store.load_publications(connection, incident_id)
            return _rows(connection, incident_id, published)

    def draft_publications(self, actor: Actor, draft_id: str) -> DraftPublications:
        """Where a draft went out, and what it is to correct. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return self._draft_publications(connection, casework.load_draft(connection, draft_id))

    def publication_effect(self, actor: Actor, publication_id: str) -> Effect:
        """How mentions and their negative share went around a publication. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            publication = store.load_publication(connection, publication_id)
            incident = casework.load_incident(connection, publication.incident)
            now, at = self.now(incident.realm), publication.at
            said_then = talk.minutes(connection, incident, at - BEFORE, max(at, min(now, at + AFTER)))
            others = [one.at for one in store.load_publications(connection, incident.id) if one.id != publication_id]
        return effect_of(at, said_then, now, others)

    def _draft_publications(self, connection: Connection, stored: StoredDraft) -> DraftPublications:
        published = store.load_publications(connection, stored.incident)
        rows = _rows(connection, stored.incident, [one for one in published if one.draft == stored.id])
        correction = store.load_correction(connection, stored.id)
        if correction is None:
            return DraftPublications(rows=rows)
        old = store.load_publication(connection, correction.publication)
        title = title_of(casework.load_draft(connection, old.draft).draft)
        return DraftPublications(rows=rows, corrects=correction, about=about_line(correction.kind, old, title))

    def _standing(self, connection: Connection, stored: StoredDraft) -> Standing:
        """Where a draft stands now, its register and its incident being as they are."""
        approvals = casework.load_approvals(connection, [stored.id])[stored.id]
        register = casework.load_facts(connection, stored.incident)
        incident = casework.load_incident(connection, stored.incident)
        return standing_of(stored.draft, approvals, register, self.trusted, incident)

    def _keep_after(self, before: str, actor: Actor, realm: Realm, written: Draft) -> StoredDraft:
        """Keep a new version; it is to correct what the one before was to."""
        with self.database.write() as connection:
            stored = self._keep_draft(connection, actor, realm, written)
            correction = store.load_correction(connection, before)
            if correction is not None:
                store.save_correction(connection, correction.model_copy(update={"draft": stored.id}))
        return stored


def _told(publication: Publication) -> str:
    """For the audit chain."""
    despite = f"（登记时：{'；'.join(publication.despite)}）" if publication.despite else ""
    return f"{publication.channel} {publication.url or ''}".strip() + despite


def _ensure_new(publication: Publication, known: Sequence[Publication]) -> None:
    for one in known:
        if (one.draft, one.channel, one.url) == (publication.draft, publication.channel, publication.url):
            raise Conflict("这一处发布已经登记过了")


def _rows(connection: Connection, incident: str, chosen: Sequence[Publication]) -> tuple[PublicationRow, ...]:
    published, corrections = (
        store.load_publications(connection, incident),
        store.load_corrections(connection, incident),
    )
    rows = []
    for one in chosen:
        own = [correction for correction in corrections if correction.publication == one.id]
        title = title_of(casework.load_draft(connection, one.draft).draft)
        state = state_of(one, own, published)
        rows.append(PublicationRow(publication=one, title=title, state=state, corrections=tuple(own)))
    return tuple(reversed(rows))
