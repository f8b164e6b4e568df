"""An entry as YAML in the style of the knowledge folder: short lists in one line each, a note above what needs one."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import yaml

Value = str | date | None | list[str] | list[dict[str, object]]


class Field(NamedTuple):
    """A field; `note` becomes a comment above it, `one_line` keeps a list of words in one line."""

    name: str
    value: Value
    note: str = ""
    one_line: bool = False


def entry_text(head: Iterable[str], fields: Iterable[Field]) -> str:
    """The text, which reads back as these values."""
    lines = [_comment(line) for line in head]
    for field in fields:
        if field.note:
            lines.append(_comment(field.note))
        lines.append(_dumped(field))
    return "".join(lines)


class _Indented(yaml.SafeDumper):
    """Lists are indented, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - its interface
        super().increase_indent(flow, indentless=False)


def _dumped(field: Field) -> str:
    value = field.value
    is_rows = isinstance(value, list) and any(isinstance(one, dict) for one in value)
    return yaml.dump(
        {field.name: value},
        Dumper=_Indented,
        allow_unicode=True,
        sort_keys=False,
        width=2**20,
        default_flow_style=None if is_rows or field.one_line else False,
    )


def _comment(text: str) -> str:
    return f"# {' '.join(text.split())}\n"
