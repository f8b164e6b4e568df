"""Everything a person can do, each taking an Actor: the one place that authorises.

Pages, the programming interface and the command line all call these. Each command checks `engine.permissions`, does
one thing in one transaction, and leaves an entry in the audit chain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection

from engine import audit
from engine.approval import decide, ensure_submittable
from engine.draft_document import Draft
from engine.draft_facts import value_fault
from engine.draft_language import LanguageModel
from engine.drafting import DraftRequest, OnProgress, edit
from engine.drafting import draft as write_draft
from engine.errors import Conflict, InputError, NotFound
from engine.fact_extraction import propose
from engine.model import (
    Actor,
    Approval,
    ApprovalStatus,
    Category,
    CommandKind,
    CommandRecord,
    Fact,
    FactSource,
    FactStatus,
    Incident,
    Level,
    Mention,
    Realm,
    Task,
    TaskStatus,
    at_iso,
)
from engine.permissions import Permission, require
from engine.reads import Reads
from engine.signing import Signer, TrustedKeys
from engine.store import casework, queries
from engine.store.casework import StoredDraft
from engine.views import IngestReceipt, MentionFilters
from knowledge.schema import FACT_TITLES, FactKey

EXTRACT_FROM: Final = 200
"""Newest mentions of an incident that facts are proposed from."""


@dataclass(frozen=True)
class Company:
    """What every statement may state of the company itself; confirmed by whoever set it up."""

    name: str
    hotline: str


@dataclass(frozen=True)
class Desk(Reads):
    """One installation. `model` may be absent: drafts are then completed from facts and first wordings."""

    signer: Signer
    company: Company
    model: LanguageModel | None = None

    # --- mentions and incidents ------------------------------------------------------------------

    def ingest(self, actor: Actor, realm: Realm, mentions: Sequence[Mention]) -> IngestReceipt:
        """Take mentions in. When this returns they are committed."""
        require(actor, Permission.ingest)
        return IngestReceipt(outcomes=tuple(self.pipeline.ingest(realm, mentions)))

    def open_incident(
        self, actor: Actor, realm: Realm, brand: str, category: Category, level: Level, title: str, reason: str
    ) -> Incident:
        """Open an incident by hand: a journalist's inquiry 采访函, a regulator's call. Conflict when one is on."""
        require(actor, Permission.open_incident)
        command = CommandRecord(
            command=CommandKind.open,
            actor=actor,
            category=category,
            level=level,
            title=_said(title, "标题"),
            reason=_said(reason, "理由"),
        )
        self.pipeline.command(realm, _said(brand, "品牌"), self.now(realm), command)
        with self.database.read() as connection:
            found = queries.incident_list(connection, realm)
        return next(one for one in found if one.brand == brand and one.category is category)

    def set_level(self, actor: Actor, incident_id: str, level: Level, reason: str) -> Incident:
        """Raise or lower an incident's level by hand."""
        require(actor, Permission.set_level)
        return self._command(actor, CommandKind.set_level, incident_id, reason, level=level)

    def close_incident(self, actor: Actor, incident_id: str, reason: str) -> Incident:
        """Close an incident."""
        require(actor, Permission.close)
        return self._command(actor, CommandKind.close, incident_id, reason)

    def reopen(self, actor: Actor, incident_id: str, reason: str) -> Incident:
        """Reopen a closed incident."""
        require(actor, Permission.reopen)
        return self._command(actor, CommandKind.reopen, incident_id, reason)

    def merge(self, actor: Actor, incident_id: str, into: str, reason: str) -> Incident:
        """Merge an incident into another one of the same brand."""
        require(actor, Permission.merge)
        return self._command(actor, CommandKind.merge, incident_id, reason, into=into)

    def false_alarm(self, actor: Actor, incident_id: str, reason: str) -> Incident:
        """Close an incident as a false alarm 误报."""
        require(actor, Permission.false_alarm)
        return self._command(actor, CommandKind.false_alarm, incident_id, reason)

    # --- tasks and facts ---------------------------------------------------------------------------

    def complete_task(self, actor: Actor, task_id: str, note: str) -> Task:
        """Report a task as done; a department does its own tasks only."""
        require(actor, Permission.complete_task)
        with self.database.write() as connection:
            task = casework.load_task(connection, task_id)
            if actor.department is not None and actor.department != task.department:
                raise Conflict(f"这项任务属于{task.department}，不能由{actor.department}完成")
            if task.status is not TaskStatus.open:
                raise Conflict("这项任务已经完成或取消")
            done = {"status": TaskStatus.done, "done_by": actor.name, "done_at": self.clock()}
            task = task.model_copy(update={**done, "note": note.strip() or task.note})
            casework.save_task(connection, task)
            self._audit(connection, actor, "task.complete", task_id, note)
        return task

    def propose_facts(self, actor: Actor, incident_id: str) -> tuple[Fact, ...]:
        """Propose facts from an incident's mentions; what is already registered stays as it is."""
        require(actor, Permission.propose_facts)
        with self.database.write() as connection:
            incident = casework.load_incident(connection, incident_id)
            rows, _ = queries.mention_rows(
                connection, incident.realm, MentionFilters(incident=incident_id), limit=EXTRACT_FROM
            )
            known = {fact.id for fact in casework.load_facts(connection, incident_id)}
            found = propose(incident_id, incident.category, [row.mention for row in rows])
            for fact in found:
                if fact.id not in known:
                    casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.propose", incident_id, f"{len(found)} 条")
            return casework.load_facts(connection, incident_id)

    def add_fact(self, actor: Actor, incident_id: str, key: str, value: str, source: FactSource) -> Fact:
        """Register a fact with its source; somebody else confirms it. Raises InputError for an unusable value."""
        require(actor, Permission.add_fact)
        fact_key, cleaned = _fact_key(key), value.strip()
        if fault := value_fault(fact_key, cleaned):
            raise InputError(fault, field=FACT_TITLES[fact_key])
        identity = _digest("fact", incident_id, fact_key, cleaned, source.kind, source.ref)
        with self.database.write() as connection:
            casework.load_incident(connection, incident_id)
            if identity in {fact.id for fact in casework.load_facts(connection, incident_id)}:
                raise Conflict("同一来源的这条事实已经登记")
            fact = Fact(
                id=identity,
                incident=incident_id,
                key=fact_key,
                value=cleaned,
                source=source,
                status=FactStatus.reported,
                proposed_by=actor.name,
            )
            casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.add", identity, fact_key)
        return fact

    def confirm_fact(self, actor: Actor, fact_id: str) -> Fact:
        """Confirm what somebody else proposed; another confirmed value of the same key must be disputed first."""
        require(actor, Permission.confirm_fact)
        with self.database.write() as connection:
            fact = casework.load_fact(connection, fact_id)
            if fact.proposed_by == actor.name:
                raise Conflict("自己登记的事实要由另一个人确认")
            if fact.status is FactStatus.confirmed:
                raise Conflict("这条事实已经确认")
            self._refuse_second_value(connection, fact)
            confirmed = {"status": FactStatus.confirmed, "confirmed_by": actor.name, "confirmed_at": self.clock()}
            fact = fact.model_copy(update=confirmed)
            casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.confirm", fact_id, fact.key)
        return fact

    def dispute_fact(self, actor: Actor, fact_id: str, reason: str) -> Fact:
        """Mark a fact as disputed: no draft states it any more."""
        require(actor, Permission.dispute_fact)
        with self.database.write() as connection:
            fact = casework.load_fact(connection, fact_id)
            disputed = {"status": FactStatus.disputed, "confirmed_by": None, "confirmed_at": None}
            fact = fact.model_copy(update=disputed)
            casework.save_fact(connection, fact)
            self._audit(connection, actor, "fact.dispute", fact_id, _said(reason, "理由"))
        return fact

    # --- drafts and approval -------------------------------------------------------------------------

    def draft(
        self, actor: Actor, incident_id: str, template_id: str, on_progress: OnProgress | None = None
    ) -> StoredDraft:
        """Write a draft of a template for an incident; every draft is kept as a new version."""
        require(actor, Permission.draft)
        knowledge = self.release.knowledge
        if template_id not in knowledge.templates:
            raise NotFound(f"没有编号为 {template_id} 的声明模板")
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
            register = (*self._registry_facts(incident), *casework.load_facts(connection, incident_id))
        request = DraftRequest(
            incident=incident_id,
            template=knowledge.templates[template_id],
            template_source=knowledge.template_source(template_id),
            register=register,
            release=self.release.hash,
        )
        written = write_draft(request, self.model, self.signer, on_progress)
        with self.database.write() as connection:
            return self._keep_draft(connection, actor, incident.realm, written)

    def edit_draft(self, actor: Actor, draft_id: str, span: int, text: str) -> StoredDraft:
        """A new version in which a person rewrote one span; numbers, dates and promises in it are checked."""
        require(actor, Permission.draft)
        with self.database.write() as connection:
            before = casework.load_draft(connection, draft_id)
            edited = edit(before.draft, span, text, actor, self.signer)
            return self._keep_draft(connection, actor, before.realm, edited)

    def submit(self, actor: Actor, draft_id: str) -> Approval:
        """Submit a draft for approval. Raises Conflict when it is not releasable or already submitted."""
        require(actor, Permission.submit)
        with self.database.write() as connection:
            stored = casework.load_draft(connection, draft_id)
            before = casework.load_approvals(connection, [draft_id])[draft_id]
            ensure_submittable(stored.draft, before, self.trusted)
            approval = Approval(
                id=_digest("approval", draft_id, len(before)),
                draft=draft_id,
                content_hash=stored.draft.content_hash,
                status=ApprovalStatus.submitted,
                submitted_by=actor.name,
                submitted_at=self.clock(),
            )
            casework.save_approval(connection, approval)
            self._audit(connection, actor, "draft.submit", draft_id, approval.content_hash)
        return approval

    def approve(self, actor: Actor, draft_id: str, content_hash: str) -> Approval:
        """Approve exactly the submitted content; nobody approves what they wrote or submitted."""
        require(actor, Permission.approve)
        return self._decide(actor, draft_id, content_hash, ApprovalStatus.approved, None)

    def return_(self, actor: Actor, draft_id: str, content_hash: str, reason: str) -> Approval:
        """Return a submitted draft with a reason."""
        require(actor, Permission.return_)
        return self._decide(actor, draft_id, content_hash, ApprovalStatus.returned, _said(reason, "退回理由"))

    @property
    def trusted(self) -> TrustedKeys:
        """The keys whose drafts this installation believes."""
        return TrustedKeys.of(self.signer)

    # --- parts -----------------------------------------------------------------------------------

    def _command(
        self,
        actor: Actor,
        kind: CommandKind,
        incident_id: str,
        reason: str,
        *,
        level: Level | None = None,
        into: str | None = None,
    ) -> Incident:
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
        command = CommandRecord(
            command=kind,
            actor=actor,
            category=incident.category,
            incident=incident_id,
            level=level,
            into=into,
            reason=_said(reason, "理由"),
        )
        self.pipeline.command(incident.realm, incident.brand, self.now(incident.realm), command)
        with self.database.read() as connection:
            return casework.load_incident(connection, incident_id)

    def _decide(
        self, actor: Actor, draft_id: str, content_hash: str, status: ApprovalStatus, reason: str | None
    ) -> Approval:
        with self.database.write() as connection:
            stored = casework.load_draft(connection, draft_id)
            history = casework.load_approvals(connection, [draft_id])[draft_id]
            pending = decide(stored, history, actor, content_hash, self.trusted)
            decided = {"status": status, "decided_by": actor.name, "decided_at": self.clock(), "reason": reason}
            approval = pending.model_copy(update=decided)
            casework.save_approval(connection, approval)
            self._audit(connection, actor, f"draft.{status}", draft_id, content_hash)
        return approval

    def _keep_draft(self, connection: Connection, actor: Actor, realm: Realm, written: Draft) -> StoredDraft:
        version = casework.next_version(connection, written.incident, written.template)
        stored = StoredDraft(
            id=_digest("draft", written.incident, written.template, version),
            incident=written.incident,
            realm=realm,
            template=written.template,
            version=version,
            created_by=actor.name,
            created_at=self.clock(),
            draft=written,
        )
        casework.add_draft(connection, stored)
        self._audit(connection, actor, "draft.write", stored.id, written.content_hash)
        return stored

    def _registry_facts(self, incident: Incident) -> Iterable[Fact]:
        now = self.now(incident.realm)
        values = {
            FactKey.company: self.company.name,
            FactKey.hotline: self.company.hotline,
            FactKey.statement_date: f"{now.year}年{now.month}月{now.day}日",
        }
        for key, value in values.items():
            yield Fact(
                id=_digest("fact", incident.id, key, value, "registry", key),
                incident=incident.id,
                key=key,
                value=value,
                source=FactSource(kind="registry", ref=key),
                status=FactStatus.confirmed,
                proposed_by="系统",
                confirmed_by="系统",
                confirmed_at=now,
            )

    def _refuse_second_value(self, connection: Connection, fact: Fact) -> None:
        for other in casework.load_facts(connection, fact.incident):
            same_key = other.key == fact.key and other.id != fact.id
            if same_key and other.status is FactStatus.confirmed and other.value != fact.value:
                title = FACT_TITLES[_fact_key(fact.key)]
                raise Conflict(f"“{title}”已确认为“{other.value}”；如有变化，请先将它标为存疑")

    def _audit(self, connection: Connection, actor: Actor, action: str, subject: str, detail: str) -> None:
        audit.record(connection, at_iso(self.clock()), actor, action, subject, detail)


def _fact_key(key: str) -> FactKey:
    try:
        return FactKey(key)
    except ValueError:
        raise InputError(f"没有“{key}”这一类事实", field="key") from None


def _said(text: str, what: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > 500:
        raise InputError("请填写，且不超过500个字", field=what)
    return cleaned


def _digest(kind: str, *parts: object) -> str:
    content = "\x1f".join(map(str, parts)).encode()
    return f"{kind}-{blake2b(content, digest_size=6).hexdigest()}"
