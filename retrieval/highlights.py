"""The passages that speak for a hit, with the words of the query marked."""

from collections.abc import Iterable, Sequence
from typing import Final

from retrieval.passages import Document, Passage
from retrieval.results import Highlight
from retrieval.text import fold, folded_with_offsets, is_plain

MOST: Final = 3
Spans = tuple[tuple[int, int], ...]


def highlights(document: Document, nearest: int, shared: Sequence[str]) -> tuple[Highlight, ...]:
    """The nearest passage (by its number), then those with most words of the query, at most three; `shared` are folded
    words.
    """
    marked = _marked(document, shared)
    others = [number for number in marked if number != nearest]
    if len(others) >= MOST:
        others.sort(key=lambda number: (-_covered(marked[number]), number))
    shown = [(document.passages[number], marked.get(number, ())) for number in (nearest, *sorted(others[: MOST - 1]))]
    return tuple([Highlight(one.label, one.text, found) for one, found in shown])


def _marked(document: Document, shared: Sequence[str]) -> dict[int, Spans]:
    """The spans in each passage that has any, by its number. They are looked at as one text, which for most documents
    is folded once.
    """
    if document.plain is None:
        each = {number: spans(one.text, shared) for number, one in enumerate(document.passages)}
        return {number: found for number, found in each.items() if found}
    return _apart(_joined(_places(document.plain, shared)), document.passages)


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
    folded = text.lower() if is_plain(text) else fold(text)
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
