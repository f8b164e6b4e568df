"""What a fact may be compared with: of its type, in its range, on its steps. Faults say what to write instead."""

import re
from typing import Any, Final

from pydantic_core import PydanticCustomError

from rules.errors import suggest
from rules.vocabulary import CHOICE_TITLES, FactSpec

_UNITLESS: Final = ("", "比例", "0-1", "0-3")
Threshold = int | float | str | tuple[str, ...]


def fault(message: str) -> PydanticCustomError:
    """A fault whose message is shown as it is."""
    return PydanticCustomError("rule", "{message}", {"message": message})


def number_threshold(spec: FactSpec, value: Any) -> int | float:
    """The threshold as the quantised facts will meet it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault(f'"{spec.name}" 要和数值比较，"{value}" 不是数值，{_number_hint(spec, str(value))}')
    if not spec.minimum <= value <= spec.maximum:
        unit = "" if spec.unit in _UNITLESS else f" {spec.unit}"
        limits = f"{spec.minimum:.12g} 到 {spec.maximum:.12g}{unit}"
        raise fault(f'"{spec.name}" 的取值范围是 {limits}，{value} 超出范围，{_range_hint(spec, value)}')
    quantised = spec.quantise(value)
    assert isinstance(quantised, int | float)  # noqa: S101 - a number stays a number
    if abs(quantised - value) > 1e-9:
        raise fault(f'"{spec.name}" 以 {spec.step:g} 为最小单位，{value} 请写成 {quantised}')
    return quantised


def _number_hint(spec: FactSpec, written: str) -> str:
    """What to write instead of a number with its unit."""
    found = re.match(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(%|％)?", written)
    if not found:
        return "请写成数字"
    number = float(found[1]) / 100 if found[2] and spec.maximum == 1 else float(found[1])
    return f"请只写数字 {number:.12g}，不写单位"


def _range_hint(spec: FactSpec, value: float) -> str:
    if spec.maximum == 1 and 1 < value <= 100:
        return f"{value:.12g}% 请写成 {value / 100:.12g}"
    return "请改到范围以内"


def word_threshold(spec: FactSpec, op: str | None, value: Any) -> str | tuple[str, ...]:
    """The word (for `in`: the words) that a text is compared with."""
    words = tuple(value) if isinstance(value, list | tuple) else (value,)
    if op == "in" and not isinstance(value, list | tuple):
        raise fault(f"in 的值要写成列表，如 [{spec.choices[0]}]")
    if op in ("==", "!=") and isinstance(value, list | tuple):
        raise fault(f"{op} 只能和一个值比较，多个值请用 in")
    if not words:
        raise fault("列表是空的，请至少写一个值")
    for word in words:
        if word not in spec.choices:
            allowed = "、".join(f"{choice}（{CHOICE_TITLES[choice]}）" for choice in spec.choices)
            raise fault(f'"{spec.name}" 没有 "{word}" 这个值{suggest(str(word), spec.choices) or "，"}可用：{allowed}')
    return words if op == "in" else str(words[0])
