"""A YAML file that remembers on which line each of its values stands."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from rules.errors import BadRulesError, Fault

Place = tuple[str | int, ...]

MAX_OPENINGS: Final = 10_000
_REPOSITORY: Final = Path(__file__).parent.parent
_SYNTAX_HINTS: Final = {
    "could not find expected ':'": "缺少冒号",
    "mapping values are not allowed here": "此处不能再写“键: 值”，含冒号的文字请加引号",
    "expected <block end>, but found": "缩进不一致，或少了逗号、括号",
    "expected ',' or": "少了逗号或括号",
    "expected chomping or indentation indicators": '运算符 >、>= 要加引号，写作 ">="',
    "could not determine a constructor": '运算符 != 要加引号，写作 "!="',
    "found character '\\t'": "不能用制表符缩进",
}


class _PlainLoader(yaml.SafeLoader):
    """No aliases: a rule is read by people from top to bottom, and an alias to its own parent never ends. Only
    `true` and `false` are truth values, as in YAML 1.2: `on` is the day of a test case.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the base class has it
        first: [one for one in found if one[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "不支持别名（*），请写全", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """libyaml, where PyYAML was built with it: the same trees about ten times as fast."""

    yaml_implicit_resolvers = _PlainLoader.yaml_implicit_resolvers


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
    """Read one YAML text. Raises BadRulesError for broken syntax or an empty file; repeated keys are only noted."""
    try:
        node = _composed(text)
        if node is None:
            raise BadRulesError([Fault(file, 1, "文件是空的，请写入内容")])
        lines: dict[Place, int] = {}
        faults = _walk(file, node, (), lines)
        return Document(file, _PlainLoader("").construct_document(node), lines, tuple(faults))
    except yaml.YAMLError as error:
        raise BadRulesError([_syntax_fault(file, error)]) from error
    except RecursionError as error:
        raise BadRulesError([Fault(file, 1, "嵌套太深，请减少层次")]) from error


def _composed(text: str) -> yaml.Node | None:
    """The text as a tree. libyaml does not watch its depth, so it only gets texts with few openings; without a `*`
    they have no aliases; and what it refuses is read again for a better message.
    """
    openings = sum(text.count(sign) for sign in ("[", "{", "- ", "?", ":"))
    if "*" not in text and openings < MAX_OPENINGS:
        with suppress(yaml.YAMLError, UnicodeEncodeError):
            return yaml.compose(text, Loader=_FastLoader)
    return _PlainLoader(text).get_single_node()


def _syntax_fault(file: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.reader.ReaderError):
        return Fault(file, 1, f"第 {error.position + 1} 个字符是不允许的控制字符")
    problem = getattr(error, "problem", None) or str(error)
    hint = next((chinese for english, chinese in _SYNTAX_HINTS.items() if english in problem), problem)
    return Fault(file, mark.line + 1 if mark else 1, f"YAML 写法错误：{hint}")


def _walk(file: str, node: yaml.Node, place: Place, lines: dict[Place, int]) -> list[Fault]:
    """Fill `lines` below this node; gives the faults of repeated keys and of values that only look like dates."""
    lines.setdefault(place, node.start_mark.line + 1)
    faults: list[Fault] = []
    if isinstance(node, yaml.ScalarNode) and not _readable(node):
        faults.append(Fault(file, node.start_mark.line + 1, f"没有 {node.value} 这个日期，请改成日历上有的日期"))
        node.tag = "tag:yaml.org,2002:null"
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            faults += _walk(file, item, (*place, number), lines)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            line = key.start_mark.line + 1
            if inner in lines:
                faults.append(Fault(file, line, f'"{key.value}" 写了两次（先前在第 {lines[inner]} 行），请删去一处'))
                continue
            lines[inner] = line
            faults += _walk(file, value, inner, lines)
    return faults


def _readable(node: yaml.ScalarNode) -> bool:
    """False for what looks like a date and is none, such as 2024-02-31."""
    if node.tag == "tag:yaml.org,2002:str":
        return True
    try:
        yaml.SafeLoader("").construct_object(node)
    except ValueError:
        return False
    return True
