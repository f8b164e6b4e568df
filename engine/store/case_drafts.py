"""Draft test cases, kept until they are decided and after."""

from sqlalchemy import Connection, delete, insert, select

from engine.errors import NotFound
from engine.model import Finding
from engine.rule_testing.drafts import CaseDraft, DraftStatus
from engine.store.tables import case_drafts, findings


def load_drafts(connection: Connection, status: DraftStatus) -> tuple[CaseDraft, ...]:
    """The drafts that stand so, newest first."""
    query = (
        select(case_drafts.c.document)
        .where(case_drafts.c.status == status)
        .order_by(case_drafts.c.made_at.desc(), case_drafts.c.id)
    )
    return tuple(CaseDraft.model_validate_json(document) for document in connection.execute(query).scalars())


def load_draft(connection: Connection, draft: str) -> CaseDraft:
    """One draft. Raises NotFound."""
    query = select(case_drafts.c.document).where(case_drafts.c.id == draft)
    document = connection.execute(query).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有编号为 {draft} 的用例草稿")
    return CaseDraft.model_validate_json(document)


def save_draft(connection: Connection, draft: CaseDraft) -> None:
    """Keep a draft; replaces the one before."""
    connection.execute(delete(case_drafts).where(case_drafts.c.id == draft.id))
    connection.execute(
        insert(case_drafts).values(
            id=draft.id,
            rule=draft.rule,
            status=draft.status,
            made_at=int(draft.made_at.timestamp()),
            document=draft.model_dump_json(exclude_defaults=True),
        )
    )


def loudest_findings(connection: Connection, incident: str) -> tuple[Finding, ...]:
    """Of each rule that spoke in an incident its first finding of the highest level, in the order of rule ids."""
    query = select(findings.c.document).where(findings.c.incident == incident).order_by(findings.c.brand_seq)
    found: dict[str, Finding] = {}
    for document in connection.execute(query).scalars():
        one = Finding.model_validate_json(document)
        known = found.get(one.rule)
        if known is None or one.level.rank > known.level.rank:
            found[one.rule] = one
    return tuple(found[rule] for rule in sorted(found))
