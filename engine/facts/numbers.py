"""Amounts, counts and rates that a text states, as they may stand in a register.

Written with digits they are copied; written with Chinese numerals (三千多人, 两万余元, 百分之三十六) their value is
written with digits, and what means no certain value (近百人, 数千名用户) is kept, out of a closed list of words.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from engine.drafting.numbers import Number, numbers_in
from engine.drafting.numerals import NUMERALS, value_of
from knowledge.schema import FactKey

Said = tuple[FactKey, str]

_AMOUNT: Final = re.compile(r"(?<![\d.])(\d{1,9}(?:,\d{3})*(?:\.\d{1,2})?)(余|多)?(万元|亿元|元|块钱|块(?!钱))")
_CHANGE: Final = re.compile(r"(?<![\d.])(\d{1,9})块(\d)(?![\d元万千百])")
_COUNT: Final = re.compile(
    r"(?<![\d.:])([1-9]\d{0,7}(?:\.\d)?)(余|多)?(万)?(余|多)?(人|位用户|名用户|户|名|位|笔|起)(?![民工性])"
)
_RATE: Final = re.compile(r"(年化|月|日|年)?(?:综合)?(利率|费率|利息|息|成本)?[^\d%。，]{0,4}?(\d{1,3}(?:\.\d{1,2})?)%")
_HUNDREDTHS: Final = re.compile(rf"百分之([{NUMERALS}点]{{1,8}})")
_WORDED: Final = re.compile(rf"[{NUMERALS}]")
_VAGUE_COUNT: Final = re.compile(
    r"(?:近|数|上|几|好几|成)[十百千万]{1,3}(?:余|多)?(?:名|位)?(?:人|户|笔|起|用户|客户)|(?:半数|过半|近半|大半)(?:以上)?(?:用户|客户|的人)"
)
_PEOPLE: Final = frozenset({"人", "户", "笔", "起"})
_AFTER: Final = frozenset({"", "余"})
_BEFORE: Final = frozenset({"近", "超", "超过", "逾", "不到", "至少"})
_SUPPOSED: Final = re.compile(r"(?:拉|每|满|邀请|推荐|换|找|凑|带)$")
_TEN_THOUSAND: Final = 10_000
_LONGEST: Final = 12


def numbers_said(text: str) -> Iterator[Said]:
    """What a text (with digits made ordinary) says of amounts, counts and rates."""
    for yuan, jiao in _CHANGE.findall(text):
        yield FactKey.amount, f"{yuan}.{jiao}元"
    for number, about, unit in _AMOUNT.findall(_CHANGE.sub("", text)):
        yield FactKey.amount, number + about + ("元" if unit.startswith("块") else unit)
    for number, about, ten_thousand, more, unit in _COUNT.findall(text):
        if number != "1" or ten_thousand:
            yield FactKey.affected_count, number + about + ten_thousand + more + unit
    for period, kind, number in _RATE.findall(_with_percent(text)):
        if period or kind:
            yield FactKey.rate, f"{period}{'' if kind == '息' else kind}{number}%"
    yield from _worded(text)


def _worded(text: str) -> Iterator[Said]:
    if _WORDED.search(text) is None:
        return
    for number in numbers_in(text):
        supposed = _SUPPOSED.search(text[max(0, number.start - 2) : number.start])
        worded = not supposed and not any(char.isdigit() for char in number.text)
        if worded and (said := _in_digits(number)) is not None:
            yield said
    yield from ((FactKey.affected_count, found.group()) for found in _VAGUE_COUNT.finditer(text))


def _in_digits(number: Number) -> Said | None:
    """三千多人 → 3000余人. None for what is no amount and no count, or has a reservation that cannot be kept."""
    if len(number.meaning) < 3 or number.meaning[0] != "count":
        return None
    _, unit, *rest = number.meaning
    about = "" if _is_number(rest[-1]) else rest.pop()
    if not rest or max(map(len, rest)) > _LONGEST:
        return None
    value = f"{'' if about in _AFTER else about}{_plain('至'.join(map(_short, rest)), about)}"
    if about not in _AFTER | _BEFORE or (len(rest) == 1 and Decimal(rest[0]) <= 1):
        return None
    if unit == "元" and not number.noun:
        return FactKey.amount, f"{value}元"
    if unit in _PEOPLE:
        return FactKey.affected_count, f"{value}{f'名{number.noun}' if number.noun and unit == '人' else unit}"
    return None


def _plain(value: str, about: str) -> str:
    return f"{value}余" if about == "余" else value


def _short(value: str) -> str:
    """20000 → 2万, 3500 → 3500."""
    number = Decimal(value)
    if number >= _TEN_THOUSAND and number % (_TEN_THOUSAND // 10) == 0:
        return f"{(number / _TEN_THOUSAND).normalize():f}万"
    return value


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _with_percent(text: str) -> str:
    """百分之三十六 → 36%, where the value is certain."""

    def digits(found: re.Match[str]) -> str:
        whole, _, part = found.group(1).partition("点")
        value, fraction = value_of(whole), "".join(str("零一二三四五六七八九".find(char)) for char in part)
        certain = value is not None and "-" not in fraction
        return f"{value:f}{'.' + fraction if fraction else ''}%" if certain else found.group()

    return _HUNDREDTHS.sub(digits, text)
