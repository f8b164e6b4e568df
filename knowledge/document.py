"""A YAML file that remembers on which line each of its values stands."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import yaml

from knowledge.errors import BadKnowledgeError, Fault

Place = tuple[str | int, ...]

MAX_OPENINGS: Final = 10_000
_SYNTAX_HINTS: Final = {
    "could not find expected ':'": "缺少冒号",
    "mapping values are not allowed here": "此处不能再写“键: 值”，含冒号的文字请加引号",
    "expected <block end>, but found": "缩进不一致",
    "found character '\\t'": "不能用制表符缩进",
}


class _PlainLoader(yaml.SafeLoader):
    """No aliases: an entry is read by people from top to bottom, and an alias to its own parent never ends."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "不支持别名（*），请写全", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """libyaml, where PyYAML was built with it: the same trees about ten times as fast."""


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
    """Read one YAML document. Raises BadKnowledgeError for broken syntax, a repeated key or an empty file."""
    loader = _PlainLoader(text)
    try:
        node = _composed(text) or loader.get_single_node()
        if node is None:
            raise BadKnowledgeError([Fault(file, 1, "文件是空的")])
        lines: dict[Place, int] = {}
        faults = list(_walk(file, node, (), lines))
        if faults:
            raise BadKnowledgeError(faults)
        return Document(file, text, loader.construct_document(node), lines)
    except yaml.YAMLError as error:
        raise BadKnowledgeError([_syntax_fault(file, error)]) from error
    finally:
        loader.dispose()


def _composed(text: str) -> yaml.Node | None:
    """The text as a tree, or None where the plain loader should read it. libyaml does not watch its depth, so it only
    gets texts with few openings; without a `*` they have no aliases; and what it refuses is told better by the other.
    """
    openings = sum(text.count(sign) for sign in ("[", "{", "- ", "?", ":"))
    if "*" in text or openings >= MAX_OPENINGS:
        return None
    with suppress(yaml.YAMLError, UnicodeEncodeError):
        return yaml.compose(text, Loader=_FastLoader)
    return None


def _syntax_fault(file: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    hint = next((chinese for english, chinese in _SYNTAX_HINTS.items() if english in problem), problem)
    return Fault(file, mark.line + 1 if mark else 1, f"YAML 语法错误：{hint}")


def _walk(file: str, node: yaml.Node, place: Place, lines: dict[Place, int]) -> list[Fault]:
    """Fill `lines` below this node; gives the faults of repeated keys."""
    lines.setdefault(place, node.start_mark.line + 1)
    faults: list[Fault] = []
    if isinstance(node, yaml.ScalarNode) and not _readable(node):
        faults.append(Fault(file, node.start_mark.line + 1, f"没有“{node.value}”这个日期"))
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            faults += _walk(file, item, (*place, number), lines)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            line = key.start_mark.line + 1
            if inner in lines:
                faults.append(Fault(file, line, f"“{key.value}”写了两次（先前在第{lines[inner]}行）"))
                continue
            lines[inner] = line
            faults += _walk(file, value, inner, lines)
    return faults


def _readable(node: yaml.ScalarNode) -> bool:
    """False for what looks like a date and is none, such as 2024-02-31."""
    if node.tag != "tag:yaml.org,2002:timestamp":
        return True
    try:
        yaml.SafeLoader("").construct_object(node)
    except ValueError:
        return False
    return True
