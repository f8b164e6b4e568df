"""Read the knowledge folder: every entry checked against its schema, every fault shown at once with file and line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from knowledge.document import Document, parse_document
from knowledge.errors import BadKnowledgeError, Fault, UnknownEntryError
from knowledge.schema import AnyEntry, Entry, PastIncident, Playbook, Regulation, Template
from knowledge.slots import slot_faults
from knowledge.validation import read_entry

FOLDER: Final = Path(__file__).parent
KINDS: Final[dict[str, type[AnyEntry]]] = {
    "incidents": PastIncident,
    "playbooks": Playbook,
    "templates": Template,
    "regulations": Regulation,
}
_PREFIXES: Final = {"incidents": "inc", "playbooks": "pb", "templates": "tpl", "regulations": "reg"}
_HOLDING: Final = "holding_"
_DEPTHS: Final = {"incidents": 2, "playbooks": 1, "templates": 2, "regulations": 1}

Kind = TypeVar("Kind", bound=Entry)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All entries by id (sorted), the files they came from, and one content hash over all files (BLAKE2b, hex)."""

    incidents: Mapping[str, PastIncident]
    playbooks: Mapping[str, Playbook]
    templates: Mapping[str, Template]
    regulations: Mapping[str, Regulation]
    documents: Mapping[str, Document]
    hash: str

    def template_source(self, template: str) -> str:
        """The YAML text of a template as it is on disk. Raises UnknownEntryError."""
        if template not in self.templates:
            raise UnknownEntryError(template, self.templates)
        return self.documents[template].text


def load_knowledge(root: Path = FOLDER) -> Knowledge:
    """Load and check all entries below `root`. Raises BadKnowledgeError with every fault of every file."""
    faults: list[Fault] = []
    entries: dict[str, AnyEntry] = {}
    documents: dict[str, Document] = {}
    digest = blake2b(digest_size=32)
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        try:
            content = _content(name, path)
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            entry, document = parse_entry(name, _decode(name, content))
        except BadKnowledgeError as bad:
            faults += bad.faults
        else:
            entries[entry.id], documents[entry.id] = entry, document
    if faults:
        raise BadKnowledgeError(faults)
    return Knowledge(
        _of(PastIncident, entries.values()),
        _of(Playbook, entries.values()),
        _of(Template, entries.values()),
        _of(Regulation, entries.values()),
        MappingProxyType(documents),
        digest.hexdigest(),
    )


@lru_cache(maxsize=2048)
def parse_entry(file: str, text: str) -> tuple[AnyEntry, Document]:
    """One entry from the text of its file (named below the knowledge folder). Raises BadKnowledgeError with every fault
    of its syntax, schema, place and slots; what other entries have to say is `knowledge.lint`'s. The same files are
    read again with every release: what was read is remembered.
    """
    document = parse_document(file, text)
    return _checked_entry(document), document


def _files(root: Path) -> list[Path]:
    return sorted(path for kind in KINDS for path in (root / kind).rglob("*.yaml"))


def _content(name: str, path: Path) -> bytes:
    if not path.is_file():
        raise BadKnowledgeError([Fault(name, 1, "不是文件（是文件夹，或指向的文件不存在），请改名或移走")])
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadKnowledgeError([Fault(name, 1, "无法读取，请检查文件的权限")]) from error


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadKnowledgeError([Fault(name, line, "文件不是 UTF-8 编码")]) from error


def _checked_entry(document: Document) -> AnyEntry:
    """The entry of one file, after its schema, its place in the folder and (for a template) its slots."""
    kind = document.file.split("/", 1)[0]
    entry = read_entry(document, KINDS[kind])
    faults = list(_place_faults(document, entry, kind))
    if isinstance(entry, Template):
        faults += slot_faults(document, entry)
    if faults:
        raise BadKnowledgeError(faults)
    return entry


def _place_faults(document: Document, entry: AnyEntry, kind: str) -> Iterable[Fault]:
    """An id says where its file lies, and the category is the folder's."""
    parts = document.file.removesuffix(".yaml").split("/")[1:]
    if len(parts) != _DEPTHS[kind]:
        yield document.fault((), f"文件放错了位置：{kind}/ 之下应有{_DEPTHS[kind]}级")
        return
    expected = ".".join((_PREFIXES[kind], *parts))
    if entry.id != expected:
        yield document.fault(("id",), f"编号“{entry.id}”与文件位置不符，应为“{expected}”")
    if isinstance(entry, Template):
        yield from _template_place_faults(document, entry, parts)
    folder_category = "any" if parts[0] == "holding" else parts[0]
    if not isinstance(entry, Regulation) and entry.category != folder_category:
        yield document.fault(("category",), f"类别“{entry.category}”与所在位置“{folder_category}”不符")


def _template_place_faults(document: Document, template: Template, parts: list[str]) -> Iterable[Fault]:
    """A template's file is named after its channel; one for the first hour of a category starts with `holding_`."""
    folder, name = parts
    if template.channel != name.removeprefix(_HOLDING):
        yield document.fault(("channel",), f"渠道“{template.channel}”与文件名“{name}”不符")
    if (template.kind == "holding") != (folder == "holding" or name.startswith(_HOLDING)):
        yield document.fault(
            ("kind",), "应急声明（kind: holding）放在 templates/holding/，或在类别文件夹中以 holding_ 开头命名"
        )


def _of(kind: type[Kind], entries: Iterable[AnyEntry]) -> Mapping[str, Kind]:
    found = {entry.id: entry for entry in entries if isinstance(entry, kind)}
    return MappingProxyType(dict(sorted(found.items())))
