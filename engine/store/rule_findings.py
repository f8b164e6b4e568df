"""What each rule found, by rule: for its page."""

from datetime import datetime

from sqlalchemy import Connection, literal, select

from engine.errors import NotFound
from engine.model import Finding, Realm
from engine.store.tables import findings, shadow_findings


def findings_of_rule(
    connection: Connection, realm: Realm, rule: str, since: datetime, *, tried: bool
) -> list[tuple[Finding, str]]:
    """A rule's findings since then with the incident that each went to ('' for none), newest first. With `tried` what
    it would have announced while it was on trial.
    """
    table = shadow_findings if tried else findings
    home = literal("") if tried else table.c.incident
    query = (
        select(table.c.document, home.label("home"))
        .where(table.c.realm == realm, table.c.rule == rule, table.c.at >= int(since.timestamp()))
        .order_by(table.c.at.desc(), table.c.id)
    )
    rows = connection.execute(query)
    return [(Finding.model_validate_json(row.document), row.home or "") for row in rows]


def load_finding(connection: Connection, finding: str) -> tuple[Finding, str | None, bool]:
    """A finding, the incident that it went to, and whether it alerted. Raises NotFound."""
    row = connection.execute(
        select(findings.c.document, findings.c.incident).where(findings.c.id == finding)
    ).one_or_none()
    if row is not None:
        return Finding.model_validate_json(row.document), row.incident, True
    tried = connection.execute(
        select(shadow_findings.c.document).where(shadow_findings.c.id == finding)
    ).scalar_one_or_none()
    if tried is None:
        raise NotFound(f"没有编号为 {finding} 的判断")
    return Finding.model_validate_json(tried), None, False
