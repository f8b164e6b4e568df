"""YAML as people write it, read safely: what a text may be is checked before anything is built from it.

No aliases (a file is read from top to bottom, and few letters must not become millions of values), no explicit tags,
no merges, no more brackets and levels than a person would write. Every refusal is a sentence with its line. The lowest
room: rules and knowledge both read through it and still know nothing of each other.
"""

import re
from itertools import accumulate
from typing import Any, Final, NamedTuple

import yaml

MAX_DEPTH: Final = 60
"""How many brackets may be open at once."""
MAX_INDENT: Final = 120
"""How far a line may be indented."""
MAX_DIGITS: Final = 40

_STR: Final = "tag:yaml.org,2002:str"
_AGAIN: Final = 60_000
_OPENINGS: Final = ("[", "{", "- ", "-\n", "?", ":")
_FAR: Final = re.compile(rf"^[ \t\-?:]{{{MAX_INDENT}}}", re.MULTILINE)
_HALF: Final = re.compile("[\ud800-\udfff]")
_UNREADABLE: Final = (ValueError, LookupError, ArithmeticError, AttributeError, TypeError)
_HINTS: Final = {
    "could not find expected ':'": "缺少冒号",
    "mapping values are not allowed": "此处不能再写“键: 值”，含冒号的文字请加引号",
    "expected <block end>, but found": "缩进不一致，或少了逗号、括号",
    "did not find expected key": "缩进不一致，或少了逗号、括号",
    "did not find expected '-'": "缩进不一致，或少了逗号、括号",
    "expected ',' or": "少了逗号或括号",
    "expected chomping or indentation indicators": '运算符 >、>= 要加引号，写作 ">="',
    "found character '\\t'": "不能用制表符缩进",
    "unexpected end of stream": "引号没有配对",
    "unexpected document separator": "引号没有配对",
    "unknown escape character": "双引号里的反斜杠写法不对，请改用单引号",
    "cannot start any token": "以这个符号开头的文字请加引号",
    "alphabetic or numeric": "以 & 或 * 开头的文字请加引号",
    "expected a single document": "一个文件只能写一份内容，请删去 ---",
    "block sequence entries are not allowed": "列表的“- ”要另起一行",
}
_OTHERWISE: Final = "写法不对，请检查这一行的缩进、引号、括号和冒号"


