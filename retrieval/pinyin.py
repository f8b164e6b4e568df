"""How words sound, without tones: what a typing error and the word that was meant have in common."""

import re
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_MOST_READINGS = 16
_TWO_READINGS = frozenset("重长行还得调应分会数参传处降解供差冲当")

Sound = tuple[str, ...]
"""One syllable for each character."""


def sounds(word: str) -> list[Sound]:
    """Every way to read the characters (of one word: most have one)."""
    readings = [_readings(character) for character in word]
    return list(islice(product(*readings), _MOST_READINGS))


def sound(word: str) -> Sound:
    """How a known word is read: 重复 is chong fu, not zhong fu."""
    return tuple(_module().lazy_pinyin(word, errors="ignore"))


def near_sounds(word: str) -> set[Sound]:
    """The same with `near` sounds made equal."""
    return set(islice(product(*map(_near_readings, word)), _MOST_READINGS))


def near(found: Sound) -> Sound:
    """With sounds made equal that many people do not tell apart: zh and z, ing and in."""
    return tuple(_near(syllable) for syllable in found)


@lru_cache(maxsize=4096)
def _near(syllable: str) -> str:
    for one, other in _NEAR:
        if syllable.startswith(one):
            syllable = other + syllable[len(one) :]
    return re.sub(r"(?<=[aei])ng$", "n", syllable)


@lru_cache(maxsize=8192)
def _near_readings(character: str) -> Sound:
    return near(_readings(character))


@lru_cache(maxsize=8192)
def _readings(character: str) -> tuple[str, ...]:
    """As it is usually read; both ways for a few that are often read in two (dictionaries list rare readings too)."""
    if character not in _TWO_READINGS:
        return sound(character) or ("",)
    found = _module().pinyin(character, style=_module().Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else ("",)


@cache
def _module() -> Any:
    import pypinyin  # noqa: PLC0415 - a third of a second, only where something looks misspelt

    return pypinyin
