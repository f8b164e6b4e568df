"""What of the knowledge base is in force: the release's playbooks, templates and regulations, the program's past
incidents, and over these the past incidents that were reviewed here.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import Connection

from engine.drafting.document import canonical_json, content_hash
from engine.knowledge_base.places import EntryKind, place_of
from engine.knowledge_base.revisions import Revision, RevisionState, settled
from engine.releases.release import Release
from engine.releases.shelf import ReleaseShelf
from engine.store import knowledge_revisions as store
from engine.store.database import Database
from knowledge.errors import BadKnowledgeError
from knowledge.loader import Knowledge, parse_entry
from knowledge.schema import AnyEntry, PastIncident

Incidents = Mapping[str, PastIncident]


def incidents_in_force(connection: Connection, seeds: Incidents) -> tuple[str, Incidents]:
    """(key, past incidents by id): the seeds, with those revisions over them that people put in force; a withdrawn one
    is not there. The key changes with every revision put in force or withdrawn. A revision that this program's schema
    no longer takes leaves the seed in its place.
    """
    rows = store.settled(connection, EntryKind.incident)
    found = dict(seeds)
    for row in rows:
        if row.state is RevisionState.withdrawn:
            found.pop(row.entry, None)
        elif (entry := read_incident(store.load(connection, row.entry, row.number))) is not None:
            found[row.entry] = entry
    key = content_hash(canonical_json([list(row) for row in rows]))
    return key, MappingProxyType(dict(sorted(found.items())))


def incidents_key(connection: Connection) -> str:
    """The key of `incidents_in_force`, without reading any text."""
    return content_hash(canonical_json([list(row) for row in store.settled(connection, EntryKind.incident)]))


def read_incident(revision: Revision) -> PastIncident | None:
    """The past incident that a revision says; None when it cannot be read."""
    entry = parsed(revision.entry, revision.text)
    return entry if isinstance(entry, PastIncident) else None


def parsed(entry: str, text: str) -> AnyEntry | None:
    """What a text says of an entry; None when it cannot be read."""
    try:
        return parse_entry(place_of(entry).file, text)[0]
    except BadKnowledgeError:
        return None


def knowledge_in_force(connection: Connection, release: Release) -> Knowledge:
    """All entries in force; the documents of past incidents are the seeds'."""
    _, incidents = incidents_in_force(connection, release.knowledge.incidents)
    return replace(release.knowledge, incidents=incidents)


def text_in_force(release: Release, entry: str, revisions: tuple[Revision, ...]) -> str | None:
    """The text of an entry that is in force, given its revisions; None when there is none (any more)."""
    place = place_of(entry)
    if place.by_release:
        return release.content.files.get(place.path)
    last = settled(revisions)
    if last is not None:
        return last.text if last.state is RevisionState.in_force else None
    seed = release.knowledge.documents.get(entry)
    return seed.text if seed is not None else None


def entry_in_force(connection: Connection, release: Release, entry: str) -> AnyEntry | None:
    """An entry by its id as it is in force; None when there is none. Raises NotFound for what is no entry's id."""
    knowledge, place = release.knowledge, place_of(entry)
    if place.kind is EntryKind.incident and (last := settled(store.of_entry(connection, entry))) is not None:
        return read_incident(last) if last.state is RevisionState.in_force else None
    kinds: tuple[Mapping[str, AnyEntry], ...] = (
        knowledge.incidents,
        knowledge.playbooks,
        knowledge.templates,
        knowledge.regulations,
    )
    return next((kind[entry] for kind in kinds if entry in kind), None)


Searchable = tuple[str, tuple[AnyEntry, ...]]


class SearchedEntries:
    """What can be searched now, when called: (key, entries). The key changes with everything put in force; the entries
    are read again only then.
    """

    def __init__(self, database: Database, shelf: ReleaseShelf) -> None:
        self._database = database
        self._shelf = shelf
        self._known: Searchable | None = None

    def __call__(self) -> Searchable:
        """Raises ReleaseError as `ReleaseShelf.get`."""
        release = self._shelf.in_force(self._shelf.realm)
        with self._database.read() as connection:
            key = f"{release.hash}:{incidents_key(connection)}"
            known = self._known
            if known is None or known[0] != key:
                _, incidents = incidents_in_force(connection, release.knowledge.incidents)
                known = (key, searched_entries(release.knowledge, incidents))
                self._known = known
        return known


def searched_entries(knowledge: Knowledge, incidents: Incidents) -> tuple[AnyEntry, ...]:
    """What can be searched: these past incidents, and the playbooks and templates."""
    return (*incidents.values(), *knowledge.playbooks.values(), *knowledge.templates.values())
