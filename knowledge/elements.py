"""The table of what a statement must say 必备内容: `elements.yaml`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.document import Document, parse_document
from knowledge.errors import BadKnowledgeError, Fault, suggest
from knowledge.schema.base import Level
from knowledge.schema.elements import RequiredElement
from knowledge.schema.templates import Template
from knowledge.validation import schema_faults

if TYPE_CHECKING:
    from knowledge.loader import Knowledge

FILE: Final = Path(__file__).with_name("elements.yaml")
Elements = Mapping[str, RequiredElement]


class _Table(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    elements: tuple[RequiredElement, ...]


@cache
def load_elements(path: Path = FILE) -> Elements:
    """All elements by id, in the order of the file. Raises BadKnowledgeError with every fault and its line."""
    return read_elements(path.name, path.read_text(encoding="utf-8"))


def read_elements(file: str, text: str) -> Elements:
    """The elements of a text. Raises BadKnowledgeError with every fault and its line."""
    return _read(parse_document(file, text))


def _read(document: Document) -> Elements:
    try:
        found = _Table.model_validate(document.data).elements
    except ValidationError as error:
        raise BadKnowledgeError(schema_faults(document, (_Table, RequiredElement), error)) from error
    known: dict[str, RequiredElement] = {}
    for number, element in enumerate(found):
        if element.id in known:
            raise BadKnowledgeError([document.fault(("elements", number, "id"), f"必备内容编号“{element.id}”重复")])
        known[element.id] = element
    return MappingProxyType(known)


def required_of(
    template: Template, level: Level | None = None, table: Elements | None = None
) -> Iterator[RequiredElement]:
    """What a statement of this template must say at a level, in the order of the table."""
    return (one for one in (table or load_elements()).values() if one.applies_to(template, level))


def element_faults(knowledge: "Knowledge", path: Path = FILE) -> Iterator[Fault]:
    """Elements that name a regulation which the register does not hold; a folder without any is not asked."""
    if not knowledge.regulations:
        return
    document = parse_document(path.name, path.read_text(encoding="utf-8"))
    for number, element in enumerate(_read(document).values()):
        if element.clause is not None and element.clause not in knowledge.regulations:
            message = f"法规库里没有“{element.clause}”{suggest(element.clause, knowledge.regulations)}"
            yield document.fault(("elements", number, "clause"), message)
