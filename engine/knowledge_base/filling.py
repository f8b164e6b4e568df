"""What is typed into a field of the form, written into the file."""

from datetime import date
from typing import Any

from engine.knowledge_base.forms import Control, FormField
from engine.knowledge_base.yaml_edit import TextEditError, drop, set_lines, set_paragraphs, set_value
from rules.text_edit import find_node


def fill(text: str, field: FormField, value: Any) -> str:
    """The text with another value of a field. Raises TextEditError with what is wrong, the text is as it was then."""
    if field.control is Control.choices:
        value = "\n".join(value or ())
    typed = str(value).strip() if value is not None else ""
    if not typed and field.control is not Control.switch:
        if not field.optional:
            raise TextEditError(f"“{field.title}”不能空着")
        return drop(text, field.place) if find_node(text, field.place) is not None else text
    match field.control:
        case Control.paragraphs:
            return set_paragraphs(text, field.place, typed)
        case Control.lines | Control.choices:
            lines = [" ".join(line.split()) for line in typed.split("\n") if line.strip()]
            return set_lines(text, field.place, lines, after=field.after)
        case Control.number:
            return set_value(text, field.place, _number(field, value), after=field.after)
        case Control.date:
            return set_value(text, field.place, _date(field, typed))
        case Control.switch:
            return set_value(text, field.place, bool(value))
        case _:
            return set_value(text, field.place, " ".join(typed.split()), after=field.after)


def _number(field: FormField, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TextEditError(f"“{field.title}”应为数字") from error


def _date(field: FormField, typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise TextEditError(f"“{field.title}”应为日期，如 2026-03-01") from error


def next_version(text: str, version: int) -> str:
    """The text with its version counted up from that in force; said behind the title where it did not say any."""
    return set_value(text, ("version",), version + 1, after="title")
