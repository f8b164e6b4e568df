"""What is wrong with an entry while it is edited: its own file, and what it breaks beside the other entries."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Never, TypeVar
from unicodedata import category

from engine.drafting.template_review import review_template
from engine.errors import InputError
from engine.knowledge_base.places import EntryPlace
from knowledge.document import Document
from knowledge.errors import BadKnowledgeError, Fault
from knowledge.lint import lint
from knowledge.loader import Knowledge, parse_entry
from knowledge.schema import AnyEntry, PastIncident, Playbook, Regulation, Template
from knowledge.similarity import FIELDS, alike_to

LONGEST_TEXT: Final = 200_000
One = TypeVar("One", bound=AnyEntry)
_PLACEHOLDER: Final = re.compile(
    r"(: |- |\[)填写(标题|责任部门|平台|规模|概述|起因|转折|部门|做法|材料|结果|教训|用户原话)"
)
_HIDDEN: Final = ("Cc", "Cf", "Co", "Cs", "Cn")


@dataclass(frozen=True, slots=True)
class EntryReading:
    """What a text says (`entry` is None while it has faults that leave no entry) and all that is wrong with it."""

    entry: AnyEntry | None
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether it may be put up for approval."""
        return self.entry is not None and not self.faults


def read_entry_text(place: EntryPlace, text: str, knowledge: Knowledge) -> EntryReading:
    """Read the text of an entry and see it beside all others. Faults name the file as the knowledge folder does."""
    hidden = (*_hidden_characters(place.file, text), *_left_open(place.file, text))
    try:
        entry, document = parse_entry(place.file, text)
    except BadKnowledgeError as bad:
        return EntryReading(None, tuple(sorted({*hidden, *bad.faults})))
    if isinstance(entry, PastIncident):
        found = set(_incident_faults(entry, document, knowledge))
    else:
        found = set(_faults_beside(entry, document, knowledge))
    return EntryReading(entry, tuple(sorted({*hidden, *found})))


def ensure_keepable(text: str) -> None:
    """Refuse a text that the store should not keep. Raises InputError."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise InputError(f"内容不能为空，且不超过{LONGEST_TEXT}个字", field="原文")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InputError(f"第 {line} 行有不能保存的字符（不成对的编码），请删去", field="原文") from error
    if "\x00" in text:
        raise InputError("含有不能保存的空字符，请删去", field="原文")


def _hidden_characters(file: str, text: str) -> Iterator[Fault]:
    """Characters that nobody sees may turn what everybody reads."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.isascii() and any(category(char) in _HIDDEN for char in line):
            yield Fault(file, number, "有看不见的控制字符，请删去")


def _left_open(file: str, text: str) -> Iterator[Fault]:
    """What a new entry begins with, and nobody filled in."""
    for number, line in enumerate(text.split("\n"), start=1):
        yield from (Fault(file, number, f"还没有填写：{found[2]}") for found in _PLACEHOLDER.finditer(line))


def _incident_faults(incident: PastIncident, document: Document, knowledge: Knowledge) -> Iterator[Fault]:
    alone = _only(knowledge, {incident.id: incident}, {incident.id: document})
    yield from (fault for fault in lint(alone) if fault.file == document.file)
    for other, field, value in alike_to(incident, knowledge.incidents.values()):
        yield document.fault((field,), f"{FIELDS[field]}与“{other}”过于相似（{value:.2f}）")


def _faults_beside(entry: AnyEntry, document: Document, knowledge: Knowledge) -> Iterator[Fault]:
    """All faults of the file, and those that the others have only since it was changed."""
    before = _lint_without_incidents(_Once(_only(knowledge, {}, knowledge.documents)))
    after = lint(_with(_only(knowledge, {}, knowledge.documents), entry, document))
    yield from (fault for fault in after if fault.file == document.file or fault not in before)
    if isinstance(entry, Template):
        for wrong in review_template(entry, document.text, document.file):
            line = wrong.place.rpartition(":")[2]
            yield Fault(document.file, int(line) if line.isdigit() else 1, wrong.message)


@dataclass(frozen=True, eq=False, slots=True)
class _Once:
    """A knowledge base by its hash, so that it is linted once."""

    knowledge: Knowledge

    def __hash__(self) -> int:
        return hash(self.knowledge.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once) and other.knowledge.hash == self.knowledge.hash


@lru_cache(maxsize=4)
def _lint_without_incidents(once: _Once) -> frozenset[Fault]:
    return frozenset(lint(once.knowledge))


def _only(knowledge: Knowledge, incidents: Mapping[str, PastIncident], documents: Mapping[str, Document]) -> Knowledge:
    """The knowledge base with these past incidents alone, or (with the same documents) without any."""
    kept = {name: one for name, one in documents.items() if name in incidents or name not in knowledge.incidents}
    if incidents:
        return replace(_NOTHING, incidents=MappingProxyType(dict(incidents)), documents=MappingProxyType(kept))
    return replace(knowledge, incidents=MappingProxyType({}), documents=MappingProxyType(kept))


_NONE: Final[Mapping[str, Never]] = MappingProxyType({})
_NOTHING: Final = Knowledge(_NONE, _NONE, _NONE, _NONE, _NONE, "")


def _with(knowledge: Knowledge, entry: AnyEntry, document: Document) -> Knowledge:
    """The knowledge base with one entry more, or another one in its place."""
    documents = MappingProxyType({**knowledge.documents, entry.id: document})
    match entry:
        case Playbook():
            return replace(knowledge, documents=documents, playbooks=_put(knowledge.playbooks, entry))
        case Template():
            return replace(knowledge, documents=documents, templates=_put(knowledge.templates, entry))
        case Regulation():
            return replace(knowledge, documents=documents, regulations=_put(knowledge.regulations, entry))
        case _:
            return replace(knowledge, documents=documents)


def _put(known: Mapping[str, One], entry: One) -> Mapping[str, One]:
    return MappingProxyType(dict(sorted({**known, entry.id: entry}.items())))


def told(faults: Iterable[Fault]) -> tuple[str, ...]:
    """Faults as people read them, with file and line."""
    return tuple(f"knowledge/{fault}" for fault in faults)
