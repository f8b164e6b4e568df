"""A YAML file that remembers on which line each of its values stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from plain_yaml import NotPlain, compose, construct, key_fault, limits_of, scalar_fault
from rules.errors import BadRulesError, Fault

Place = tuple[str | int, ...]

_REPOSITORY: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Document:
    """`data` as parsed, the line of every place in it, and the faults met on the way (repeated keys)."""

    file: str
    data: Any
    lines: dict[Place, int]
    faults: tuple[Fault, ...]

    def resolve(self, place: Place) -> Place:
        """The deepest place that really is in the file; parts that are not (union tags, missing keys) are skipped."""
        found: Place = ()
        for part in place:
            if (*found, part) in self.lines:
                found = (*found, part)
        return found

    def line(self, place: Place) -> int:
        """The line of this place, or of the nearest part of it that the file has."""
        return self.lines[self.resolve(place)]

    def fault(self, place: Place, message: str, example: Mapping[str, int | float | str | None] | None = None) -> Fault:
        """A fault at the line of this place, with the facts by which it is shown."""
        return Fault(self.file, self.line(place), message, example)


def file_name(path: Path) -> str:
    """The path as people know it: from the repository's root where it lies in there."""
    absolute = path.resolve()
    return absolute.relative_to(_REPOSITORY).as_posix() if absolute.is_relative_to(_REPOSITORY) else path.as_posix()


def read_document(path: Path) -> Document:
    """Read one YAML file. Raises BadRulesError when it cannot be read as YAML in UTF-8."""
    name, content = file_name(path), path.read_bytes()
    try:
        return parse_document(name, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadRulesError([Fault(name, line, "文件不是 UTF-8 编码")]) from error


def parse_document(file: str, text: str) -> Document:
    """Read one YAML text. Raises BadRulesError for broken syntax, an empty file or one beyond all measure; repeated
    keys and values that cannot be read are only noted.
    """
    try:
        node = compose(text, limits_of(file))
        if node is None:
            raise BadRulesError([Fault(file, 1, "文件是空的，请写入内容")])
        lines: dict[Place, int] = {}
        faults = _walk(file, node, (), lines)
        return Document(file, construct(node), lines, tuple(faults))
    except NotPlain as error:
        raise BadRulesError([Fault(file, error.line, error.message)]) from error
    except RecursionError as error:
        raise BadRulesError([Fault(file, 1, "嵌套太深，请减少层次")]) from error


def _walk(file: str, node: yaml.Node, place: Place, lines: dict[Place, int]) -> list[Fault]:
    """Fill `lines` below this node; gives the faults of keys and values. What is at fault is taken out of the tree."""
    lines.setdefault(place, node.start_mark.line + 1)
    faults: list[Fault] = []
    if isinstance(node, yaml.ScalarNode) and (wrong := scalar_fault(node)):
        faults.append(Fault(file, node.start_mark.line + 1, wrong))
        node.tag = "tag:yaml.org,2002:null"
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            faults += _walk(file, item, (*place, number), lines)
    if isinstance(node, yaml.MappingNode):
        for key, value in tuple(node.value):
            line = key.start_mark.line + 1
            if wrong := key_fault(key):
                faults.append(Fault(file, line, wrong))
                node.value.remove((key, value))
                continue
            inner = (*place, str(key.value))
            if inner in lines:
                faults.append(Fault(file, line, f'"{key.value}" 写了两次（先前在第 {lines[inner]} 行），请删去一处'))
                continue
            lines[inner] = line
            faults += _walk(file, value, inner, lines)
    return faults
