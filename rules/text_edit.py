"""Change one value of a YAML text where it stands, so that comments, order and layout stay as people wrote them.

A form edits through this and an editor edits the text itself, so both show the same file. Every change is read back:
when the text then says anything but what was asked for, the value is written in quotes, and if that does not help
either, nothing is changed and TextEditError tells why.
"""

import json
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import yaml

from plain_yaml import OTHER, NotPlain, compose_exactly
from rules.document import Place, parse_document
from rules.errors import BadRulesError, RuleError

Scalar = str | int | float | date
_ITEM_INDENT: Final = "  "
_TOLD_CHARS: Final = 60


class TextEditError(RuleError):
    """A value that cannot be changed in this text; the text is as it was."""


def set_value(text: str, place: Place, value: Scalar, *, after: str | None = None) -> str:
    """The text with another value at this place (a whole number without decimals). Raises TextEditError.

    A field that is not there yet is added behind the field `after` of the same mapping; on top of the file `after` may
    be missing, it goes to the end then.
    """
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    node = find_node(text, place)
    if node is None:
        return _first_that_says(text, place, value, lambda written: _add_key(text, place, written, after))
    return _first_that_says(text, place, value, lambda written: _replace(text, node, written))


def set_inline(text: str, place: Place, written: str) -> str:
    """The text with another list or mapping, itself YAML, where one stands in brackets. Raises TextEditError."""
    node = find_node(text, place)
    if not isinstance(node, yaml.CollectionNode) or not node.flow_style:
        raise TextEditError(f"“{_name(place)}”没有写在一行的括号里，请在原文中修改")
    changed = f"{text[: node.start_mark.index]}{written}{text[node.end_mark.index :]}"
    return checked(changed, place, _parsed(written, place), before=text)


def set_list(text: str, place: Place, items: list[str], *, after: str | None = None) -> str:
    """The text with this list of texts under a top-level field, one item a line; an empty list takes the field away.
    Raises TextEditError.
    """
    without = remove(text, place) if find_node(text, place) is not None else text
    if not items:
        return without
    lines = [f"{place[0]}:", *(f"{_ITEM_INDENT}- {plain_item(item)}" for item in items)]
    changed = _put_back(text, without, place, "\n".join(lines), after)
    return checked(changed, place, items)


def add_item(text: str, place: Place, item: str, *, after: str | None = None) -> str:
    """The text with one more item (given as YAML, without its dash) at the end of a top-level list."""
    node = find_node(text, place)
    if node is None:
        return _add_field(text, f"{place[0]}:\n{as_item(item, len(_ITEM_INDENT))}", after)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise TextEditError(f"“{_name(place)}”不是逐行写的列表，请在原文中添加")
    column = dash_column(text, node.value[0])
    end = line_end(text, content_end(text, node.value[-1]))
    return f"{text[:end]}\n{as_item(item, column)}{text[end:]}"


def remove(text: str, place: Place) -> str:
    """The text without this field or list item, with its whole lines; a list that loses its last item goes as well."""
    owner = find_node(text, place[:-1])
    if isinstance(owner, yaml.SequenceNode) and len(owner.value) == 1:
        return remove(text, place[:-1])
    if isinstance(owner, yaml.MappingNode) and not owner.flow_style:
        for key, value in owner.value:
            if key.value == place[-1]:
                return _cut_lines(text, key.start_mark.index, content_end(text, value))
    if isinstance(owner, yaml.SequenceNode) and not owner.flow_style and isinstance(place[-1], int):
        item = owner.value[place[-1]]
        return _cut_lines(text, item.start_mark.index, content_end(text, item))
    raise TextEditError(f"“{_name(place)}”请在原文中删除")


def find_node(text: str, place: Place) -> yaml.Node | None:
    """The YAML node at a place; None when there is none. Raises TextEditError when the text is no YAML at all."""
    node = _compose(text)
    for part in place:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return node


def _compose(text: str) -> yaml.Node | None:
    try:
        return compose_exactly(text, OTHER)
    except (NotPlain, RecursionError) as error:
        raise TextEditError("原文目前不是完整的 YAML，请先在“原文”中改好标出的错误") from error


def _first_that_says(text: str, place: Place, value: Scalar, change: Callable[[str], str]) -> str:
    """As people would write it, else in quotes: whichever reads back as this value."""
    plain = value.isoformat() if isinstance(value, date) else _number(value) if not isinstance(value, str) else value
    for written in dict.fromkeys((plain, json.dumps(value, ensure_ascii=False) if isinstance(value, str) else plain)):
        if not written.strip() or "\n" in written:
            continue
        try:
            return checked(change(written), place, value, before=text)
        except TextEditError:
            continue
    raise TextEditError(f"“{_name(place)}”不能写成“{str(value)[:_TOLD_CHARS]}”，请在原文中修改")