class NotPlain(Exception):
    """A text that is not read; `message` is Chinese, `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message
        super().__init__(f"{line} {message}")


class Limits(NamedTuple):
    """The size (in characters) and the number of values that a text may have."""

    size: int
    openings: int


RULE: Final = Limits(60_000, 3_000)
TESTS: Final = Limits(400_000, 40_000)
OTHER: Final = Limits(1_000_000, 40_000)


class PlainLoader(yaml.SafeLoader):
    """Only `true` and `false` are truth values, as in YAML 1.2: `on` is the day of a test case."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the base class has it
        first: [one for one in found if one[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """libyaml, where PyYAML was built with it: the same trees about ten times as fast."""

    yaml_implicit_resolvers = PlainLoader.yaml_implicit_resolvers


def limits_of(file: str) -> Limits:
    """What a file of this name may be: a rule (also one without a name, in a form), its tests, or another file."""
    if file.endswith("_test.yaml"):
        return TESTS
    return RULE if not file or "packs/" in file else OTHER


def compose(text: str, limits: Limits) -> yaml.Node | None:
    """The text as a tree of nodes; None when nothing is in it. Raises NotPlain."""
    _check(text, limits)
    try:
        return _composed(text, FastLoader)
    except yaml.YAMLError as error:
        if len(text) > _AGAIN:
            raise _not_plain(error) from error
    try:
        return _composed(text, PlainLoader)  # it tells better what is wrong
    except yaml.YAMLError as error:
        raise _not_plain(error) from error


def compose_exactly(text: str, limits: Limits) -> yaml.Node | None:
    """As `compose`, by the slow reader alone, which tells to the character where each value stands."""
    _check(text, limits)
    try:
        return _composed(text, PlainLoader)
    except yaml.YAMLError as error:
        raise _not_plain(error) from error


def construct(node: yaml.Node) -> Any:
    """The values of a tree whose scalars and keys were checked. Raises NotPlain."""
    try:
        return PlainLoader("").construct_document(node)
    except (yaml.YAMLError, *_UNREADABLE) as error:
        raise NotPlain(node.start_mark.line + 1, "有读不出来的值，文字请加引号") from error


def scalar_fault(node: yaml.ScalarNode) -> str | None:
    """What is wrong with a single value: a day that no calendar has, a number without end. What only looks special
    becomes a text.
    """
    kind = node.tag.rpartition(":")[2]
    if kind in ("value", "merge"):
        node.tag = _STR
    if node.tag == _STR:
        half = _HALF.search(node.value) if not node.value.isascii() else None
        return "这段文字里有不成对的编码，请删去" if half else None
    shown = node.value if len(node.value) <= MAX_DIGITS else f"{node.value[:MAX_DIGITS]}…"
    if kind in ("int", "float") and len(node.value) > MAX_DIGITS:
        return f"数字 {shown} 太长，请改短；文字请加引号"
    try:
        PlainLoader("").construct_object(node)
    except (yaml.YAMLError, *_UNREADABLE):
        if kind == "timestamp":
            return f"没有 {shown} 这个日期，请改成日历上有的日期"
        return f"{shown} 读不出来，文字请加引号"
    return None


def key_fault(key: yaml.Node) -> str | None:
    """What is wrong with the name of a field. A name that looks like a date, a fraction or nothing is a text."""
    if not isinstance(key, yaml.ScalarNode):
        return "字段名只能是一个词，不能是列表或“键: 值”"
    if key.tag.endswith(":merge"):
        return "不支持合并（<<），请写全"
    if not key.tag.endswith(":int"):
        key.tag = _STR
    return scalar_fault(key)


def _check(text: str, limits: Limits) -> None:
    """Bounds that cost next to nothing to look at."""
    half = _HALF.search(text)
    if half:
        line = text.count("\n", 0, half.start()) + 1
        raise NotPlain(line, f"第 {half.start() + 1} 个字符是不允许的控制字符（不成对的编码），请删去")
    opened = accumulate((1 if char in "[{" else -1 for char in re.findall(r"[\[\]{}]", text)), _not_below_zero)
    if max(opened, default=0) > MAX_DEPTH:
        raise NotPlain(1, "嵌套太深，请减少层次")
    far = _FAR.search(text)
    if far:
        raise NotPlain(text.count("\n", 0, far.start()) + 1, "嵌套太深，请减少层次")
    if len(text) > limits.size:
        raise NotPlain(1, f"文件有 {len(text)} 个字符，最多 {limits.size} 个，请拆开或精简")
    found = sum(text.count(sign) for sign in _OPENINGS)
    if found > limits.openings:
        raise NotPlain(1, f"文件里的字段和列表项太多（约 {found} 处，最多 {limits.openings} 处），请拆开或精简")


def _not_below_zero(before: int, step: int) -> int:
    return max(before + step, 0)


def _composed(text: str, loader: Any) -> yaml.Node | None:
    if "*" in text or "!" in text:
        for event in yaml.parse(text, Loader=loader):
            _refuse(event)
    return yaml.compose(text, Loader=loader)


def _refuse(event: yaml.Event) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 1
    if isinstance(event, yaml.AliasEvent):
        raise NotPlain(line, "YAML 写法错误：不支持别名（*），请写全")
    tag = getattr(event, "tag", None)
    if tag == "!=":
        raise NotPlain(line, 'YAML 写法错误：运算符 != 要加引号，写作 "!="')
    if tag is not None:
        raise NotPlain(line, "YAML 写法错误：不支持标记（!），请直接写值；以 ! 开头的文字请加引号")


def _not_plain(error: yaml.YAMLError) -> NotPlain:
    if isinstance(error, yaml.reader.ReaderError):
        return NotPlain(1, f"第 {error.position + 1} 个字符是不允许的控制字符，请删去")
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    hint = next((chinese for english, chinese in _HINTS.items() if english in problem), _OTHERWISE)
    return NotPlain(mark.line + 1 if mark else 1, f"YAML 写法错误：{hint}")
