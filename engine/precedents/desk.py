"""Finding precedents, comparing with them, and taking both away as files; who took what is in the audit chain."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from engine.command_base import Commands
from engine.errors import InputError, NotFound
from engine.knowledge_base.in_force import incidents_in_force
from engine.model import Actor, Frozen
from engine.permissions import Permission, require
from engine.precedents.compare import compare_live, compare_past
from engine.precedents.finding import Found, KnowledgeOverview, browse, found, overview
from engine.precedents.material import live_incident
from engine.precedents.query import PrecedentQuery
from engine.precedents.tables import comparison_csv, found_csv
from engine.precedents.views import Comparison
from engine.store import casework
from knowledge.schema import PastIncident
from retrieval.filters import SearchFilters
from retrieval.results import SearchResult

SHOWN: Final = 10
EXPORTED: Final = 50
_CHOICES: Final = 5
_PAST: Final = "inc."
_INCIDENTS: Final = SearchFilters(kinds=frozenset({"incident"}))


class FileFormat(StrEnum):
    """What a report may be written as."""

    csv = "csv"
    docx = "docx"


class ExportFile(Frozen):
    """A file to take away; `name` is Chinese, with its ending."""

    name: str
    media_type: str
    content: bytes


_MEDIA: Final = {
    FileFormat.csv: "text/csv; charset=utf-8",
    FileFormat.docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class PrecedentCommands(Commands):
    """See `engine.commands.Desk`."""

    def find_precedents(self, actor: Actor, query: PrecedentQuery, k: int = SHOWN) -> Found:
        """The `k` nearest entries within the filters, or plainly none; without words the past incidents within the
        filters, newest first. Raises QueryError for words that say nothing and for filters that contradict each other.
        """
        require(actor, Permission.search)
        filters, incidents = query.filters(), self._past_incidents()
        if not query.q:
            return browse(query, incidents.values(), self.clock(), k)
        return found(query, self.searcher.search(query.q, k=k, filters=filters), incidents, self.clock())

    def knowledge_overview(self, actor: Actor) -> KnowledgeOverview:
        """What there is to find: counts, our newest, the worst and the best."""
        require(actor, Permission.search)
        knowledge = self.release.knowledge
        return overview(self._past_incidents().values(), len(knowledge.playbooks), len(knowledge.templates))

    def precedents_for(self, actor: Actor, incident: str) -> Found:
        """The past incidents nearest to an incident of our own, or to a past one. Raises NotFound."""
        require(actor, Permission.search)
        if incident.startswith(_PAST):
            result = self.searcher.similar(self._past(incident).id, k=_CHOICES, filters=_INCIDENTS)
        else:
            evidence = self.evidence(actor, incident)
            result = SearchResult(query="", no_precedent=evidence.no_precedent, hits=evidence.similar)
        return found(PrecedentQuery(), result, self._past_incidents(), self.clock())

    def compare_with_precedent(self, actor: Actor, incident: str, precedent: str) -> Comparison:
        """An incident of our own, or a past one, beside a past one. Raises NotFound; InputError for itself."""
        require(actor, Permission.search)
        if incident == precedent:
            raise InputError("请选择另一个案例来对照，自己不能与自己对照", field="先例")
        theirs = self._past(precedent)
        if incident.startswith(_PAST):
            return compare_past(self._past(incident), theirs)
        with self.database.read() as connection:
            ours = casework.load_incident(connection, incident)
            knowledge, now = self.shelf.in_force(ours.realm).knowledge, self.now(ours.realm)
            material = live_incident(connection, ours, knowledge, now)
        return compare_live(material, theirs)

    def export_precedents(self, actor: Actor, query: PrecedentQuery, form: FileFormat) -> ExportFile:
        """What a search found as a spreadsheet or a Word report. Raises QueryError for words that say nothing."""
        require(actor, Permission.export)
        answer = self.find_precedents(actor, query, EXPORTED)
        if form is FileFormat.csv:
            content = found_csv(answer)
        else:
            from engine.precedents.reports import found_report  # noqa: PLC0415 - reading python-docx takes its time

            content = found_report(answer, self._past_incidents(), actor.role)
        return self._taken(actor, "precedent.export", "search", "案例检索", form, content)

    def export_comparison(self, actor: Actor, incident: str, precedent: str, form: FileFormat) -> ExportFile:
        """A comparison as a spreadsheet or a Word report. Raises NotFound; InputError for itself."""
        require(actor, Permission.export)
        comparison = self.compare_with_precedent(actor, incident, precedent)
        if form is FileFormat.csv:
            content = comparison_csv(comparison)
        else:
            from engine.precedents.reports import comparison_report  # noqa: PLC0415 - see above

            content = comparison_report(comparison, actor.role, self.clock())
        return self._taken(actor, "comparison.export", incident, "先例对照", form, content, precedent)

    def _taken(
        self, actor: Actor, action: str, subject: str, name: str, form: FileFormat, content: bytes, beside: str = ""
    ) -> ExportFile:
        """The file, once the audit chain tells who took it; not what was searched for: it may quote people."""
        with self.database.write() as connection:
            self._audit(connection, actor, action, subject, f"{beside} {form}".strip())
        return ExportFile(name=f"{name}.{form}", media_type=_MEDIA[form], content=content)

    def _past(self, entry: str) -> PastIncident:
        past = self._past_incidents().get(entry)
        if past is None:
            raise NotFound("案例库中没有这个先例，可能已改名或停用")
        return past

    def _past_incidents(self) -> Mapping[str, PastIncident]:
        with self.database.read() as connection:
            return incidents_in_force(connection, self.release.knowledge.incidents)[1]
