"""The store's rows of an incident of our own → what a comparison needs of it."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from engine.drafting.template_program import load_template
from engine.errors import InputError
from engine.model import ApprovalStatus, Incident, IncidentStatus
from engine.precedents.curve import start_of
from engine.precedents.live import LiveIncident, Statement
from engine.store import casework, queries, talk
from engine.store.publications import load_publications
from knowledge.loader import Knowledge
from knowledge.schema import Channel, Level, Template

_ENDED: Final = (IncidentStatus.closed, IncidentStatus.merged)
_PUBLIC: Final = frozenset({Channel.weibo, Channel.wechat, Channel.media_qa})


def live_incident(connection: Connection, incident: Incident, knowledge: Knowledge, now: datetime) -> LiveIncident:
    """Everything of one incident up to now, or up to its end."""
    until = incident.changed_at if incident.status in _ENDED else now
    said = talk.minutes(connection, incident, incident.opened_at - queries.LEAD, until)
    playbooks = (one for one in knowledge.playbooks.values() if str(one.category) == incident.category)
    playbook = next(playbooks, None)
    return LiveIncident(
        incident=incident,
        changes=tuple(queries.changes_of(connection, incident.id)),
        tasks=tuple(queries.tasks_of(connection, incident.id)),
        facts=casework.load_facts(connection, incident.id),
        statements=_statements(connection, incident, knowledge),
        talk=tuple(said),
        platforms=tuple(talk.platforms(connection, incident, start_of(incident.opened_at, said), until)),
        plan=playbook.plans.get(Level(incident.level)) if playbook else None,
        now=now,
    )


def _statements(connection: Connection, incident: Incident, knowledge: Knowledge) -> tuple[Statement, ...]:
    drafts = casework.load_drafts(connection, incident.realm, incident=incident.id)
    decisions = casework.load_approvals(connection, [one.id for one in drafts])
    went_out = {one.draft: one.at for one in reversed(load_publications(connection, incident.id)) if one.is_public}
    found = []
    for draft in drafts:
        template = template_of(draft, knowledge)
        for approval in decisions[draft.id]:
            if approval.status is ApprovalStatus.approved and approval.decided_at is not None:
                title = template.title if template else draft.template
                is_public = template is not None and template.channel in _PUBLIC
                found.append(
                    Statement(
                        title=title,
                        approved_at=approval.decided_at,
                        is_public=is_public,
                        published_at=went_out.get(draft.id),
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.approved_at, one.title)))


def template_of(draft: casework.StoredDraft, knowledge: Knowledge) -> Template | None:
    """What a statement was made from: where the release has it no longer, as the draft carries it; None when that
    cannot be read.
    """
    known = knowledge.templates.get(draft.template)
    if known is not None:
        return known
    try:
        return load_template(draft.draft.template_source)
    except InputError:
        return None
