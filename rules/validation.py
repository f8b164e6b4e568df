"""Schema faults in Chinese: what pydantic found, at the line where it stands, with the nearest right name."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.document import Document, Place
from rules.errors import Fault, suggest

MAX_FAULTS: Final = 250
Kind = TypeVar("Kind", bound=BaseModel)


def read_model(
    document: Document, kind: type[Kind], parts: tuple[type[BaseModel], ...]
) -> tuple[Kind | None, list[Fault]]:
    """The document as this model, or None with all its faults. `parts` are the models that it is made of."""
    if not isinstance(document.data, dict):
        return None, [*document.faults, document.fault((), "文件顶层应为“字段: 值”")]
    try:
        found = kind.model_validate(document.data)
    except ValidationError as error:
        models: tuple[type[BaseModel], ...] = (kind, *parts)
        known = {name for model in models for name in model.model_fields}
        noted = {fault.line for fault in document.faults}
        wrong = (one for one in _faults(document, error, known) if one.line not in noted)
        return None, [*document.faults, *islice(wrong, MAX_FAULTS)]
    return (None, list(document.faults)) if document.faults else (found, [])


def _faults(document: Document, error: ValidationError, known: set[str]) -> Iterator[Fault]:
    """One fault a place: a union reports each of its members, of which the first says enough."""
    seen: set[Place] = set()
    details = error.errors(include_url=False)
    places = {document.resolve(detail["loc"]) for detail in details}
    for detail in details:
        place = document.resolve(detail["loc"])
        if detail["type"] == "too_short" and any(_below(other, place) for other in places):
            continue  # It only seems too short because faulty items were not counted.
        key = (*place, detail["loc"][-1]) if detail["type"] == "missing" else place
        if key not in seen:
            seen.add(key)
            yield document.fault(place, _message(detail, place, known))


def _below(place: Place, other: Place) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def _message(detail: ErrorDetails, place: Place, known: set[str]) -> str:
    if detail["type"] == "rule":
        return detail["msg"]
    if detail["type"] == "missing":
        return f'缺少字段 "{_name((*place, detail["loc"][-1]))}"，请补上'
    if detail["type"] == "extra_forbidden":
        known_by = place or detail["loc"][-1:]
        if known_by[-1] in ("all", "any"):
            return "同一处不能既写 all 又写 any，请把其中一组套在另一组里面"
        return f'未知字段 "{_name(known_by)}"{suggest(str(known_by[-1]), known) or "，请删去"}'
    explain = _MESSAGES.get(detail["type"])
    reason = explain(detail) if explain else "值不合要求，请照文档改写"
    return f'字段 "{_name(place)}" {reason}'


def _name(place: Place) -> str:
    """`cases[2].name`, with items counted from 1."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def _not_allowed(detail: ErrorDetails) -> str:
    expected = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
    given = str(detail["input"])
    return f'不能是 "{given}"{suggest(given, expected) or "，"}可用：{"、".join(expected)}'


def _context(key: str, words: str) -> Callable[[ErrorDetails], str]:
    def explain(detail: ErrorDetails) -> str:
        context: dict[str, Any] = detail.get("ctx", {})
        return words.format(context.get(key))

    return explain


_MAPPING: Final = "应为“字段: 值”"
_RULE_ID: Final = '写法不对，应为“类别.名称”，只用小写字母、数字和下划线，如 "fee_dispute.surge"'
_WHOLE: Final = "应为整数，不带单位"
_DATE: Final = "应为日期，如 2026-03-01"
_MESSAGES: Final[dict[str, Callable[[ErrorDetails], str]]] = {
    "enum": _not_allowed,
    "literal_error": _not_allowed,
    "string_too_short": _context("min_length", "太短，至少 {} 个字"),
    "string_too_long": _context("max_length", "太长，至多 {} 个字"),
    "string_pattern_mismatch": lambda _: _RULE_ID,
    "too_short": _context("min_length", "项数不够，至少 {} 项"),
    "too_long": _context("max_length", "项数太多，至多 {} 项"),
    "greater_than_equal": _context("ge", "太小，至少为 {}"),
    "less_than_equal": _context("le", "太大，至多为 {}"),
    "greater_than": _context("gt", "太小，要大于 {}"),
    "less_than": _context("lt", "太大，要小于 {}"),
    "finite_number": lambda _: "应为有限的数字",
    "int_parsing_size": lambda _: "数字太大，请改小",
    "string_unicode": lambda _: "有不能保存的字符（不成对的编码），请删去",
    "invalid_key": lambda _: "字段名应为文字（数字或日期请加引号）",
    "bool_type": lambda _: "应为 true 或 false",
    "bool_parsing": lambda _: "应为 true 或 false",
    "list_type": lambda _: "应为列表",
    "recursion_loop": lambda _: "嵌套太深，请减少层次",
    "date_from_datetime_inexact": lambda _: _DATE,
    "string_type": lambda _: "应为文字（数字或日期请加引号）",
    "int_type": lambda _: _WHOLE,
    "int_parsing": lambda _: _WHOLE,
    "int_from_float": lambda _: _WHOLE,
    "float_type": lambda _: "应为数字，不带单位",
    "float_parsing": lambda _: "应为数字，不带单位",
    "tuple_type": lambda _: "应为列表",
    "dict_type": lambda _: _MAPPING,
    "model_type": lambda _: _MAPPING,
    "model_attributes_type": lambda _: _MAPPING,
    "date_type": lambda _: _DATE,
    "date_parsing": lambda _: _DATE,
    "date_from_datetime_parsing": lambda _: _DATE,
}
