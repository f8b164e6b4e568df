"""What entries were learned from."""

from sqlalchemy import Connection, select

from engine.knowledge_base.revisions import RevisionState
from engine.model import Incident
from engine.store.tables import incidents
from engine.store.tables import knowledge_revisions as table


def sources(connection: Connection) -> dict[str, Incident]:
    """The live incident, as it stands, that an entry in force was learned from, by the entry."""
    query = (
        select(table.c.entry, incidents.c.document)
        .join(incidents, incidents.c.id == table.c.incident)
        .where(table.c.state == RevisionState.in_force)
        .order_by(table.c.entry, table.c.number)
    )
    return {row.entry: Incident.model_validate_json(row.document) for row in connection.execute(query)}
