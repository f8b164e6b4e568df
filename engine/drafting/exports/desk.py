"""Exports for people: a draft as a file or as words to paste; the audit chain tells who took it."""

from sqlalchemy import Connection

from engine.drafting.exports.exporting import DraftExport, ExportForm, Statement, export, to_post
from engine.drafting.exports.length import fold_note
from engine.drafting.exports.standing import Standing
from engine.model import Actor
from engine.permissions import Permission, require
from engine.publishing.commands import PublicationCommands
from engine.store import casework


class ExportCommands(PublicationCommands):
    """See `engine.commands.Desk`."""

    def export_draft(self, actor: Actor, draft_id: str, form: ExportForm, *, with_sources: bool = False) -> DraftExport:
        """A draft as a file; one that is not approved says so on itself. Raises NotFound."""
        require(actor, Permission.export)
        with self.database.write() as connection:
            statement = self._statement(connection, draft_id, with_sources=with_sources)
            detail = f"{ExportForm(form)} {statement.state}"
            self._audit(connection, actor, "draft.export", draft_id, detail)
        return export(statement, ExportForm(form))

    def draft_post(self, actor: Actor, draft_id: str) -> str:
        """The words to paste where they are published, with the mark to be read; a draft that must not go out begins
        with why. Raises NotFound.
        """
        require(actor, Permission.export)
        with self.database.write() as connection:
            statement = self._statement(connection, draft_id)
            self._audit(connection, actor, "draft.export", draft_id, f"copy {statement.state}")
        warnings = "".join(f"【{line}】\n" for line in statement.warnings)
        return warnings + to_post(statement)

    def draft_standing(self, actor: Actor, draft_id: str) -> Standing:
        """Whether a draft may be published as it is now. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            statement = self._statement(connection, draft_id)
        note = fold_note(to_post(statement), statement.template.channel)
        return statement.standing.model_copy(update={"advice": (note,) if note else ()})

    def _statement(self, connection: Connection, draft_id: str, *, with_sources: bool = False) -> Statement:
        stored = casework.load_draft(connection, draft_id)
        approvals = casework.load_approvals(connection, [draft_id])[draft_id]
        standing = self._standing(connection, stored)
        decided = approvals[-1].decided_at if standing.approved and approvals else None
        return Statement(
            draft=stored.draft,
            standing=standing,
            at=decided or stored.created_at,
            version=stored.version,
            about=self._draft_publications(connection, stored).about,
            with_sources=with_sources,
        )
