"""Which sentences of a text cite what others say, and which are stock phrases that say nothing of what it is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from engine.precheck.folding import Folded
from engine.precheck.loader import compiled
from engine.precheck.schema import Surroundings

MOST_SIGNS: Final = 2_000
"""How many signs of citing are looked at in one text, of each pattern."""
_OPENING_QUOTES: Final = "“‘「『"


def citing_sentences(folded: Folded, around: Surroundings, stock: Sequence[str]) -> frozenset[int]:
    """Where the sentences begin whose quotations are cited: those that tell so, the next one, and after it every one
    that holds a quotation like the sentence before it, as in a list. A stock phrase leads on to the next sentence only
    when it points there. None in a text that offers something itself.
    """
    if _has(folded.sentences, around.quoted_unless):
        return frozenset()
    telling = frozenset(_telling(folded, around))
    found: set[int] = set()
    goes_on = False
    for start, sentence in _sentences(folded):
        if start in telling or goes_on:
            found.add(start)
        leads_on = start in telling and (_has(sentence, around.points) or not _has(sentence, stock))
        goes_on = leads_on or (goes_on and any(mark in sentence for mark in _OPENING_QUOTES))
    return frozenset(found)


def without_stock(sentences: str, stock: Sequence[str]) -> str:
    """The text with its stock sentences blanked, each character in its place: every one with such a phrase after the
    first sentence, which tells what the text is.
    """

    def blanked(found: re.Match[str]) -> str:
        return " " * len(found[0]) if found.start() and _has(found[0], stock) else found[0]

    return re.sub(r"[^\n]+", blanked, sentences)


def _telling(folded: Folded, around: Surroundings) -> Iterator[int]:
    """Where the sentences begin that tell that words of others are cited."""
    for pattern in around.quoted_in:
        for found, _ in zip(compiled(pattern).finditer(folded.sentences), range(MOST_SIGNS), strict=False):
            yield folded.sentence(*found.span())[0]


def _sentences(folded: Folded) -> Iterator[tuple[int, str]]:
    """The sentences that are not empty; closing marks alone, as after 。”, are none."""
    for found in re.finditer(r"[^\n]+", folded.sentences):
        if any(char.isalnum() for char in found[0]):
            yield found.start(), found[0]


def _has(text: str, patterns: Iterable[str]) -> bool:
    return any(compiled(pattern).search(text) for pattern in patterns)
