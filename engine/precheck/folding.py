"""One spelling of a text for matching, each character with its place in the original.

Full width, traditional characters, capitals, zero-width and direction marks, emoji, markup, spaces and signs inside a
word, and lines that were broken by hand must not hide what a reader sees.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from engine.scoring.text import clean

_HAN: Final = r"\u3400-\u9fff"
_TAG: Final = re.compile(r"</?[a-z!][^<>\n]{0,200}>")
_SIGNS: Final = re.compile(rf"(?<=[{_HAN}0-9])[·•*_~^|`'\"\-./\\+#=\t ]{{1,12}}(?=[{_HAN}])")
_SPACES: Final = re.compile(r"\s+")
_UNSEEN: Final = frozenset(("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me", "So", "Sk"))
_KEPT: Final = frozenset("\n\t｜")
_ENDS: Final = re.compile("[。！？；!?;]")
_WRAPPED_FROM: Final = 28
_OPEN_END: Final = re.compile(rf"[{_HAN}0-9，、,]")
_GOES_ON: Final = re.compile(rf"[{_HAN}]")
_NUMBERED: Final = re.compile(r"[一二三四五六七八九十]{1,3}[、.]")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in one spelling; `origins[i]` is where its i-th character stands in the original.

    `sentences` is the same with a line feed for each mark that ends a sentence, so that `.` in a pattern stays inside
    one; commas do not end a sentence.
    """

    text: str
    sentences: str
    origins: tuple[int, ...]
    hidden: int

    def original(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text in the original."""
        return self.origins[start], self.origins[end - 1] + 1

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a span."""
        left = self.sentences.rfind("\n", 0, start) + 1
        right = self.sentences.find("\n", end)
        return left, len(self.sentences) if right < 0 else right


def fold(text: str) -> Folded:
    """Fold a text; takes time linear in its length."""
    table = {char: _folded(char) for char in set(text)}
    kept = [(table[char], place) for place, char in enumerate(text) if table[char]]
    hidden = sum(1 for char in text if not table[char] and unicodedata.category(char) == "Cf")
    letters = "".join(char for char, _ in kept)
    drop = _dropped(letters)
    shown = [(char, place) for (char, place), gone in zip(kept, drop, strict=True) if not gone]
    folded = "".join(char for char, _ in shown)
    return Folded(folded, _ENDS.sub("\n", folded), tuple(place for _, place in shown), hidden)


def fold_words(text: str) -> str:
    """A phrase in the spelling of folded texts."""
    return fold(text).text


def _folded(char: str) -> str:
    """One character, or nothing for one that is not seen."""
    if char in _KEPT:
        return char
    if char.isspace():
        return " "
    if unicodedata.category(char) in _UNSEEN:
        single = unicodedata.normalize("NFKC", char)
        return clean(single) if len(single) == 1 and single.isalnum() else ""
    cleaned = clean(_simplified(char))
    single = unicodedata.normalize("NFKC", cleaned) if not cleaned.isascii() else cleaned
    return single.lower() if len(single) == 1 and single.isalnum() else cleaned[:1]


def _simplified(char: str) -> str:
    """A traditional character as a simplified one: the list of scoring is shorter, and changing it changes scores."""
    if char.isascii():
        return char
    simple: str = _converter().convert(char)
    return simple if len(simple) == 1 else char


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc  # noqa: PLC0415 - native code, only where text is compared

    return opencc.OpenCC("t2s")


def _dropped(letters: str) -> bytearray:
    """Which characters stand inside words without belonging to them."""
    drop = bytearray(len(letters))
    for pattern in (_TAG, _SIGNS):
        for found in pattern.finditer(letters):
            drop[found.start() : found.end()] = b"\x01" * len(found[0])
    for found in _SPACES.finditer(letters):
        start, end = found.span()
        if "\n" not in found[0]:
            between = letters[start - 1 : start].isascii() and letters[end : end + 1].isascii()
            words = letters[start - 1 : start].isalnum() and letters[end : end + 1].isalnum()
            kept_until = start + 1 if between and words else start
        elif _is_soft(letters, start, end):
            kept_until = start
        else:
            kept_until = start + 1
            feed = letters.index("\n", start)
            drop[start:feed] = b"\x01" * (feed - start)
            drop[feed] = 0
            start = kept_until = feed + 1
        drop[kept_until:end] = b"\x01" * (end - kept_until)
    return drop


def _is_soft(letters: str, start: int, end: int) -> bool:
    """Whether a line was only broken because it was full: long, open at its end, and the next goes on."""
    line = start - (letters.rfind("\n", 0, start) + 1)
    if line < _WRAPPED_FROM or letters.count("\n", start, end) > 1:
        return False
    goes_on = _GOES_ON.match(letters, end) and not _NUMBERED.match(letters, end)
    return bool(_OPEN_END.match(letters, start - 1) and goes_on)
