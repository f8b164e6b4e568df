"""Numerals as people write them, read as values: 3000, 3，000, ３０００, 3千, 三千, 叁仟, 三万二, 二〇二六, 3.2万.

`folded` makes every spelling of a digit an ordinary one and keeps the place of each character; `value_of` reads one
run of numerals. What it cannot read for certain (三五, 七八千) has no value, so nothing is ever taken for it.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
}
SCALES: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMERALS: Final = "〇零一二三四五六七八九十百千万亿两半"
_FINANCIAL: Final = dict(zip("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億", "一二二三三四五六六七八九十百千万亿", strict=True))
_FINANCIAL_RUN: Final = re.compile(
    r"[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億零〇]{2,}(?:[万亿]?[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億零〇]*)*"
    r"|[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟](?=[万亿元人名位户笔条起次个成倍角分])"
)
_GAP: Final = re.compile(rf"(?<=[\d{NUMERALS}])\s+(?=[\d{NUMERALS}])")
_PLAIN: Final = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|.")
_SECTION: Final = 10_000


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with every digit made ordinary; `places[i]` is where its i-th character stood in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a stretch of the folded text."""
        return self.places[start], self.places[end - 1] + 1


def folded(text: str) -> Folded:
    """Full-width, circled, Roman, Arabic-Indic and financial numerals become ordinary; nothing is moved."""
    letters, places = [], []
    for place, char in enumerate(text):
        for letter in _ordinary(char):
            letters.append(letter)
            places.append(place)
    plain = _FINANCIAL_RUN.sub(_usual, "".join(letters))
    dropped = {place for gap in _GAP.finditer(plain) for place in range(*gap.span())}
    kept = [index for index in range(len(plain)) if index not in dropped]
    return Folded("".join(plain[index] for index in kept), tuple(places[index] for index in kept))


def _usual(run: re.Match[str]) -> str:
    return "".join(_FINANCIAL.get(char, char) for char in run.group())


def _ordinary(char: str) -> str:
    if char.isascii() or "一" <= char <= "鿿" or char == "〇":
        return {"廿": "二十", "卅": "三十"}.get(char, char)
    if unicodedata.category(char)[0] == "N":
        value = unicodedata.numeric(char)
        return str(int(value)) if value == int(value) else str(value)
    return unicodedata.normalize("NFKC", char)


def value_of(run: str) -> Decimal | None:
    """The value of a run of digits and Chinese numerals; None when it is not certain."""
    if _PLAIN.fullmatch(run):
        return Decimal(run.replace(",", ""))
    if all(char in DIGITS for char in run):
        return _spelled(run)
    tokens = _TOKEN.findall(run)
    if not all(token in DIGITS or token in SCALES or token[0].isdigit() for token in tokens):
        return Decimal("0.5") if run == "半" else None
    return _counted(tokens)


def _spelled(run: str) -> Decimal | None:
    """二〇二六: digit by digit. Two digits side by side (三五) may be a range."""
    if len(run) == 2 and not set(run) & {"〇", "零"}:
        return None
    return Decimal("".join(str(DIGITS[char]) for char in run))


def _counted(tokens: list[str]) -> Decimal | None:
    """三千二百, 3万5千, 三万二: digits before their scales, scales falling within each section of four."""
    total, section, number = Decimal(0), Decimal(0), None
    last, zero, head = _SECTION, False, 1
    for token in tokens:
        if token in ("零", "〇"):
            zero = True
        elif token not in SCALES:
            if number is not None:
                return None
            number = Decimal(DIGITS[token]) if token in DIGITS else Decimal(token)
        elif (scale := SCALES[token]) < _SECTION:
            if scale >= last or (number is None and section):
                return None
            section, number = section + (Decimal(1) if number is None else number) * scale, None
            last, zero, head = scale, False, scale
        else:
            part = section + (number or 0)
            total = ((total + part) or Decimal(1)) * scale if scale > _SECTION else total + (part or 1) * scale
            section, number = Decimal(0), None
            last, zero, head = _SECTION, False, scale
    if number is None:
        return total + section
    colloquial = not zero and tokens[-1] in DIGITS and head >= SCALES["百"]  # 三百二 is 320, 三百零二 is not
    return total + section + (number * head / 10 if colloquial else number)
