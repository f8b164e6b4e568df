"""What can be seen of the knowledge base and its revisions."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.knowledge_base.checks import EntryReading, read_entry_text
from engine.knowledge_base.in_force import knowledge_in_force, parsed, text_in_force
from engine.knowledge_base.places import EntryKind, place_of
from engine.knowledge_base.revisions import Revision, RevisionState, newest_work, rests_on, settled, text_hash
from engine.knowledge_base.views import EntryRow, EntryWork, OpenRevision, RevisionRow
from engine.model import Actor
from engine.permissions import Permission, allowed, require
from engine.reads import Reads
from engine.releases.views import FileChange
from engine.releases.wording import file_change
from engine.store import knowledge_revisions as store
from knowledge.loader import Knowledge
from knowledge.schema import AnyEntry, PastIncident, Playbook, Regulation, Template

_KINDS = {
    PastIncident: EntryKind.incident,
    Playbook: EntryKind.playbook,
    Template: EntryKind.template,
    Regulation: EntryKind.regulation,
}


class KnowledgeReads(Reads):
    """See `engine.commands.Desk`."""

    def knowledge_list(self, actor: Actor) -> tuple[EntryRow, ...]:
        """Every entry in force, kind by kind; for those who may edit also withdrawn ones and what is only a draft."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            knowledge = knowledge_in_force(connection, self.release)
            newest = {one.entry: one for one in store.newest(connection)}
            gone = {row.entry for row in store.settled(connection, EntryKind.incident)} - set(knowledge.incidents)
            withdrawn = {one: settled(store.of_entry(connection, one)) for one in sorted(gone)}
        may_edit = allowed(actor.role, Permission.edit_knowledge)
        rows = [_row(entry, newest.get(entry.id) if may_edit else None) for entry in _entries(knowledge)]
        known = {row.entry for row in rows}
        if may_edit:
            rows += [
                _row_of_text(one, withdrawn.get(name) or one, name in withdrawn)
                for name, one in newest.items()
                if name not in known
            ]
        return tuple(sorted(rows, key=lambda row: (list(EntryKind).index(row.kind), row.entry)))

    def entries_in_force(self, actor: Actor) -> Mapping[str, str]:
        """The text of every entry in force by its file below the knowledge folder: the layout of the seeds."""
        require(actor, Permission.read)
        release = self.release
        with self.database.read() as connection:
            knowledge = knowledge_in_force(connection, release)
            own = {row.entry for row in store.settled(connection, EntryKind.incident)}
            found = {}
            for entry in _entries(knowledge):
                revisions = store.of_entry(connection, entry.id) if entry.id in own else ()
                text = text_in_force(release, entry.id, revisions)
                if text is not None:
                    found[place_of(entry.id).file] = text
        return MappingProxyType(dict(sorted(found.items())))

    def entry_work(self, actor: Actor, entry: str) -> EntryWork:
        """What editing an entry begins with. Raises NotFound when there is nothing of it yet."""
        require(actor, Permission.edit_knowledge)
        place = place_of(entry)
        with self.database.read() as connection:
            revisions = store.of_entry(connection, entry)
            now = text_in_force(self.release, entry, revisions)
        work, last = newest_work(revisions), settled(revisions)
        text = work.text if work else now if now is not None else last.text if last else None
        if text is None:
            raise NotFound(f"知识库里没有“{entry}”")
        return EntryWork(
            entry=entry,
            kind=place.kind,
            path=place.path,
            text=text,
            parent=text_hash(text),
            in_force=now,
            in_force_hash=text_hash(now),
            work=_open(work),
            release=work.release if work else None,
            incident=work.incident if work else None,
            is_stale=work is not None and not rests_on(revisions, work, text_hash(now)),
        )

    def check_entry(self, actor: Actor, entry: str, text: str) -> EntryReading:
        """What a text of an entry says, and all that is wrong with it beside the entries in force."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            knowledge = knowledge_in_force(connection, self.release)
        return read_entry_text(place_of(entry), text, knowledge)

    def entry_history(self, actor: Actor, entry: str) -> tuple[RevisionRow, ...]:
        """The revisions of an entry, newest first; who may not edit sees only what has been in force."""
        require(actor, Permission.read)
        path, release = place_of(entry).path, self.release
        with self.database.read() as connection:
            revisions = store.of_entry(connection, entry)
        now = text_in_force(release, entry, revisions)
        before = _texts(release.content.files.get(path) or _seed(release.knowledge, entry), revisions)
        rows = [_history_row(path, one, before.get(one.parent), one.text == now) for one in revisions]
        if not allowed(actor.role, Permission.edit_knowledge):
            rows = [row for row in rows if row.state in (RevisionState.in_force, RevisionState.withdrawn)]
        return tuple(reversed(rows))

    def entry_revision(self, actor: Actor, entry: str, revision: int) -> Revision:
        """One revision with its text. Raises NotFound."""
        require(actor, Permission.edit_knowledge)
        with self.database.read() as connection:
            return store.load(connection, place_of(entry).entry, revision)

    def entry_differences(self, actor: Actor, entry: str, old: int | None, new: int) -> FileChange:
        """What a revision changes against another one (None: against what is in force), in words. Raises NotFound."""
        require(actor, Permission.edit_knowledge)
        with self.database.read() as connection:
            after = store.load(connection, entry, new).text
            before = store.load(connection, entry, old).text if old is not None else self._entry_text(connection, entry)
        return file_change(place_of(entry).path, before, after)

    def entry_text_changes(self, actor: Actor, entry: str, text: str) -> FileChange:
        """What a text being edited changes of what is in force, in words."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            before = self._entry_text(connection, entry)
        return file_change(place_of(entry).path, before, text)

    def text_differences(self, actor: Actor, entry: str, old: str, new: str) -> FileChange:
        """What one text of an entry changes of another, in words."""
        require(actor, Permission.read)
        return file_change(place_of(entry).path, old, new)

    def entries_learned_from(self, actor: Actor, incident: str) -> tuple[Revision, ...]:
        """The revisions of past incidents that were learned from a live incident, oldest first."""
        require(actor, Permission.edit_knowledge)
        with self.database.read() as connection:
            return store.learned_from(connection, incident)

    def _entry_text(self, connection: Connection, entry: str) -> str | None:
        return text_in_force(self.release, entry, store.of_entry(connection, entry))


