"""Personal data in text is replaced at the door: 个人信息保护法 asks for no more data than the purpose needs.

Masked: mobile and landline numbers, identity card numbers (GB 11643 checksum), bank cards (Luhn), e-mail
addresses, and QQ or WeChat ids that are announced as such; also with full-width digits, spaces or hyphens.
Kept: hotlines (400/800 numbers, 95xxx, 12378 ...), amounts, dates, order numbers.
"""

import re
from collections.abc import Callable
from datetime import date

_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-", 0xFF20: "@", 0xFF0E: ".", 0xFF1A: ":"}
_SEP = r"[ \t\u3000\u00a0\u200b-\u200d\u2010-\u2015·_-]"
_GAP = f"{_SEP}{{0,2}}"
_NOT_AN_AMOUNT = r"(?!\d|\.\d|\s{0,2}(?:元|块|万|亿|人民币|%|％))"

_MOBILE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:(?:\+|00)?86{_GAP})?"
    rf"(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}"
    rf"|1[3-9]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}}|1[3-9]\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"|1{_SEP}{{1,2}}[3-9](?:{_SEP}{{1,2}}\d){{9}}){_NOT_AN_AMOUNT}"
)
_LANDLINE = re.compile(
    rf"(?<![\d.])[(（]?0(?:10|2\d|[3-9]\d{{2}})[)）]?{_GAP}[2-8]\d{{2,3}}{_GAP}\d{{4}}{_NOT_AN_AMOUNT}"
)
_IDENTITY_CARD = re.compile(rf"(?<![\dA-Za-z])[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dA-Za-z])")
_CARDS = tuple(
    re.compile(rf"(?<![\d/=])(?:6{_GAP}2|4{_GAP}\d|5{_GAP}[1-5]|3{_GAP}5)(?:{_GAP}\d){{{length - 2}}}(?!\d)")
    for length in (19, 18, 17, 16)
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
)
_QQ = re.compile(
    r"(?<![A-Za-z])(?P<head>(?:[Qq]{2}|扣扣|企鹅)(?:群|号|群号)?[\s:是为加]{0,3})(?P<id>[1-9]\d{4,11})(?!\d)"
)
_WECHAT = re.compile(
    r"(?P<head>(?:微信|薇信|威信|(?<![A-Za-z])(?:[Vv][Xx]|[Vv]信|[Ww]e[Cc]hat|[Ww][Xx]))(?:号|ID|id)?[\s:是加]{0,3})"
    r"(?P<id>[A-Za-z](?=[A-Za-z_-]{0,18}[\d_])[A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])"
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def mask_personal_data(text: str) -> str:
    """The text with personal data replaced by `[手机号]`, `[身份证号]`, `[银行卡号]` ...; idempotent."""
    while (masked := _masked_once(text)) != text:
        text = masked
    return text


def _masked_once(text: str) -> str:
    text = _replace(text, _EMAIL, "[邮箱]")
    text = _replace(text, _IDENTITY_CARD, "[身份证号]", _is_identity_card)
    for card in _CARDS:
        text = _replace(text, card, "[银行卡号]", _is_bank_card)
    text = _replace(text, _MOBILE, "[手机号]")
    text = _replace(text, _LANDLINE, "[电话]")
    text = _replace(text, _QQ, "[QQ号]")
    return _replace(text, _WECHAT, "[微信号]")


def _replace(text: str, pattern: re.Pattern[str], label: str, holds: Callable[[str], bool] | None = None) -> str:
    """Replace matches whose digits `hold`; a failed candidate is retried one character on, so that a real
    number after some other number is not overlooked. Named groups: only `id` is replaced, `head` stays.
    """
    narrow = text.translate(_WIDE)
    pieces: list[str] = []
    kept_from = position = 0
    while match := pattern.search(narrow, position):
        if holds is not None and not holds(re.sub(r"[^\dXx]", "", match[0])):
            position = match.start() + 1
            continue
        start, end = match.span("id") if "id" in pattern.groupindex else match.span()
        pieces += [text[kept_from:start], label]
        kept_from = position = end
    return "".join([*pieces, text[kept_from:]])


def _is_identity_card(number: str) -> bool:
    """GB 11643: a real birth date, and ISO 7064 MOD 11-2 over the first 17 digits."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _is_bank_card(number: str) -> bool:
    """The Luhn check (ISO/IEC 7812-1), and not one digit repeated."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0 and len(set(number)) > 1
