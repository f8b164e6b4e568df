"""What people may look at: read models over the store, each asking `engine.permissions` first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine import audit
from engine.drafting.template_choices import template_choices
from engine.errors import NotFound
from engine.evidence import Evidence, gather, like_incident
from engine.knowledge_base.in_force import entry_in_force
from engine.model import (
    Actor,
    Fact,
    Incident,
    IncidentStatus,
    Notification,
    Realm,
)
from engine.permissions import Permission, require
from engine.pipeline import Pipeline
from engine.read_rows import (
    WATCHED,
    alarm_marks,
    draft_rows,
    due_tasks,
    grounds,
    incident_row,
    next_level,
    worst_first,
)
from engine.releases.release import Release
from engine.releases.shelf import ReleaseShelf
from engine.scoring.brands import Relation
from engine.store import casework, inbox, log, queries
from engine.store.database import Database
from engine.store.mentions import load_mention
from engine.views import (
    DraftDetail,
    DraftRow,
    DueTask,
    IncidentDetail,
    IncidentRow,
    MentionFilters,
    MentionRow,
    Overview,
    Page,
    RuleView,
    TemplateChoice,
)
from engine.workbench.views import rule_views
from knowledge.schema import AnyEntry
from retrieval.filters import ANYTHING, SearchFilters
from retrieval.passages import Kind
from retrieval.results import SearchResult
from retrieval.search import SearchEngine, is_entry_id

TREND: Final = timedelta(hours=48)
DAY: Final = timedelta(hours=24)
VOICES_READ: Final = 30
_CLOSENESS: Final = {Relation.own: 0, Relation.partner: 1, Relation.competitor: 2, Relation.unknown: 3}


@dataclass(frozen=True)
class Reads:
    """Reads of one installation. `clock` gives the wall time; realms other than live have their own now."""

    database: Database
    pipeline: Pipeline
    shelf: ReleaseShelf
    searcher: SearchEngine
    clock: Callable[[], datetime]

    @property
    def release(self) -> Release:
        """The release in force where pages and commands work unless they say otherwise."""
        return self.shelf.in_force(self.shelf.realm)

    def now(self, realm: Realm) -> datetime:
        """The realm's now: the wall clock when live, else when its latest record arrived."""
        if realm is Realm.live:
            return self.clock()
        with self.database.read() as connection:
            return log.latest(connection, realm) or self.clock()

    def overview(self, actor: Actor, realm: Realm) -> Overview:
        """What is forming and what is due."""
        require(actor, Permission.read)
        now = self.now(realm)
        with self.database.read() as connection:
            watched = queries.incident_list(connection, realm, WATCHED)
            total, negative = queries.counts_since(connection, realm, now - DAY)
            latest, _ = queries.mention_rows(connection, realm, MentionFilters(), limit=20)
            return Overview(
                at=now,
                realm=realm,
                incidents=tuple(incident_row(connection, one, now) for one in sorted(watched, key=worst_first)),
                due=due_tasks(connection, realm, None, 20),
                trend=queries.trend(connection, realm, now - TREND),
                alarms=alarm_marks(connection, realm, now - TREND),
                latest=tuple(latest),
                mentions_24h=total,
                negative_24h=negative,
                pending=inbox.pending(connection, realm),
            )

    def mentions(
        self, actor: Actor, realm: Realm, filters: MentionFilters, page: int = 1, size: int = 50
    ) -> Page[MentionRow]:
        """Stored mentions, newest first."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            rows, total = queries.mention_rows(connection, realm, filters, limit=size, offset=(page - 1) * size)
        return Page[MentionRow](items=tuple(rows), total=total, page=page, size=size)

    def mention(self, actor: Actor, realm: Realm, mention_id: str) -> MentionRow:
        """One stored mention. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            mention, scores = load_mention(connection, realm, mention_id)
        return MentionRow(mention=mention, scores=scores)

    def brands(self, actor: Actor, realm: Realm) -> tuple[str, ...]:
        """The brands of a realm's log and the registry: own first, then partners, then the others."""
        require(actor, Permission.read)
        registry = self.shelf.in_force(realm).registry
        with self.database.read() as connection:
            known = {*log.brands_of(connection, realm), *(brand.name for brand in registry.brands)}
        return tuple(sorted(known, key=lambda brand: (_CLOSENESS[registry.relation(brand)], brand)))

    def incidents(
        self, actor: Actor, realm: Realm, statuses: Sequence[IncidentStatus] | None = None
    ) -> tuple[IncidentRow, ...]:
        """Incidents, worst first among those still watched, then the newest."""
        require(actor, Permission.read)
        now = self.now(realm)
        with self.database.read() as connection:
            found = queries.incident_list(connection, realm, statuses)
            return tuple(incident_row(connection, one, now) for one in sorted(found, key=worst_first))

    def incident(self, actor: Actor, incident_id: str) -> IncidentDetail:
        """All of one incident. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
            now, release = self.now(incident.realm), self.shelf.in_force(incident.realm)
            changes = queries.changes_of(connection, incident_id)
            finding = queries.last_finding(connection, incident_id)
            ids = [mention for change in changes for mention in change.mentions]
            facts = casework.load_facts(connection, incident_id)
            return IncidentDetail(
                row=incident_row(connection, incident, now),
                changes=tuple(changes),
                explanation=grounds(changes, incident.level),
                next_level=next_level(release, incident, finding),
                sample_mentions=tuple(queries.mentions_by_id(connection, incident.realm, ids[-40:])),
                tasks=tuple(queries.tasks_of(connection, incident_id)),
                facts=facts,
                drafts=draft_rows(
                    connection, release, casework.load_drafts(connection, incident.realm, incident=incident_id)
                ),
                templates=self.template_choices(incident, facts),
            )

    def evidence(self, actor: Actor, incident_id: str) -> Evidence:
        """Similar past incidents, the playbook and templates for an incident. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
            filters = MentionFilters(incident=incident_id)
            rows, _ = queries.mention_rows(connection, incident.realm, filters, limit=VOICES_READ)
        knowledge = self.shelf.in_force(incident.realm).knowledge
        return gather(incident, [row.mention for row in rows], knowledge, self.searcher)

    def tasks(self, actor: Actor, realm: Realm, department: str | None = None) -> tuple[DueTask, ...]:
        """Open tasks, soonest due first."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return due_tasks(connection, realm, department, 200)

    def notifications(self, actor: Actor, realm: Realm, limit: int = 50) -> tuple[Notification, ...]:
        """Messages, newest first; a department sees its own."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return tuple(queries.notification_list(connection, realm, limit, actor.department))

    def drafts(self, actor: Actor, realm: Realm) -> tuple[DraftRow, ...]:
        """Drafts, newest first."""
        require(actor, Permission.read)
        release = self.shelf.in_force(realm)
        with self.database.read() as connection:
            return draft_rows(connection, release, casework.load_drafts(connection, realm))

    def draft_detail(self, actor: Actor, draft_id: str) -> DraftDetail:
        """A draft with its proof, decisions and versions. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            stored = casework.load_draft(connection, draft_id)
            versions = casework.load_drafts(
                connection, stored.realm, incident=stored.incident, template=stored.template
            )
            release = self.shelf.in_force(stored.realm)
            return DraftDetail(
                row=draft_rows(connection, release, [stored])[0],
                file=stored.draft,
                approvals=tuple(casework.load_approvals(connection, [draft_id])[draft_id]),
                versions=draft_rows(connection, release, versions),
            )

    def rules(self, actor: Actor) -> tuple[RuleView, ...]:
        """The rules in words beside their YAML, with the results of their tests."""
        require(actor, Permission.read)
        return rule_views(self.release)

    def search(
        self,
        actor: Actor,
        query: str,
        *,
        k: int = 5,
        filters: SearchFilters = ANYTHING,
        kinds: frozenset[Kind] | None = None,
        category: str | None = None,
    ) -> SearchResult:
        """Similar past incidents, playbooks and templates, or plainly none."""
        require(actor, Permission.search)
        return self.searcher.search(query, k=k, filters=filters, kinds=kinds, category=category)

    def similar(self, actor: Actor, of: str, *, k: int = 5, filters: SearchFilters = ANYTHING) -> SearchResult:
        """Entries like an entry of the knowledge base, or like an incident of our own by what is said in it. Raises
        NotFound for an incident, QueryError for an entry that is not there.
        """
        require(actor, Permission.search)
        if is_entry_id(of):
            return self.searcher.similar(of, k=k, filters=filters)
        with self.database.read() as connection:
            incident = casework.load_incident(connection, of)
            rows, _ = queries.mention_rows(connection, incident.realm, MentionFilters(incident=of), limit=VOICES_READ)
        found = like_incident(incident, [row.mention for row in rows], self.searcher, k=k, filters=filters)
        return found.model_copy(update={"query": of})

    def knowledge_entry(self, actor: Actor, entry: str) -> AnyEntry | None:
        """A past incident, playbook, template or regulation by its id."""
        require(actor, Permission.read)
        try:
            with self.database.read() as connection:
                return entry_in_force(connection, self.release, entry)
        except NotFound:
            return None

    def audit_entries(self, actor: Actor, newest: int = 200) -> list[audit.AuditEntry]:
        """The newest audit entries. Raises StoreError when the chain was tampered with."""
        require(actor, Permission.read_audit)
        with self.database.read() as connection:
            audit.check(connection)
            return audit.entries(connection, newest=newest)

    def template_choices(self, incident: Incident, facts: Sequence[Fact] | None = None) -> tuple[TemplateChoice, ...]:
        """See `engine.drafting.template_choices`; facts that are not given are read."""
        if facts is None:
            with self.database.read() as connection:
                facts = casework.load_facts(connection, incident.id)
        return template_choices(self.shelf.in_force(incident.realm).knowledge, incident, facts)
