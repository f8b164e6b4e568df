"""The passages that speak for a hit, with the words of the query marked."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final
from unicodedata import is_normalized

from retrieval.passages import Document, Passage
from retrieval.results import Highlight
from retrieval.text import fold, folded_with_offsets

MOST: Final = 3
_PUNCTUATION: Final = frozenset("，；：？！（）～…\u3000")


def highlights(document: Document, nearest: Passage, shared: Sequence[str]) -> tuple[Highlight, ...]:
    """The nearest passage, then those with most words of the query, at most three; `shared` are folded words."""
    marked = [spans(one.text, shared) for one in document.passages]
    first = document.passages.index(nearest)
    others = [number for number, found in enumerate(marked) if found and number != first]
    others.sort(key=lambda number: (-_covered(marked[number]), number))
    shown = ((document.passages[number], marked[number]) for number in (first, *sorted(others[: MOST - 1])))
    return tuple(Highlight(label=one.label, text=one.text, spans=found) for one, found in shown)


def spans(text: str, shared: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where any of the words stands in a text, whatever its width, case or script; overlapping places are one."""
    folded, offsets = text, None
    if not is_normalized("NFC", text) or _written_otherwise().search(text):
        folded = fold(text)
    if len(folded) != len(text):
        folded, offsets = folded_with_offsets(text)
    found: list[tuple[int, int]] = []
    for word in shared:
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            found.append((offsets[at], offsets[end - 1] + 1) if offsets else (at, end))
            at = folded.find(word, end)
    return _joined(found)


def _joined(found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
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
    """Characters that a word could be written with otherwise than folded; most texts have none, and folding each would
    be the dearest part of a hit. Punctuation stands in no word.
    """
    every = map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x10000)))
    uneven = (one for one in every if fold(one) != one and one not in _PUNCTUATION)
    return re.compile(f"[{re.escape(''.join(uneven))}\U00010000-\U0010ffff]")
