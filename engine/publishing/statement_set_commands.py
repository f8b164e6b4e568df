"""All statements of one incident: side by side, and drafted together."""

from collections.abc import Callable, Sequence

from pydantic import ConfigDict

from engine.drafting.composing import OnProgress, Progress
from engine.drafting.document import Draft
from engine.drafting.template_program import load_template
from engine.errors import Conflict, InputError, ModelUnavailable, NotFound
from engine.model import Actor, Frozen, Incident
from engine.permissions import Permission, require
from engine.publishing.commands import PublicationCommands
from engine.publishing.statement_set import ChannelStatement, StatementSet, compare_statements
from engine.read_rows import draft_rows
from engine.store import casework
from engine.store import publications as store
from engine.views import DraftRow, TemplateChoice
from knowledge.schema import Channel

MOST_AT_ONCE = 12
OnChannelProgress = Callable[[str, Progress], None]
"""Called with the template's id for every span that is there."""


class ShownStatement(Frozen):
    """The newest draft of a channel, as a row and as a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Channel
    row: DraftRow
    file: Draft


class IncidentStatements(Frozen):
    """The newest draft of each channel in the order of channels, what differs, and what there is to draft from."""

    incident: Incident
    shown: tuple[ShownStatement, ...]
    missing: tuple[Channel, ...]
    compared: StatementSet
    templates: tuple[TemplateChoice, ...]


class DraftedChannel(Frozen):
    """What became of one template: the new draft's id, or why there is none."""

    template: str
    draft: str | None
    fault: str | None = None


class StatementSetCommands(PublicationCommands):
    """See `engine.commands.Desk`."""

    def incident_statements(self, actor: Actor, incident_id: str) -> IncidentStatements:
        """The newest draft of each channel beside each other, compared with each other and with the register."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
            newest = _newest(casework.load_drafts(connection, incident.realm, incident=incident_id))
            rows = draft_rows(connection, self.shelf.in_force(incident.realm), list(newest.values()))
            register = casework.load_facts(connection, incident_id)
        shown = tuple(
            ShownStatement(channel=channel, row=row, file=newest[channel].draft)
            for channel, row in zip(newest, rows, strict=True)
        )
        statements = [ChannelStatement(channel=one.channel, draft=one.file) for one in shown]
        return IncidentStatements(
            incident=incident,
            shown=shown,
            missing=tuple(channel for channel in Channel if channel not in newest),
            compared=compare_statements(statements, register),
            templates=self.template_choices(incident),
        )

    def draft_channels(
        self,
        actor: Actor,
        incident_id: str,
        templates: Sequence[str],
        on_progress: OnChannelProgress | None = None,
    ) -> tuple[DraftedChannel, ...]:
        """Draft several templates, one after the other; a template that cannot be drafted stops none of the others."""
        require(actor, Permission.draft)
        wanted = tuple(dict.fromkeys(templates))
        if not 0 < len(wanted) <= MOST_AT_ONCE:
            raise InputError(f"一次起草1到{MOST_AT_ONCE}份", field="模板")
        return tuple(self._drafted(actor, incident_id, one, on_progress) for one in wanted)

    def _drafted(
        self, actor: Actor, incident_id: str, template: str, on_progress: OnChannelProgress | None
    ) -> DraftedChannel:
        def tell(progress: Progress) -> None:
            if on_progress is not None:
                on_progress(template, progress)

        try:
            return DraftedChannel(template=template, draft=self._made(actor, incident_id, template, tell).id)
        except (Conflict, InputError, ModelUnavailable, NotFound) as error:
            return DraftedChannel(template=template, draft=None, fault=str(error))

    def _made(self, actor: Actor, incident_id: str, template: str, tell: OnProgress) -> casework.StoredDraft:
        """The channel's next version: one that takes the place of a correction not yet out corrects the same."""
        before = self._correction_in_work(incident_id, template)
        if before is None:
            return self.draft(actor, incident_id, template, tell)
        if before.template == template:
            return self.redraft(actor, before.id, tell)
        realm, written = self._write(actor, incident_id, template, tell)
        return self._keep_after(before.id, actor, realm, written)

    def _correction_in_work(self, incident_id: str, template: str) -> casework.StoredDraft | None:
        """The newest draft of the template's channel when it is to correct what went out and did not go out itself."""
        with self.database.read() as connection:
            realm = casework.load_incident(connection, incident_id).realm
            known = self.shelf.in_force(realm).knowledge.templates
            newest = _newest(casework.load_drafts(connection, realm, incident=incident_id))
            last = newest.get(known[template].channel) if template in known else None
            if last is None or store.load_correction(connection, last.id) is None:
                return None
            is_out = any(one.draft == last.id for one in store.load_publications(connection, incident_id))
        return None if is_out else last


def _newest(stored: Sequence[casework.StoredDraft]) -> dict[Channel, casework.StoredDraft]:
    """The newest of each channel, from drafts that are newest first; in the order of channels."""
    found: dict[Channel, casework.StoredDraft] = {}
    for one in stored:
        found.setdefault(load_template(one.draft.template_source).channel, one)
    return {channel: found[channel] for channel in Channel if channel in found}


def same_again(found: IncidentStatements) -> tuple[TemplateChoice, ...]:
    """The templates of the drafts that are there; where one does not fit any more, the fitting one of its channel."""
    known = {one.id: one for one in found.templates}
    chosen = []
    for shown in found.shown:
        now = known.get(shown.row.template)
        if now is None or not now.fits:
            others = one_for_each_channel(found.templates, now.kind if now else "statement")
            now = next((one for one in others if one.channel == shown.channel), now)
        chosen += [now] if now else []
    return tuple(chosen)


def one_for_each_channel(choices: Sequence[TemplateChoice], kind: str) -> tuple[TemplateChoice, ...]:
    """For each channel the first fitting template of a kind (statement or holding), or the first fitting one at all."""
    found: dict[str, TemplateChoice] = {}
    for choice in sorted(choices, key=lambda one: one.kind != kind):
        if choice.fits:
            found.setdefault(choice.channel, choice)
    order = [str(channel) for channel in Channel]
    return tuple(found[channel] for channel in sorted(found, key=order.index))
