"""What people work on within an incident: tasks, facts, drafts, approvals."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from engine.drafting.document import Draft
from engine.errors import NotFound
from engine.model import Approval, Fact, Frozen, Incident, Realm, Task
from engine.store.outcomes import task_columns
from engine.store.tables import approvals, drafts, facts, incidents, tasks


class StoredDraft(Frozen):
    """A draft as kept: its place among the versions of (incident, template)."""

    id: str
    incident: str
    realm: Realm
    template: str
    version: int
    created_by: str
    created_at: datetime
    draft: Draft


def load_incident(connection: Connection, incident: str) -> Incident:
    """An incident as it stands. Raises NotFound."""
    document = connection.execute(select(incidents.c.document).where(incidents.c.id == incident)).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有编号为 {incident} 的事件")
    return Incident.model_validate_json(document)


def load_task(connection: Connection, task: str) -> Task:
    """A task. Raises NotFound."""
    document = connection.execute(select(tasks.c.document).where(tasks.c.id == task)).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有编号为 {task} 的任务")
    return Task.model_validate_json(document)


def save_task(connection: Connection, task: Task) -> None:
    """Keep a task's new state."""
    connection.execute(update(tasks).where(tasks.c.id == task.id).values(**task_columns(task)))


def load_facts(connection: Connection, incident: str) -> tuple[Fact, ...]:
    """An incident's register, in the order of keys; of one key what most voices say first: a draft that may say only
    what is reported takes the first.
    """
    rows = connection.execute(
        select(facts.c.document).where(facts.c.incident == incident).order_by(facts.c.key, facts.c.id)
    ).scalars()
    found = (Fact.model_validate_json(document) for document in rows)
    return tuple(sorted(found, key=lambda fact: (fact.key, -(fact.voices or 0))))


def load_fact(connection: Connection, fact: str) -> Fact:
    """A fact. Raises NotFound."""
    document = connection.execute(select(facts.c.document).where(facts.c.id == fact)).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有编号为 {fact} 的事实")
    return Fact.model_validate_json(document)


def save_fact(connection: Connection, fact: Fact) -> None:
    """Keep a fact, new or changed."""
    values = {"incident": fact.incident, "key": fact.key, "document": fact.model_dump_json()}
    changed = connection.execute(update(facts).where(facts.c.id == fact.id).values(**values))
    if not changed.rowcount:
        connection.execute(insert(facts).values(id=fact.id, **values))


def next_version(connection: Connection, incident: str, template: str) -> int:
    """The version that the next draft of (incident, template) gets."""
    query = select(func.max(drafts.c.version)).where(drafts.c.incident == incident, drafts.c.template == template)
    return (connection.execute(query).scalar_one() or 0) + 1


def add_draft(connection: Connection, stored: StoredDraft) -> None:
    """Keep a draft; a draft is never changed afterwards."""
    connection.execute(
        insert(drafts).values(
            id=stored.id,
            incident=stored.incident,
            realm=stored.realm,
            template=stored.template,
            version=stored.version,
            created_by=stored.created_by,
            created_at=int(stored.created_at.timestamp()),
            content_hash=stored.draft.content_hash,
            document=stored.model_dump_json(),
        )
    )


def load_draft(connection: Connection, draft: str) -> StoredDraft:
    """A draft. Raises NotFound."""
    document = connection.execute(select(drafts.c.document).where(drafts.c.id == draft)).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有编号为 {draft} 的草稿")
    return StoredDraft.model_validate_json(document)


def load_drafts(
    connection: Connection, realm: Realm, *, incident: str | None = None, template: str | None = None
) -> list[StoredDraft]:
    """Drafts, newest first."""
    query = select(drafts.c.document).where(drafts.c.realm == realm)
    if incident:
        query = query.where(drafts.c.incident == incident)
    if template:
        query = query.where(drafts.c.template == template)
    rows = connection.execute(
        query.order_by(drafts.c.created_at.desc(), drafts.c.version.desc(), drafts.c.id)
    ).scalars()
    return [StoredDraft.model_validate_json(document) for document in rows]


def load_approvals(connection: Connection, draft_ids: Sequence[str]) -> dict[str, list[Approval]]:
    """The decisions on each draft, oldest first."""
    rows = connection.execute(
        select(approvals.c.document)
        .where(approvals.c.draft.in_(draft_ids))
        .order_by(approvals.c.submitted_at, approvals.c.id)
    ).scalars()
    found: dict[str, list[Approval]] = {draft: [] for draft in draft_ids}
    for document in rows:
        one = Approval.model_validate_json(document)
        found[one.draft].append(one)
    return found


def save_approval(connection: Connection, approval: Approval) -> None:
    """Keep a submission or its decision."""
    values = {
        "draft": approval.draft,
        "status": approval.status,
        "submitted_at": int(approval.submitted_at.timestamp()),
        "document": approval.model_dump_json(),
    }
    changed = connection.execute(update(approvals).where(approvals.c.id == approval.id).values(**values))
    if not changed.rowcount:
        connection.execute(insert(approvals).values(id=approval.id, **values))