def _entries(knowledge: Knowledge) -> Iterator[AnyEntry]:
    yield from knowledge.incidents.values()
    yield from knowledge.playbooks.values()
    yield from knowledge.templates.values()
    yield from knowledge.regulations.values()


def _row(entry: AnyEntry, newest: Revision | None, *, in_force: bool = True, withdrawn: bool = False) -> EntryRow:
    categories = entry.categories if isinstance(entry, Regulation) else (entry.category,)
    return EntryRow(
        entry=entry.id,
        kind=_KINDS[type(entry)],
        title=entry.title,
        category=str(categories[0]) if len(categories) == 1 else None,
        categories=tuple(map(str, categories)),
        owner=entry.owner,
        reviewed_on=entry.reviewed_on,
        is_in_force=in_force,
        is_withdrawn=withdrawn,
        own=isinstance(entry, PastIncident) and entry.source == "own",
        verified=entry.verified if isinstance(entry, Regulation) else None,
        work=_open(newest)
        if newest and newest.state not in (RevisionState.in_force, RevisionState.withdrawn)
        else None,
    )


def _row_of_text(newest: Revision, shown: Revision, withdrawn: bool) -> EntryRow:
    """An entry that is not in force, as far as its text can be read."""
    entry = parsed(shown.entry, shown.text)
    if entry is not None:
        return _row(entry, newest, in_force=False, withdrawn=withdrawn)
    return EntryRow(
        entry=newest.entry,
        kind=newest.kind,
        title=newest.entry,
        category=None,
        categories=(),
        owner="",
        reviewed_on=None,
        is_in_force=False,
        is_withdrawn=withdrawn,
        work=_open(newest),
    )


def _open(revision: Revision | None) -> OpenRevision | None:
    if revision is None:
        return None
    return OpenRevision(number=revision.number, state=revision.state, author=revision.author, at=revision.at)


def _seed(knowledge: Knowledge, entry: str) -> str | None:
    document = knowledge.documents.get(entry)
    return document.text if document is not None else None


def _texts(seed: str | None, revisions: tuple[Revision, ...]) -> dict[str | None, str | None]:
    """The texts that revisions were edited from, by their hash."""
    return {None: None, text_hash(seed): seed, **{one.hash: one.text for one in revisions}}


def _history_row(path: str, one: Revision, before: str | None, current: bool) -> RevisionRow:
    return RevisionRow(
        number=one.number,
        state=one.state,
        author=one.author,
        at=one.at,
        reason=one.reason,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
        note=one.note,
        release=one.release,
        incident=one.incident,
        is_current=current and one.state is RevisionState.in_force,
        sentences=file_change(path, before, one.text).sentences if before is not None else (),
    )
