"""Commands on how each monitoring tool names its columns; kept per source."""

from sqlalchemy import delete, insert, select

from engine.command_base import Commands
from engine.intake import ColumnMapping
from engine.model import Actor
from engine.permissions import Permission, require
from engine.store.tables import column_mappings


class MappingCommands(Commands):
    """See `engine.commands.Desk`."""

    def column_mapping(self, actor: Actor, source: str) -> ColumnMapping | None:
        """The mapping that was kept for a source."""
        require(actor, Permission.ingest)
        query = select(column_mappings.c.document).where(column_mappings.c.source == source)
        with self.database.read() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return ColumnMapping.model_validate_json(document) if document else None

    def keep_column_mapping(self, actor: Actor, mapping: ColumnMapping) -> None:
        """Keep a source's mapping for the next import; replaces the one before."""
        require(actor, Permission.ingest)
        with self.database.write() as connection:
            connection.execute(delete(column_mappings).where(column_mappings.c.source == mapping.source))
            connection.execute(
                insert(column_mappings).values(source=mapping.source, document=mapping.model_dump_json())
            )
            self._audit(connection, actor, "mapping.keep", mapping.source, f"{len(mapping.columns)} 列")
