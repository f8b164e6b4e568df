"""Working copies of rule files, kept per author until they are proposed or given up."""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from engine.store.tables import rule_edits
from engine.views import RuleEdit


def load_edits(connection: Connection, author: str) -> tuple[RuleEdit, ...]:
    """An author's working copies in the order of their paths."""
    query = select(rule_edits).where(rule_edits.c.author == author).order_by(rule_edits.c.path)
    return tuple(
        RuleEdit(path=row.path, base=row.base, text=row.text, changed_at=datetime.fromtimestamp(row.changed_at, UTC))
        for row in connection.execute(query)
    )


def save_edit(connection: Connection, author: str, edit: RuleEdit) -> None:
    """Keep a working copy; replaces the one before."""
    drop_edit(connection, author, edit.path)
    connection.execute(
        insert(rule_edits).values(
            author=author,
            path=edit.path,
            base=edit.base,
            text=edit.text,
            changed_at=int(edit.changed_at.timestamp()),
        )
    )


def drop_edit(connection: Connection, author: str, path: str) -> None:
    """Give up a working copy."""
    connection.execute(delete(rule_edits).where(rule_edits.c.author == author, rule_edits.c.path == path))
