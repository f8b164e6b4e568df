"""Pydantic's findings in plain Chinese, with their place."""

from collections.abc import Mapping
from typing import Final

_REASONS: Final = {
    "missing": "缺少必填项",
    "extra_forbidden": "不认识的字段",
    "json_invalid": "不是合法的 JSON",
    "string_type": "应为文字",
    "string_too_short": "内容过短",
    "string_too_long": "内容过长",
    "string_pattern_mismatch": "格式不对",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "enum": "不在可选值之中",
    "literal_error": "不在可选值之中",
    "datetime_parsing": "不是合法的时间（应如 2026-03-01T09:30:00+08:00）",
    "datetime_from_date_parsing": "不是合法的时间（应如 2026-03-01T09:30:00+08:00）",
    "timezone_aware": "时间缺少时区",
    "greater_than_equal": "小于允许的最小值",
    "less_than_equal": "大于允许的最大值",
    "greater_than": "小于允许的最小值",
    "less_than": "大于允许的最大值",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "list_type": "应为列表",
}


def describe(fault: Mapping[str, object]) -> tuple[str, str]:
    """(place, reason) of one finding; the place reads like `facts[0].value`."""
    location = fault.get("loc")
    place = place_of(location if isinstance(location, tuple) else ())
    kind = str(fault.get("type", ""))
    reason = _REASONS.get(kind, "格式不对")
    context = fault.get("ctx")
    if kind in {"enum", "literal_error"} and isinstance(context, Mapping):
        reason += f"：{context.get('expected')}"
    return place, reason


def place_of(location: tuple[object, ...]) -> str:
    """`("body", "facts", 0, "value")` as `facts[0].value`; the part of the request is left out."""
    parts = location[1:] if location and location[0] in {"body", "query", "path", "header"} else location
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
