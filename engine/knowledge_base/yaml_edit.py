"""Change texts, lists and rows of a knowledge file where they stand; comments, order and layout stay as people wrote
them. Every change is read back, as in `rules.text_edit`, whose single values these build on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

import yaml

from rules.document import Place, parse_document
from rules.errors import BadRulesError
from rules.text_edit import (
    Scalar,
    TextEditError,
    as_item,
    checked,
    content_end,
    dash_column,
    find_node,
    line_end,
    plain_item,
    remove,
    set_inline,
    set_list,
    set_value,
)

MOST_LINES: Final = 50
_MARKS: Final = frozenset("[]{},?:#&*!|>'\"%@`")

__all__ = ["TextEditError", "add_row", "drop", "set_lines", "set_paragraphs", "set_value"]


def set_paragraphs(text: str, place: Place, value: str) -> str:
    """The text with other paragraphs where a block of lines (`|`) stands. Raises TextEditError."""
    node = find_node(text, place)
    lines = [line.rstrip() for line in value.strip().split("\n")]
    if not isinstance(node, yaml.ScalarNode) or node.style != "|":
        return set_value(text, place, " ".join(line for line in lines if line))
    start, end = node.start_mark.index, node.end_mark.index
    header = "|-" if "-" in text[start : line_end(text, start)].partition("#")[0] else "|"
    indent = " " * (_key_column(text, start) + 2)
    block = "\n".join([header, *(f"{indent}{line}" if line else "" for line in lines)])
    tail = "\n" if text[:end].endswith("\n") or header == "|" else ""
    told = "\n".join(lines) + ("\n" if header == "|" else "")
    return checked(f"{text[:start]}{block}{tail}{text[end:]}", place, told, before=text)


def set_lines(text: str, place: Place, items: Sequence[str], *, after: str | None = None) -> str:
    """The text with these items in a list of texts; items that stay are not touched. A list that is not there yet is
    added on top of the file behind `after`. Raises TextEditError, also for no item or more than `MOST_LINES`.
    """
    node, wanted = find_node(text, place), list(items)
    if not wanted:
        raise TextEditError("至少要留一行")
    if len(wanted) > MOST_LINES:
        raise TextEditError(f"一处最多 {MOST_LINES} 行，现在是 {len(wanted)} 行：没有写入，请删减或合并")
    if node is None:
        return set_list(text, place, wanted, after=after)
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(one, yaml.ScalarNode) for one in node.value):
        raise TextEditError("这一处不是逐条的文字，请在原文中修改")
    if node.flow_style:
        return set_inline(text, place, f"[{', '.join(map(_flow, wanted))}]")
    for written in (plain_item, _quoted):
        try:
            return checked(_spliced(text, node, [(one, written(one)) for one in wanted]), place, wanted, before=text)
        except TextEditError:
            continue
    raise TextEditError("这几行不能写成所填的内容，请在原文中修改")


def add_row(text: str, place: Place, fields: Mapping[str, Scalar]) -> str:
    """The text with one more row of fields at the end of a list, laid out as the row before. Raises TextEditError."""
    node = find_node(text, place)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise TextEditError("这一处不是逐行写的列表，请在原文中添加")
    last = node.value[-1]
    if isinstance(last, yaml.MappingNode) and last.flow_style:
        row = f"{{{', '.join(f'{key}: {_flow(value)}' for key, value in fields.items())}}}"
    else:
        row = "\n".join(f"{key}: {_flow(value)}" for key, value in fields.items())
    changed = _insert_after(text, last, row)
    before = parse_document("", text).data
    for part in place:
        before = before[part]
    return checked(changed, place, [*before, dict(fields)], before=text)


def drop(text: str, place: Place) -> str:
    """The text without this field or row; the last row of a list stays. Raises TextEditError."""
    owner = find_node(text, place[:-1])
    if isinstance(owner, yaml.SequenceNode) and len(owner.value) == 1:
        raise TextEditError("至少要留一行")
    return remove(text, place)


class _Edit(NamedTuple):
    """What comes in place of the characters from `start` up to `end`."""

    start: int
    end: int
    written: str


def _spliced(text: str, node: yaml.SequenceNode, items: Sequence[tuple[str, str]]) -> str:
    """The text with these items (each with how it is written) in a list; all edits are found before any is made, so
    that the text is read once however many there are.
    """
    before, wanted = [one.value for one in node.value], [value for value, _ in items]
    edits: list[_Edit] = []
    for kind, start, end, first, last in SequenceMatcher(None, before, wanted, autojunk=False).get_opcodes():
        if kind != "equal":
            edits += _item_edits(text, node, (start, end), [written for _, written in items[first:last]])
    for one in sorted(edits, reverse=True):
        text = f"{text[: one.start]}{one.written}{text[one.end :]}"
    return text


def _item_edits(text: str, node: yaml.SequenceNode, span: tuple[int, int], items: Sequence[str]) -> Iterator[_Edit]:
    """The items of a span replaced: one by one as far as both go, then the rest taken out or put in."""
    start, end = span
    old = node.value[start:end]
    for one, item in zip(old, items, strict=False):
        yield _Edit(one.start_mark.index, content_end(text, one), item)
    for one in old[len(items) :]:
        begin = text.rfind("\n", 0, one.start_mark.index) + 1
        yield _Edit(begin, line_end(text, content_end(text, one)) + 1, "")
    if added := items[end - start :]:
        yield _added(text, node, end, added)


def _added(text: str, node: yaml.SequenceNode, number: int, items: Sequence[str]) -> _Edit:
    """Items put in before the item of this number."""
    beside = node.value[max(number - 1, 0)]
    lines = [as_item(item, dash_column(text, beside)) for item in items]
    if number:
        at = line_end(text, content_end(text, beside))
        return _Edit(at, at, "".join(f"\n{line}" for line in lines))
    at = text.rfind("\n", 0, beside.start_mark.index) + 1
    return _Edit(at, at, "".join(f"{line}\n" for line in lines))


def _quoted(item: str) -> str:
    return json.dumps(item, ensure_ascii=False)


def _insert_after(text: str, node: yaml.Node, item: str) -> str:
    end = line_end(text, content_end(text, node))
    return f"{text[:end]}\n{as_item(item, dash_column(text, node))}{text[end:]}"


def _key_column(text: str, index: int) -> int:
    """The column of the key whose value stands at an index, behind the dash of a list."""
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return len(line) - len(line.lstrip(" -"))


def _flow(value: Scalar) -> str:
    """A value inside brackets, in quotes only where YAML needs them."""
    if not isinstance(value, str):
        return str(value)
    quoted = json.dumps(value, ensure_ascii=False)
    if any(char in _MARKS for char in value):
        return quoted  # readers of YAML differ in what they take for a mark inside brackets
    try:
        return value if parse_document("", f"[{value}]\n").data == [value] and "\n" not in value else quoted
    except BadRulesError:
        return quoted
