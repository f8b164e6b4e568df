"""Strict JSON and bounded lines: nothing that a peer would read differently, nothing that fills the memory."""

import json
from collections.abc import Iterator
from typing import BinaryIO, cast

from engine.errors import InputError

LINE_LIMIT = 2_000_000
"""Bytes of one line; the longest allowed text written with \\u escapes needs 600,000."""

_DIGITS = 30
_CHUNK = 1 << 16


def bounded_lines(stream: BinaryIO, limit: int = LINE_LIMIT) -> Iterator[bytes]:
    """The lines of a stream; of a longer one only `limit + 1` bytes, the rest is read past."""
    while line := stream.readline(limit + 1):
        rest = line
        while len(line) > limit and rest and not rest.endswith(b"\n"):
            rest = stream.readline(_CHUNK)
        yield line


def parse_record(line: bytes | str) -> dict[str, object]:
    """One JSON object of a line.

    Raises:
        InputError: too long, not UTF-8, not JSON, not an object, repeated keys, NaN or Infinity, numbers beyond
            30 digits, or nested too deeply.

    """
    text = _decoded(line)
    try:
        found: object = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise InputError(f"不是有效的 JSON：第 {error.colno} 个字符处{_explained(error.msg)}") from None
    except RecursionError:
        raise InputError("JSON 嵌套过深") from None
    if not isinstance(found, dict):
        raise InputError("每行应为一个 JSON 对象（以 { 开头）")
    return cast("dict[str, object]", found)


def decode_utf8(raw: bytes) -> str:
    """Text of UTF-8 bytes, without a byte order mark.

    Raises:
        InputError: where the first wrong byte is.

    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "，看起来是 UTF-16，请另存为 UTF-8" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
        raise InputError(f"不是有效的 UTF-8 文字：第 {error.start + 1} 个字节{hint}") from None


def _decoded(line: bytes | str) -> str:
    if len(line) > LINE_LIMIT:
        raise InputError(f"单行超过上限 {LINE_LIMIT} 字节")
    return decode_utf8(line) if isinstance(line, bytes) else line.removeprefix("\ufeff")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(f"字段“{twice[:60]}”重复出现", field=twice[:60])
    return found


def _no_constant(name: str) -> object:
    raise InputError(f"{name} 不是有效的 JSON 数值")


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise InputError(f"数字超过 {_DIGITS} 位")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        raise InputError("数值过大")
    return value


def _explained(message: str) -> str:
    if "delimiter" in message or "Expecting" in message:
        return "缺少引号、逗号、冒号或值"
    if "Unterminated" in message:
        return "引号没有结束"
    if "Extra data" in message:
        return "多出内容（一行只能有一个对象）"
    return "有不允许的字符或转义"
