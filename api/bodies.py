"""Strict JSON bodies: one object or a list of objects, nothing that two readers would read differently."""

import json
from typing import cast

from engine.errors import InputError

Record = dict[str, object]


def parse_records(body: bytes) -> tuple[list[Record], bool]:
    """(records, whether the body was a list). Elements that are no objects are left for intake to reject.

    Raises:
        InputError: not UTF-8, not JSON, repeated keys, NaN, nested too deeply, empty, or neither object nor list.

    """
    found = _parse(body)
    if isinstance(found, dict):
        return [cast("Record", found)], False
    if not isinstance(found, list):
        raise InputError("应为一个 JSON 对象或对象的列表", place="请求正文")
    if not found:
        raise InputError("列表是空的，没有可收录的提及", place="请求正文")
    return found, True


def _parse(body: bytes) -> object:
    if not body.strip():
        raise InputError("正文是空的", place="请求正文")
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"不是有效的 UTF-8 文字：第 {error.start + 1} 个字节", place="请求正文") from None
    except json.JSONDecodeError as error:
        raise InputError(f"不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 个字符", place="请求正文") from None
    except RecursionError:
        raise InputError("JSON 嵌套过深", place="请求正文") from None
    except ValueError:
        raise InputError("数字位数过多", place="请求正文") from None


def _unique(pairs: list[tuple[str, object]]) -> Record:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputError("有重复的字段名", place="请求正文")
    return found


def _no_constant(name: str) -> object:
    raise InputError(f"{name} 不是有效的 JSON 数值", place="请求正文")
