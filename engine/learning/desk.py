"""Commands and reads of learning: a closed incident becomes a past incident, as a draft that people complete."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from engine.drafting.commands import DraftCommands
from engine.errors import Conflict
from engine.knowledge_base.edits import KnowledgeEdits
from engine.knowledge_base.revisions import Revision, RevisionState
from engine.learning.anonymise import Anonymiser
from engine.learning.draft import Learned, draft_text, entry_of
from engine.learning.reads import LearningReads
from engine.learning.views import STATE_TITLES, LearningState
from engine.model import REALM_TITLES, ROLE_TITLES, Actor, Incident, IncidentStatus, Realm, Role
from engine.permissions import Permission, require
from engine.precedents.live import LiveIncident
from engine.precedents.material import live_incident
from engine.store import casework, queries
from engine.store import knowledge_revisions as store
from engine.views import MentionFilters, MentionRow
from knowledge.loader import Knowledge
from knowledge.schema import Channel, Department, Level, LevelPlan, Strategy
from knowledge.wording import TO_COMPLETE

PUBLIC: Final = frozenset({Channel.weibo, Channel.wechat, Channel.media_qa})
_READ: Final = 300
_NO_NAMES: Final = frozenset((*ROLE_TITLES.values(), *Department))


class LearningCommands(DraftCommands, KnowledgeEdits, LearningReads):
    """See `engine.commands.Desk`."""

    def learn_from(self, actor: Actor, incident: str, reason: str = "由已关闭的事件整理") -> Revision:
        """Make a past incident of a closed incident, as a draft with what the log knows; what only a person can say is
        marked 【待补充】. Asked again it gives the same draft. Raises Conflict while the incident is not closed, for a
        false alarm, a merged one or one of another realm, and when people work on its draft already.
        """
        require(actor, Permission.edit_knowledge)
        with self.database.read() as connection:
            found = casework.load_incident(connection, incident)
            why_not = self._why_not(found)
            if why_not:
                raise Conflict(why_not)
            text = self._learned_text(connection, found)
            newest = _newest(store.learned_from(connection, incident))
        if newest is not None and newest.text == text and newest.is_open:
            return newest
        if newest is not None and newest.state is not RevisionState.withdrawn:
            raise Conflict(f"这一事件已有{STATE_TITLES[newest.state]}的 {newest.entry}，请在它的页面上继续")
        return self.draft_past_incident(actor, text, reason, incident=incident)

    def learning_state(self, actor: Actor, incident: str) -> LearningState:
        """How far an incident has come on its way into the knowledge base. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            found = casework.load_incident(connection, incident)
            revisions = store.learned_from(connection, incident)
        why_not, newest = self._why_not(found), _newest(revisions)
        has_draft = newest is not None and newest.state is not RevisionState.withdrawn
        return LearningState(
            incident=incident,
            entry=newest.entry if newest else entry_of(found),
            can_learn=not why_not and not has_draft,
            why_not=why_not,
            state=newest.state if newest else None,
            revision=newest.number if newest else None,
            to_complete=_left_open(newest.text) if newest and newest.is_open else 0,
            is_searchable=_is_searchable(revisions),
        )

    def _why_not(self, incident: Incident) -> str:
        """Why nothing can be learned from an incident (yet); empty when it can."""
        if incident.status is IncidentStatus.merged:
            return f"这一事件已并入 {incident.merged_into}，请从那一件复盘"
        if incident.status is not IncidentStatus.closed:
            return "事件还没有关闭，关闭后才能复盘入库"
        if incident.false_alarm:
            return "误报不入案例库"
        if incident.realm not in (Realm.live, self.shelf.realm):
            return f"{REALM_TITLES[incident.realm]}中的事件不入案例库"
        return ""

    def _learned_text(self, connection: Connection, incident: Incident) -> str:
        release = self.shelf.in_force(incident.realm)
        live = live_incident(connection, incident, release.knowledge, incident.changed_at)
        filters = MentionFilters(incident=incident.id, negative=True)
        rows, _ = queries.mention_rows(connection, incident.realm, filters, limit=_READ)
        learned = Learned(
            live=live,
            plan=_plan(release.knowledge, incident),
            used=_used_strategies(connection, live, release.knowledge),
            responded_at=live.first_response or _published_at(live, release.knowledge),
            said=tuple(row.mention.text for row in rows),
        )
        people = _people(connection, live, rows)
        return draft_text(learned, Anonymiser(release.registry, incident.brand, people, self.company.name))


def _plan(knowledge: Knowledge, incident: Incident) -> LevelPlan | None:
    playbook = knowledge.playbooks.get(f"pb.{incident.category}")
    return playbook.plans.get(Level(incident.peak_level)) if playbook else None


def _used_strategies(connection: Connection, live: LiveIncident, knowledge: Knowledge) -> tuple[Strategy, ...]:
    """What the template of the first public statement is for."""
    first = next((one for one in live.statements if one.is_public), None)
    if first is None:
        return ()
    drafts = casework.load_drafts(connection, live.incident.realm, incident=live.incident.id)
    templates = (knowledge.templates.get(one.template) for one in drafts)
    return next((one.strategies for one in templates if one is not None and one.title == first.title), ())


def _published_at(live: LiveIncident, knowledge: Knowledge) -> datetime | None:
    """When a task was done that was to publish a statement."""
    templates = ((task.done_at, knowledge.templates.get(task.template or "")) for task in live.tasks)
    return min((at for at, one in templates if at and one is not None and one.channel in PUBLIC), default=None)


def _people(connection: Connection, live: LiveIncident, rows: Iterable[MentionRow]) -> frozenset[str]:
    """Names that are known: of those who handled the incident and those who wrote its mentions."""
    handled = {one.actor.name for one in live.changes if one.actor.role is not Role.system}
    handled |= {name for task in live.tasks if (name := task.done_by)}
    handled |= {name for fact in live.facts for name in (fact.proposed_by, fact.confirmed_by) if name}
    drafts = casework.load_drafts(connection, live.incident.realm, incident=live.incident.id)
    handled |= {one.created_by for one in drafts}
    wrote = {name for row in rows if (name := row.mention.author.name)}
    return frozenset({*handled, *wrote}) - _NO_NAMES


def _newest(revisions: Sequence[Revision]) -> Revision | None:
    return revisions[-1] if revisions else None


def _left_open(text: str) -> int:
    return sum(line.count(TO_COMPLETE) for line in text.splitlines() if not line.startswith("#"))


def _is_searchable(revisions: Sequence[Revision]) -> bool:
    settled = [one for one in revisions if one.state in (RevisionState.in_force, RevisionState.withdrawn)]
    return bool(settled) and settled[-1].state is RevisionState.in_force
