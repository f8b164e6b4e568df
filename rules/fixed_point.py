"""Facts and thresholds as whole numbers: what the engines are given.

A fact with a fraction counts in millionths, every other number as it is, a text stays itself. Quantised values and
thresholds lie on the same steps, so that comparing their whole numbers is comparing them.
"""

from collections.abc import Callable
from typing import Final

from rules.vocabulary import VOCABULARY, FactSpec, FactType, FactValue

SCALE: Final = 10**6

Fixed = int | str | None
"""A quantised fact as the engines see it; None is missing."""


def fixed(name: str, value: FactValue) -> Fixed:
    """A quantised value or a threshold of this fact."""
    if value is None or isinstance(value, str):
        return value
    return round(value * SCALE) if VOCABULARY[name].type is FactType.number else int(value)


def fixer(name: str) -> Callable[[FactValue], Fixed]:
    """Quantises and converts raw values of this fact: `fixed(name, spec.quantise(value))`, quicker."""
    spec = VOCABULARY[name]
    if spec.type is FactType.text:
        return lambda value: value if value in spec.choices else None
    return _number_fixer(spec) if spec.type is FactType.number else _integer_fixer(spec)


def quantiser(name: str) -> Callable[[FactValue], FactValue]:
    """`spec.quantise` for this fact, quicker."""
    spec, fix = VOCABULARY[name], fixer(name)
    if spec.type is FactType.text:
        return spec.quantise
    if spec.type is FactType.integer:
        return fix

    def quantise(value: FactValue) -> FactValue:
        found = fix(value)
        return found / SCALE if isinstance(found, int) else found

    return quantise


def _number_fixer(spec: FactSpec) -> Callable[[FactValue], Fixed]:
    low, high, step, unit = spec.minimum, spec.maximum, spec.step, round(spec.step * SCALE)

    def fix(value: FactValue) -> Fixed:
        if isinstance(value, float) and low <= value <= high:
            return round(value / step) * unit
        return fixed(spec.name, spec.quantise(value))

    return fix


def _integer_fixer(spec: FactSpec) -> Callable[[FactValue], Fixed]:
    low, high, whole = spec.minimum, spec.maximum, spec.step == 1

    def fix(value: FactValue) -> Fixed:
        if whole and isinstance(value, int) and low <= value <= high:
            return value
        return fixed(spec.name, spec.quantise(value))

    return fix
