"""What a form of an entry's file is made of: fields with their places in the file, in sections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from rules.document import Place


class Control(StrEnum):
    """How a field is filled in."""

    line = "line"
    text = "text"
    paragraphs = "paragraphs"
    lines = "lines"
    number = "number"
    date = "date"
    choice = "choice"
    choices = "choices"
    switch = "switch"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `optional` ones may be empty, and then are not in the file; `after` is the field behind which one
    that is missing is added.
    """

    place: Place
    title: str
    control: Control
    value: Any
    hint: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields that belong together. `row` is the place of the list item that they are, `adds_to` that of the list to
    which a row may be added below them.
    """

    title: str
    fields: tuple[FormField, ...]
    hint: str = ""
    row: Place | None = None
    adds_to: Place | None = None


def simple_field(
    data: dict[str, Any],
    name: str,
    title: str,
    control: Control,
    *,
    hint: str = "",
    options: Mapping[str, str] | None = None,
) -> FormField:
    """A field on top of the file."""
    return field_at((), data, name, title, control, hint, options)


def optional_field(
    data: dict[str, Any], name: str, title: str, control: Control, after: str, hint: str = ""
) -> FormField:
    """A field on top of the file that may be missing."""
    return FormField((name,), title, control, shown(data.get(name)), hint, optional=True, after=after)


def field_at(
    place: Place,
    data: dict[str, Any],
    name: str,
    title: str,
    control: Control,
    hint: str = "",
    options: Mapping[str, str] | None = None,
) -> FormField:
    """A field of the mapping at a place."""
    return FormField((*place, name), title, control, shown(data.get(name)), hint, options or {})


def shown(value: Any) -> Any:
    """A value as a field shows it."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None or isinstance(value, dict | list) else value


def mapping(value: Any) -> dict[str, Any]:
    """A mapping, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """A list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> tuple[str, ...]:
    """The items of a list as texts."""
    return tuple(str(one) for one in sequence(value))
