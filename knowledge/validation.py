"""Schema faults in Chinese: what pydantic found, at the line where it stands, with the nearest right name."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from knowledge.document import Document, Place
from knowledge.errors import BadKnowledgeError, Fault, suggest
from knowledge.schema import (
    ChoiceSlot,
    CoursePoint,
    Entry,
    FactSlot,
    IncidentStep,
    LevelPlan,
    MediaPlan,
    PastIncident,
    Playbook,
    PlaybookStep,
    ProseSlot,
    Regulation,
    Template,
)

_PARTS: Final[dict[type[Entry], tuple[type[BaseModel], ...]]] = {
    PastIncident: (PastIncident, IncidentStep, CoursePoint),
    Playbook: (Playbook, PlaybookStep, LevelPlan, MediaPlan),
    Template: (Template, FactSlot, ChoiceSlot, ProseSlot),
    Regulation: (Regulation,),
}

Kind = TypeVar("Kind", bound=Entry)


def read_entry(document: Document, kind: type[Kind]) -> Kind:
    """The entry of this kind in the document. Raises BadKnowledgeError with all its faults."""
    if not isinstance(document.data, dict):
        raise BadKnowledgeError([document.fault((), "文件顶层应为“字段: 值”")])
    try:
        return kind.model_validate(document.data)
    except ValidationError as error:
        raise BadKnowledgeError(schema_faults(document, _PARTS[kind], error)) from error


def schema_faults(document: Document, parts: tuple[type[BaseModel], ...], error: ValidationError) -> Iterator[Fault]:
    """What pydantic found, each at its line; `parts` are the models whose fields may be meant.

    One fault a place: a union reports each of its members, of which the first says enough.
    """
    details = error.errors(include_url=False)
    places = [document.resolve(detail["loc"]) for detail in details]
    seen: set[Place] = set()
    for detail, place in zip(details, places, strict=True):
        key = (*place, detail["loc"][-1]) if detail["type"] == "missing" else place
        if key not in seen and not (detail["type"] == "too_short" and _faulty_inside(place, places)):
            seen.add(key)
            yield document.fault(place, _message(detail, place, parts))


def _faulty_inside(place: Place, places: list[Place]) -> bool:
    """True when an item of this list is faulty: it then counts as missing, which is no news."""
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _message(detail: ErrorDetails, place: Place, parts: tuple[type[BaseModel], ...]) -> str:
    if detail["type"] == "missing":
        return f"缺少字段“{_name((*place, detail['loc'][-1]))}”"
    if detail["type"] == "extra_forbidden":
        known = {name for part in parts for name in part.model_fields}
        last = (place or detail["loc"])[-1]
        return f"未知字段“{_name(place or (last,))}”{suggest(str(last), known)}"
    explain = _MESSAGES.get(detail["type"])
    reason = explain(detail) if explain else "值不合要求，请照文档改写"
    return f"字段“{_name(place)}”{reason}"


def _name(place: Place) -> str:
    """`steps[2].title`, with items counted from 1."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def _not_allowed(detail: ErrorDetails) -> str:
    expected = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
    given = str(detail["input"])
    return f"不能是“{given}”（可用的值：{'、'.join(expected)}）{suggest(given, expected)}"


def _bad_tag(detail: ErrorDetails) -> str:
    expected = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected_tags", "")))
    given = str(detail.get("ctx", {}).get("tag", ""))
    return f"的 type 不能是“{given}”（可用的值：{'、'.join(expected)}）{suggest(given, expected)}"


def _context(key: str, words: str) -> Callable[[ErrorDetails], str]:
    def explain(detail: ErrorDetails) -> str:
        context: dict[str, Any] = detail.get("ctx", {})
        return words.format(context.get(key))

    return explain


_MESSAGES: Final[dict[str, Callable[[ErrorDetails], str]]] = {
    "enum": _not_allowed,
    "literal_error": _not_allowed,
    "union_tag_invalid": _bad_tag,
    "union_tag_not_found": lambda _: "缺少 type（fact、choice 或 prose）",
    "string_too_short": _context("min_length", "太短，至少{}个字"),
    "string_pattern_mismatch": _context("pattern", "写法不对，应符合 {}"),
    "too_short": _context("min_length", "项数不够，至少{}项"),
    "greater_than_equal": _context("ge", "太小，至少为{}"),
    "less_than_equal": _context("le", "太大，至多为{}"),
    "string_too_long": _context("max_length", "太长，至多{}个字"),
    "finite_number": lambda _: "应为有限的数字",
    "int_from_float": lambda _: "应为整数",
    "int_parsing_size": lambda _: "数字太大，请改小",
    "string_unicode": lambda _: "有不能保存的字符（不成对的编码），请删去",
    "invalid_key": lambda _: "名称应为文字（数字或日期请加引号）",
    "date_from_datetime_inexact": lambda _: "应为日期，如 2025-03-01",
    "string_type": lambda _: "应为文字（数字或日期请加引号）",
    "int_type": lambda _: "应为整数",
    "int_parsing": lambda _: "应为整数",
    "bool_type": lambda _: "应为 true 或 false",
    "tuple_type": lambda _: "应为列表",
    "dict_type": lambda _: "应为“字段: 值”",
    "model_type": lambda _: "应为“字段: 值”",
    "model_attributes_type": lambda _: "应为“字段: 值”",
    "date_type": lambda _: "应为日期，如 2025-03-01",
    "date_parsing": lambda _: "应为日期，如 2025-03-01",
    "date_from_datetime_parsing": lambda _: "应为日期，如 2025-03-01",
}