def checked(changed: str, place: Place, value: Any, *, before: str | None = None) -> str:
    """The changed text if it says this at this place and nothing else changed."""
    data = _parsed(changed, place)
    expected = _parsed(before, place) if before is not None else None
    if _at(data, place) != value or type(_at(data, place)) is not type(value):
        raise TextEditError(f"“{_name(place)}”改后读出的不是所填的值")
    if expected is not None:
        _put(expected, place, value)
        if expected != data:
            raise TextEditError(f"“{_name(place)}”的改动会影响别处")
    return changed


def _parsed(text: str, place: Place) -> Any:
    try:
        return parse_document("", text).data
    except BadRulesError as error:
        raise TextEditError(f"“{_name(place)}”改后不再是完整的 YAML") from error


def _at(data: Any, place: Place) -> Any:
    """What stands at a place; None where the text cannot be read that far."""
    try:
        for part in place:
            data = data[part]
    except (LookupError, TypeError):
        return None
    return data


def _put(data: Any, place: Place, value: Any) -> None:
    for part in place[:-1]:
        data = data[part]
    data[place[-1]] = value


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _replace(text: str, node: yaml.Node, written: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise TextEditError("这一处不是单个的值，请在原文中修改")
    end = node.end_mark.index
    tail = "\n" if node.style in ("|", ">") and text[:end].endswith("\n") else ""
    return f"{text[: node.start_mark.index]}{written}{tail}{text[end:]}"


def _add_key(text: str, place: Place, written: str, after: str | None) -> str:
    if len(place) == 1:
        return _add_field(text, f"{place[0]}: {written}", after)
    owner = find_node(text, place[:-1])
    pairs = owner.value if isinstance(owner, yaml.MappingNode) and not owner.flow_style else []
    for key, value in pairs:
        if key.value == after:
            end = line_end(text, content_end(text, value))
            return f"{text[:end]}\n{' ' * key.start_mark.column}{place[-1]}: {written}{text[end:]}"
    raise TextEditError(f"文件中没有“{_name(place)}”这一处，请在原文中填写")


def _add_field(text: str, field: str, after: str | None) -> str:
    root = _compose(text)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise TextEditError("文件顶层应为“字段: 值”，请在原文中修改")
    before = next((value for key, value in root.value if key.value == after), None)
    end = line_end(text, content_end(text, before)) if before is not None else len(text.rstrip("\n"))
    return f"{text[:end]}\n{field}{text[end:]}" if text[end:] else f"{text[:end]}\n{field}\n"


def _put_back(text: str, without: str, place: Place, field: str, after: str | None) -> str:
    """The field where it stood before, else behind `after`."""
    root = _compose(text)
    keys = [key.value for key, _ in root.value] if isinstance(root, yaml.MappingNode) else []
    if place[0] in keys and keys.index(place[0]):
        after = keys[keys.index(place[0]) - 1]
    return _add_field(without, field, after)


def plain_item(item: str) -> str:
    """A list item as people would write it, in quotes only where YAML needs them."""
    quoted = json.dumps(item, ensure_ascii=False)
    try:
        return item if parse_document("", f"- {item}").data == [item] and "\n" not in item else quoted
    except BadRulesError:
        return quoted


def as_item(item: str, column: int) -> str:
    """An item, itself YAML, as lines with their dash at a column."""
    first, *others = item.rstrip("\n").splitlines()
    indent = " " * column
    return "\n".join([f"{indent}- {first}", *(f"{indent}  {line}" for line in others)])


def dash_column(text: str, item: yaml.Node) -> int:
    """In which column the dash of a list item stands."""
    line = text[text.rfind("\n", 0, item.start_mark.index) + 1 : item.start_mark.index]
    return line.rfind("-")


def content_end(text: str, node: yaml.Node) -> int:
    """Where a node's last character stands: block collections end in PyYAML where the next token begins."""
    if isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.CollectionNode) and node.flow_style):
        return node.end_mark.index - (1 if text[: node.end_mark.index].endswith("\n") else 0)
    last = node.value[-1] if isinstance(node, yaml.CollectionNode) and node.value else None
    if last is None:
        return node.end_mark.index
    return content_end(text, last[1] if isinstance(last, tuple) else last)


def line_end(text: str, index: int) -> int:
    """Where the line of a character ends."""
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _cut_lines(text: str, start: int, end: int) -> str:
    begin = text.rfind("\n", 0, start) + 1
    return text[:begin] + text[line_end(text, end) + 1 :]


def _name(place: Place) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
