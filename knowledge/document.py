"""A YAML file that remembers on which line each of its values stands."""

from dataclasses import dataclass
from typing import Any

import yaml

from knowledge.errors import BadKnowledgeError, Fault
from plain_yaml import OTHER, NotPlain, compose, construct, key_fault, scalar_fault

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`data` as parsed, `text` as on disk, and the line of every place in it."""

    file: str
    text: str
    data: Any
    lines: dict[Place, int]

    def resolve(self, place: Place) -> Place:
        """The deepest place that really is in the file; parts that are not (union tags, missing keys) are skipped."""
        found: Place = ()
        for part in place:
            if (*found, part) in self.lines:
                found = (*found, part)
        return found

    def fault(self, place: Place, message: str) -> Fault:
        """A fault at the line of this place, or of the nearest part of it that the file has."""
        return Fault(self.file, self.lines[self.resolve(place)], message)


def parse_document(file: str, text: str) -> Document:
    """Read one YAML document. Raises BadKnowledgeError for broken syntax, a repeated key, a value that cannot be read,
    an empty file or one beyond all measure.
    """
    try:
        node = compose(text, OTHER)
        if node is None:
            raise BadKnowledgeError([Fault(file, 1, "文件是空的")])
        lines: dict[Place, int] = {}
        faults = list(_walk(file, node, (), lines))
        if faults:
            raise BadKnowledgeError(faults)
        return Document(file, text, construct(node), lines)
    except NotPlain as error:
        raise BadKnowledgeError([Fault(file, error.line, error.message)]) from error
    except RecursionError as error:
        raise BadKnowledgeError([Fault(file, 1, "嵌套太深，请减少层次")]) from error


def _walk(file: str, node: yaml.Node, place: Place, lines: dict[Place, int]) -> list[Fault]:
    """Fill `lines` below this node; gives the faults of keys and values."""
    lines.setdefault(place, node.start_mark.line + 1)
    faults: list[Fault] = []
    if isinstance(node, yaml.ScalarNode) and (wrong := scalar_fault(node)):
        faults.append(Fault(file, node.start_mark.line + 1, wrong))
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            faults += _walk(file, item, (*place, number), lines)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if wrong := key_fault(key):
                faults.append(Fault(file, line, wrong))
                continue
            inner = (*place, str(key.value))
            if inner in lines:
                faults.append(Fault(file, line, f"“{key.value}”写了两次（先前在第{lines[inner]}行）"))
                continue
            lines[inner] = line
            faults += _walk(file, value, inner, lines)
    return faults
