"""Commands on drafts: written, edited by a person, submitted, approved or returned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from engine.approval import decide, ensure_submittable, ensure_up_to_date
from engine.command_base import Commands, derived_id, said
from engine.drafting.composing import DraftRequest, OnProgress, edit
from engine.drafting.composing import draft as write_draft
from engine.drafting.document import Draft
from engine.drafting.elements import elements_for
from engine.drafting.strategy import StrategyAdvice, StrategyChoice, advise, choose, conflict, fitting, plan_for
from engine.errors import Conflict, NotFound
from engine.incident_book import CHINA
from engine.language_model.protocol import LanguageModel
from engine.model import Actor, Approval, ApprovalStatus, Fact, FactSource, FactStatus, Incident, Realm
from engine.permissions import Permission, require
from engine.store import casework
from engine.store.casework import StoredDraft
from knowledge.schema import Category, FactKey, Level, Template

_NAMED_TEMPLATES: Final = 4


@dataclass(frozen=True)
class Company:
    """What every statement may state of the company itself; confirmed by whoever set it up."""

    name: str
    hotline: str


@dataclass(frozen=True)
class DraftCommands(Commands):
    """See `engine.commands.Desk`. `model` may be absent: drafts are then completed from facts and first wordings."""

    company: Company
    model: LanguageModel | None = None

    def draft(
        self,
        actor: Actor,
        incident_id: str,
        template_id: str,
        on_progress: OnProgress | None = None,
        *,
        strategy: StrategyChoice | None = None,
    ) -> StoredDraft:
        """Write a draft of a template for an incident; every draft is kept as a new version.

        In the advised manner, or with `strategy` in another one for a stated reason. Raises Conflict when the template
        is not made for it, InputError when the confirmed facts refuse the strategy.
        """
        realm, written = self._write(actor, incident_id, template_id, on_progress, strategy)
        with self.database.write() as connection:
            return self._keep_draft(connection, actor, realm, written)

    def _write(
        self,
        actor: Actor,
        incident_id: str,
        template_id: str,
        on_progress: OnProgress | None,
        strategy: StrategyChoice | None = None,
    ) -> tuple[Realm, Draft]:
        """A draft that is not kept yet: keeping it is one transaction with what else is to be kept with it."""
        require(actor, Permission.draft)
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
            register = (*self._registry_facts(incident), *casework.load_facts(connection, incident_id))
        release = self.shelf.in_force(incident.realm)
        knowledge = release.knowledge
        if template_id not in knowledge.templates:
            raise NotFound(f"没有编号为 {template_id} 的声明模板")
        template = knowledge.templates[template_id]
        advice = self._advice(incident, register)
        advice = choose(advice, strategy) if strategy is not None else advice
        self._ensure_fitting(template, advice, knowledge.templates.values())
        request = DraftRequest(
            incident=incident_id,
            template=template,
            template_source=knowledge.template_source(template_id),
            register=register,
            release=release.hash,
            elements=elements_for(template, Level(incident.level)),
            strategy=advice.note,
        )
        return incident.realm, write_draft(request, self.model, self.signer, on_progress)

    def strategy_advice(self, actor: Actor, incident_id: str) -> StrategyAdvice:
        """The strategy that the playbook and the confirmed facts advise now. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            incident = casework.load_incident(connection, incident_id)
            return self._advice(incident, casework.load_facts(connection, incident_id))

    def _advice(self, incident: Incident, register: Sequence[Fact]) -> StrategyAdvice:
        playbooks = self.shelf.in_force(incident.realm).knowledge.playbooks.values()
        category, level = Category(incident.category), Level(incident.level)
        return advise(category, level, plan_for(playbooks, category, level), register)

    def _ensure_fitting(self, template: Template, advice: StrategyAdvice, templates: Iterable[Template]) -> None:
        """Raise Conflict, with what to do instead, when a template is not made for a strategy."""
        reason = conflict(template, advice.strategy)
        if reason is None:
            return
        others = fitting(templates, advice.category, advice.level, advice.strategy)
        instead = "、".join(f"“{one.title}”" for one in others[:_NAMED_TEMPLATES]) or "没有，请添加模板"
        raise Conflict(f"{reason}。策略的理由：{advice.reason} 可以改用：{instead}；或写明理由，另选一种策略")

    def edit_draft(self, actor: Actor, draft_id: str, span: int, text: str) -> StoredDraft:
        """A new version in which a person rewrote one span; numbers, dates and promises in it are checked."""
        realm, edited = self._edit(actor, draft_id, span, text)
        with self.database.write() as connection:
            return self._keep_draft(connection, actor, realm, edited)

    def _edit(self, actor: Actor, draft_id: str, span: int, text: str) -> tuple[Realm, Draft]:
        """The reworded draft, proven before a transaction that others would wait for."""
        require(actor, Permission.draft)
        with self.database.read() as connection:
            before = casework.load_draft(connection, draft_id)
        return before.realm, edit(before.draft, span, text, actor, self.signer)

    def submit(self, actor: Actor, draft_id: str) -> Approval:
        """Submit a draft for approval. Raises Conflict when it is not releasable or already submitted."""
        require(actor, Permission.submit)
        with self.database.write() as connection:
            stored = casework.load_draft(connection, draft_id)
            before = casework.load_approvals(connection, [draft_id])[draft_id]
            ensure_submittable(stored.draft, before, self.trusted)
            self._ensure_current(connection, stored)
            approval = Approval(
                id=derived_id("approval", draft_id, len(before)),
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
        return self._decide(actor, draft_id, content_hash, ApprovalStatus.returned, said(reason, "退回理由"))

    def _decide(
        self, actor: Actor, draft_id: str, content_hash: str, status: ApprovalStatus, reason: str | None
    ) -> Approval:
        with self.database.write() as connection:
            stored = casework.load_draft(connection, draft_id)
            history = casework.load_approvals(connection, [draft_id])[draft_id]
            pending = decide(stored, history, actor, content_hash, self.trusted)
            if status is ApprovalStatus.approved:
                self._ensure_current(connection, stored)
            decided = {"status": status, "decided_by": actor.name, "decided_at": self.clock(), "reason": reason}
            approval = pending.model_copy(update=decided)
            casework.save_approval(connection, approval)
            self._audit(connection, actor, f"draft.{status}", draft_id, content_hash)
        return approval

    def _ensure_current(self, connection: Connection, stored: StoredDraft) -> None:
        facts = casework.load_facts(connection, stored.incident)
        ensure_up_to_date(stored.draft, casework.load_incident(connection, stored.incident), facts)

    def _keep_draft(self, connection: Connection, actor: Actor, realm: Realm, written: Draft) -> StoredDraft:
        version = casework.next_version(connection, written.incident, written.template)
        stored = StoredDraft(
            id=derived_id("draft", written.incident, written.template, version),
            incident=written.incident,
            realm=realm,
            template=written.template,
            version=version,
            created_by=actor.name,
            created_at=self.clock(),
            draft=written,
        )
        casework.add_draft(connection, stored)
        self._audit(connection, actor, "draft.write", stored.id, written.content_hash + _chosen_manner(written))
        return stored

    def _registry_facts(self, incident: Incident) -> Iterable[Fact]:
        now = self.now(incident.realm).astimezone(CHINA)
        values = {
            FactKey.company: self.company.name,
            FactKey.hotline: self.company.hotline,
            FactKey.statement_date: f"{now.year}年{now.month}月{now.day}日",
        }
        for key, value in values.items():
            yield Fact(
                id=derived_id("fact", incident.id, key, value, "registry", key),
                incident=incident.id,
                key=key,
                value=value,
                source=FactSource(kind="registry", ref=key),
                status=FactStatus.confirmed,
                proposed_by="系统",
                confirmed_by="系统",
                confirmed_at=now,
            )


def _chosen_manner(written: Draft) -> str:
    """The strategy that a person chose instead of the advised one, with the reason."""
    note = written.strategy
    return "" if note is None or note.chosen_for is None else f"；{note.title}：{note.chosen_for}"
