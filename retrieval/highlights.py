"""The passages that speak for a hit, with the words of the query marked."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from string import ascii_uppercase
from typing import Final
from unicodedata import is_normalized

from retrieval.passages import Document, Passage
from retrieval.results import Highlight
from retrieval.text import fold, folded_with_offsets

MOST: Final = 3
Spans = tuple[tuple[int, int], ...]
_PUNCTUATION: Final = frozenset("，；：？！（）～…\u3000")


def highlights(document: Document, nearest: Passage, shared: Sequence[str]) -> tuple[Highlight, ...]:
    """The nearest passage, then those with most words of the query, at most three; `shared` are folded words."""
    marked = _marked(document.passages, shared)
    first = document.passages.index(nearest)
    others = [number for number in marked if number != first]
    others.sort(key=lambda number: (-_covered(marked[number]), number))
    shown = ((document.passages[number], marked.get(number, ())) for number in (first, *sorted(others[: MOST - 1])))
    return tuple([Highlight(one.label, one.text, found) for one, found in shown])


def _marked(passages: Sequence[Passage], shared: Sequence[str]) -> dict[int, Spans]:
    """The spans in each passage that has any, by its number. They are looked at as one text, which for most is quickly
    folded.
    """
    together = "\n".join([one.text for one in passages])
    if not _is_plain(together):
        each = {number: spans(one.text, shared) for number, one in enumerate(passages)}
        return {number: found for number, found in each.items() if found}
    return _apart(_joined(_places(together.lower(), shared)), passages)


def _apart(found: Spans, passages: Sequence[Passage]) -> dict[int, Spans]:
    """Spans in the text of all passages, in order, as spans in each; none goes across."""
    apart: dict[int, Spans] = {}
    number, start, end = 0, 0, len(passages[0].text)
    for first, last in found:
        while first > end:
            number, start = number + 1, end + 1
            end = start + len(passages[number].text)
        apart[number] = (*apart.get(number, ()), (first - start, last - start))
    return apart


def spans(text: str, shared: Iterable[str]) -> Spans:
    """Where any of the words stands in a text, whatever its width, case or script; overlapping places are one."""
    folded = text.lower() if _is_plain(text) else fold(text)
    if len(folded) == len(text):
        return _joined(_places(folded, shared))
    folded, offsets = folded_with_offsets(text)
    return _joined([(offsets[start], offsets[end - 1] + 1) for start, end in _places(folded, shared)])


def _places(folded: str, shared: Iterable[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for word in shared:
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            found.append((at, end))
            at = folded.find(word, end)
    return found


def _is_plain(text: str) -> bool:
    """Whether folding it changes nothing but the case of Latin letters, as far as words are concerned."""
    return is_normalized("NFC", text) and not _written_otherwise().search(text)


def _joined(found: list[tuple[int, int]]) -> Spans:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _covered(found: Sequence[tuple[int, int]]) -> int:
    return sum(end - start for start, end in found)


@cache
def _written_otherwise() -> re.Pattern[str]:
    """Characters, capitals of A to Z apart, that a word could be written with otherwise than folded; most texts have
    none, and folding each would be the dearest part of a hit. Punctuation stands in no word.
    """
    every = map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x10000)))
    uneven = (one for one in every if fold(one) != one and one not in _PUNCTUATION and one not in ascii_uppercase)
    return re.compile(f"[{re.escape(''.join(uneven))}\U00010000-\U0010ffff]")
