"""Where the file of an entry lies: the id says it."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from engine.errors import InputError, NotFound

_NAME: Final = re.compile(r"[a-z0-9_]{1,80}")


class EntryKind(StrEnum):
    """What an entry of the knowledge base is."""

    incident = "incident"
    playbook = "playbook"
    template = "template"
    regulation = "regulation"


KIND_TITLES: Final = {
    EntryKind.incident: "历史事件",
    EntryKind.playbook: "预案",
    EntryKind.template: "声明模板",
    EntryKind.regulation: "法规",
}
_FOLDERS: Final = {
    "inc": (EntryKind.incident, "incidents", 2),
    "pb": (EntryKind.playbook, "playbooks", 1),
    "tpl": (EntryKind.template, "templates", 2),
    "reg": (EntryKind.regulation, "regulations", 1),
}


class EntryPlace(NamedTuple):
    """An entry's id, its kind, and its file below the knowledge folder."""

    entry: str
    kind: EntryKind
    file: str

    @property
    def path(self) -> str:
        """The file as a release names it."""
        return f"knowledge/{self.file}"

    @property
    def by_release(self) -> bool:
        """Whether changes come into force with a release; past incidents do by review."""
        return self.kind is not EntryKind.incident


def place_of(entry: str) -> EntryPlace:
    """The place of an entry, whether there is one or not. Raises NotFound for what is no entry's id."""
    prefix, *names = entry.split(".")
    kind, folder, depth = _FOLDERS.get(prefix, (None, "", 0))
    if kind is None or len(names) != depth or not all(map(_NAME.fullmatch, names)):
        raise NotFound(f"知识库里没有“{shown(entry)}”")
    return EntryPlace(entry, kind, f"{folder}/{'/'.join(names)}.yaml")


def entry_of(path: str) -> str | None:
    """The id of the entry whose file a release names so; None for other files."""
    top, *parts = path.removesuffix(".yaml").split("/")
    if top != "knowledge" or not parts:
        return None
    found = next((prefix for prefix, (_, folder, _) in _FOLDERS.items() if folder == parts[0]), None)
    return ".".join((found, *parts[1:])) if found else None


def incident_place(entry: object) -> EntryPlace:
    """The place of a past incident. Raises InputError for what cannot be its id."""
    try:
        place = place_of(entry if isinstance(entry, str) else "")
    except NotFound:
        place = None
    if place is None or place.kind is not EntryKind.incident:
        raise InputError("应写作 inc.类别.名称，名称只用小写字母、数字和下划线", field="id")
    return place


def shown(text: str) -> str:
    """A word from outside, short and printable."""
    return "".join(char if char.isprintable() else "?" for char in text[:80])
