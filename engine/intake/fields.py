"""Reading single values of a raw record, each with an exact complaint when it is wrong."""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar, cast

from engine.errors import InputError
from engine.intake.masking import mask_personal_data

TEXT_LIMIT = 100_000
"""Characters of a text; a longer one is rejected, never cut: half a statement is a wrong statement."""

COUNT_LIMIT = 10**12

Choice = TypeVar("Choice", bound=StrEnum)

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_SPOKEN_COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(万|亿|[wW]|[kK])?\+?")
_UNITS = {"万": 10_000, "w": 10_000, "亿": 100_000_000, "k": 1_000, "": 1}


def clean(text: str) -> str:
    """Text without control and invisible steering characters, with unix line ends, stripped at both ends.

    They are dropped and not refused: tools export them by accident, and a lost mention is worse. Half of a
    surrogate pair, left when a tool cuts an emoji, becomes U+FFFD.
    """
    return _HALF_CHARACTER.sub("\ufffd", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def as_text(value: object, field: str, limit: int = 500) -> str | None:
    """A cleaned string of at most `limit` characters; None for null or blank."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"应为文字，实际为{_kind_of(value)}", field=field)
    if len(value) > limit:
        raise InputError(f"长度 {len(value)} 超过上限 {limit} 字符", field=field)
    return clean(value) or None


def as_masked_text(value: object, field: str, limit: int = 500) -> str | None:
    """The same with personal data masked."""
    text = as_text(value, field, limit)
    return None if text is None else mask_personal_data(text)


def as_identifier(value: object, field: str) -> str | None:
    """An id: text, or a whole number as some tools export it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(as_count(value, field, limit=10**30))
    return as_text(value, field)


def as_count(value: object, field: str, limit: int = COUNT_LIMIT) -> int | None:
    """A whole number from 0 to `limit`; None for null. 12.0 is taken as 12."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"应为整数，实际为{_kind_of(value)}", field=field)
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        raise InputError("应为整数，实际为小数或无效数值", field=field)
    if not 0 <= value <= limit:
        raise InputError(f"应在 0 到 {limit} 之间", field=field)
    return int(value)


def as_score(value: object, field: str) -> float | None:
    """A number from 0 to 1; None for null."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"应为 0 到 1 的数，实际为{_kind_of(value)}", field=field)
    if not 0 <= value <= 1:
        raise InputError("应为 0 到 1 的数", field=field)
    return float(value)


def as_choice(value: object, field: str, choices: type[Choice]) -> Choice | None:
    """A member of an enumeration by its value; None for null or blank."""
    text = as_text(value, field)
    if text is None:
        return None
    known = [str(member.value) for member in choices]
    if text not in known:
        raise InputError(f"未知取值“{text[:40]}”{suggestion(text, known)}，可用：{'、'.join(known)}", field=field)
    return choices(text)


def as_names(value: object, field: str) -> list[str]:
    """A list of names from one name or a list; at most 50, each at most 100 characters."""
    items = value if isinstance(value, list) else [value]
    if len(items) > 50:
        raise InputError("名称不能多于50个", field=field)
    names = (as_text(item, field, limit=100) for item in items)
    return [name for name in names if name is not None]


def as_object(value: object, field: str, known: Iterable[str]) -> dict[str, object]:
    """An object with known keys only; empty for null."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"应为对象，实际为{_kind_of(value)}", field=field)
    found = cast("dict[str, object]", value)
    refuse_unknown(found, known, within=field)
    return found


def refuse_unknown(record: Mapping[str, object], known: Iterable[str], within: str = "") -> None:
    """Complain about the first key that is not known, naming the nearest right one."""
    names = list(known)
    for key in record:
        if key not in names:
            shown = clean(str(key))[:60]
            path = f"{within}.{shown}" if within else shown
            raise InputError(f"未知字段“{shown}”{suggestion(str(key)[:60], names)}", field=path)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`，是否想写“x”？` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"，是否想写“{near[0]}”？" if near else ""


def spoken_count(text: str, field: str) -> int:
    """A count as pages and spreadsheets show it: `1,234`, `1.2万`, `3亿`, `10w+`."""
    match = _SPOKEN_COUNT.fullmatch(text.replace(",", "").replace("，", "").strip())
    if match is None or len(match[1]) > 30:
        raise InputError(f"无法识别的数量“{text[:40]}”", field=field)
    return round(float(match[1]) * _UNITS[(match[2] or "").lower()])


def _kind_of(value: object) -> str:
    names: dict[type, str] = {bool: "真假值", int: "数字", float: "数字", str: "文字", list: "列表", dict: "对象"}
    return "空值" if value is None else names.get(type(value), type(value).__name__)
