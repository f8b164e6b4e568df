"""One way of writing: compatible forms, case and traditional characters folded, so that both sides write the same."""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from string import ascii_uppercase
from typing import Any

MAX_CHARACTERS = 4000
"""What is read of a text: more than 512 tokens of any language that the bundled model knows."""

_FIRST, _LAST = 0x4E00, 0x9FFF
_CHINESE = re.compile("[一-鿿]+")
_PUNCTUATION = frozenset("，；：？！（）～…\u3000")


def readable(text: str) -> str:
    """The part of a text that is read: capped, with broken surrogates replaced (tokenizers refuse them)."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def nfc(text: str) -> str:
    """The form in which offsets of highlights count."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Full-width as half-width, upper as lower case, traditional as simplified characters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return plain.translate(_simple()) if _traditional().search(plain) else plain


def is_plain(text: str) -> bool:
    """Whether folding it changes nothing but the case of Latin letters, as far as words are concerned."""
    return unicodedata.is_normalized("NFC", text) and not _written_otherwise().search(text)


def folded_with_offsets(text: str) -> tuple[str, list[int]]:
    """`fold` character by character, and for each folded character the offset in `text` that it comes from."""
    pieces = [fold(character) for character in text]
    return "".join(pieces), [number for number, piece in enumerate(pieces) for _ in piece]


def simplified(text: str, protected: Collection[str] = ()) -> str:
    """Traditional text as it is written on the mainland, words included (網路 → 网络); other text as it is. Where that
    would replace a `protected` word, only the characters are converted.

    The conversion would also change words of simplified text that mean something else in Taiwan, so it only runs
    where a traditional character stands.
    """
    if not _traditional().search(text):
        return text
    plain = text.translate(_simple())
    worded = str(_converter("tw2sp").convert(text))
    return plain if any(word in plain and word not in worded for word in protected) else worded


def is_chinese(text: str) -> bool:
    """Whether it consists of Chinese characters."""
    return _CHINESE.fullmatch(text) is not None


@cache
def _simple() -> dict[int, str]:
    """Every traditional character with its simplified form."""
    every = [chr(code) for code in range(_FIRST, _LAST + 1)]
    simple = str(_converter("t2s").convert(" ".join(every))).split(" ")
    return {ord(one): other for one, other in zip(every, simple, strict=True) if one != other and len(other) == 1}


@cache
def _traditional() -> re.Pattern[str]:
    """Any character with a simplified form. Most texts have none: to look takes a tenth of translating each."""
    return re.compile(f"[{''.join(map(chr, _simple()))}]")


@cache
def _written_otherwise() -> re.Pattern[str]:
    """Characters, capitals of A to Z apart, that a word could be written with otherwise than folded; most texts have
    none, and folding each would be the dearest part of a hit. Punctuation stands in no word.
    """
    every = map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x10000)))
    uneven = (one for one in every if fold(one) != one and one not in _PUNCTUATION and one not in ascii_uppercase)
    return re.compile(f"[{re.escape(''.join(uneven))}\U00010000-\U0010ffff]")


@cache
def _converter(name: str) -> Any:
    import opencc  # noqa: PLC0415 - native code, only where text is compared

    return opencc.OpenCC(name)
