"""The passages that speak for a hit, with the words of the query marked."""

from collections.abc import Iterable, Sequence
from typing import Final

from retrieval.passages import Document, Passage
from retrieval.results import Highlight
from retrieval.text import fold, folded_with_offsets

MOST: Final = 3


def highlights(document: Document, nearest: Passage, shared: Sequence[str]) -> tuple[Highlight, ...]:
    """The nearest passage, then those with most words of the query, at most three; `shared` are folded words."""
    marked = [Highlight(label=one.label, text=one.text, spans=spans(one.text, shared)) for one in document.passages]
    first = document.passages.index(nearest)
    others = [number for number, one in enumerate(marked) if one.spans and number != first]
    others.sort(key=lambda number: (-_covered(marked[number]), number))
    return tuple(marked[number] for number in (first, *sorted(others[: MOST - 1])))


def spans(text: str, shared: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where any of the words stands in a text, whatever its width, case or script; overlapping places are one."""
    folded = fold(text)
    offsets = None
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


def _covered(one: Highlight) -> int:
    return sum(end - start for start, end in one.spans)
