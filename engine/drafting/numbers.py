"""Every number, amount, share, date and time that a text states, in whatever notation, with its meaning.

3千人, 3000人, ３０００ 人 and 三千人 mean the same; 三千余人, 近三千人 and 三千元 mean something else. Words such as
半数, 近百, 数千 and 翻倍 are numbers too and mean only themselves. What is no number although it is written with a
numeral (第一时间, 一直, 第三方) is a declared list; whatever is doubtful counts as a number, and what has no certain
value is never taken for one that is known.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from engine.drafting.number_words import PATTERN, PEOPLE
from engine.drafting.numerals import SCALES, folded, value_of

_SAME_UNIT: Final = {
    **dict.fromkeys(PEOPLE, "人"),
    "个小时": "小时",
    "秒钟": "秒",
    "个百分点": "百分点",
    "块": "元",
    "块钱": "元",
    "人民币": "元",
    "个工作日": "工作日",
    "个季度": "季度",
    "个星期": "周",
    "日": "天",
    "自然日": "天",
    "个自然日": "天",
}
_SAME_ABOUT: Final = {"以内": "内", "之内": "内", "多": "余", "来": "余", "大约": "约", "左右": "约", "上下": "约"}
_SHARES: Final = {"%": Decimal(1), "‰": Decimal("0.1"), "成": Decimal(10)}
_BASES: Final = {"百": Decimal(1), "千": Decimal("0.1"), "万": Decimal("0.01")}
_CURRENCIES: Final = {"¥": "元", "￥": "元", "$": "美元"}
_LETTERS: Final = {"k": 1000, "w": 10_000}
_GENERIC: Final = frozenset({"", "用户", "客户", "消费者", "借款人", "当事人"})
_TITLES: Final = {"date": "日期或时间", "time": "日期或时间", "day_word": "日期或时间"}
_MONTHS, _DAYS, _HOURS, _NOON = 12, 31, 24, 12


@dataclass(frozen=True, slots=True)
class Number:
    """A number as the text has it: its words and place, the kind in Chinese, and what it means.

    `meaning` is empty where no certain value can be read: then only the very same words are the same number.
    """

    text: str
    start: int
    end: int
    kind: str
    meaning: tuple[str, ...]
    noun: str = ""


def numbers_in(text: str) -> tuple[Number, ...]:
    """Every number of a text, in order; places are those of the text as given."""
    plain = folded(text)
    found = []
    for hit in PATTERN.finditer(plain.text):
        meaning = _meaning(hit)
        if meaning is not None and hit.end() > hit.start():
            start, end = plain.span(hit.start(), hit.end())
            kind = _TITLES.get(str(hit.lastgroup), "数字")
            found.append(Number(hit.group().strip(), start, end, kind, meaning, hit["noun"] or ""))
    return tuple(found)


def is_stated(number: Number, known: Iterable[Number]) -> bool:
    """Whether one of the known numbers says it: the same value, unit and reservation; a date may leave out its year."""
    return any(_says(one, number) for one in known)


def _says(known: Number, number: Number) -> bool:
    if not number.meaning or not known.meaning:
        return known.text == number.text
    if number.meaning[0] == "date" == known.meaning[0]:
        pairs = zip(number.meaning[1:], known.meaning[1:], strict=True)
        return all(one in ("", other) for one, other in pairs)
    same_noun = number.noun in ("", known.noun) or {number.noun, known.noun} <= _GENERIC
    return number.meaning == known.meaning and same_noun


def _meaning(hit: re.Match[str]) -> tuple[str, ...] | None:
    """What a hit means; empty when that is not certain, None when it is no number at all."""
    if hit["idiom"]:
        return None
    if hit["vague"] or hit["day_word"] or hit["english"]:
        return ("word", hit.group().lower())
    if hit["share"]:
        return _share(hit)
    if hit["date"]:
        return _date(hit)
    return _time(hit) if hit["time"] else _count(hit)


def _share(hit: re.Match[str]) -> tuple[str, ...]:
    if hit["base"]:
        value = value_of(hit["share_of"])
        return () if value is None else ("share", _plain(value * _BASES[hit["base"]]))
    below, above = value_of(hit["below"]), value_of(hit["above"])
    return ("fraction", str(above), str(below)) if below and above else ()


def _date(hit: re.Match[str]) -> tuple[str, ...]:
    year, month, day = (_first(hit, letter) for letter in "ymd")
    values = [value_of(part) if part else None for part in (month, day)]
    if any(part and value is None for part, value in zip((month, day), values, strict=True)):
        return ()
    if (values[0] or 1) > _MONTHS or (values[1] or 1) > _DAYS:
        return ()
    return ("date", *(_plain(value_of(part)) if part else "" for part in (year, month, day)))


def _first(hit: re.Match[str], letter: str) -> str:
    names = [f"{letter}{number}" for number in range(1, 5)]
    return next((hit[name] for name in names if name in hit.re.groupindex and hit[name]), "")


def _time(hit: re.Match[str]) -> tuple[str, ...]:
    said = hit["minute1"] or hit["minute2"] or "0"
    hour, minute = value_of(hit["hour"]), Decimal(30) if said == "半" else value_of(said)
    if hour is None or minute is None or hour > _HOURS:
        return ()
    if hit["daypart"] and hit["daypart"] not in ("凌晨", "清晨", "早上", "上午") and hour < _NOON:
        hour += _NOON
    return ("time", _plain(hour), _plain(minute))


def _count(hit: re.Match[str]) -> tuple[str, ...] | None:
    run, unit = hit["run"], hit["unit"] or _CURRENCIES.get(hit["sign"] or "", "")
    marked = hit["lead"] or hit["tail"] or hit["until"] or hit["letter"]
    if run in ("一", "半") and not unit and not marked:
        return None
    values = [value_of(part) for part in (run, hit["until"]) if part]
    if any(value is None for value in values):
        return ()
    factor = SCALES.get(hit["scale"] or "", 1) * _LETTERS.get((hit["letter"] or "").lower(), 1)
    amounts = [_plain(value * factor * _SHARES.get(unit, 1)) for value in values if value is not None]
    about = "".join(sorted(_SAME_ABOUT.get(one, one) for one in (hit["lead"], hit["tail"], hit["about"]) if one))
    kept = ("share",) if unit in _SHARES else ("count", _SAME_UNIT.get(unit, unit))
    return (*kept, *amounts, about) if about else (*kept, *amounts)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
