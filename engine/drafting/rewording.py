"""A fact in a person's own words: close to what was confirmed, but not it.

Words that are moved about (实际利率高于页面利率, 页面利率高于实际利率) keep every character and say something else, so
no list of words finds them. A clause that shares at least half of its pairs of neighbouring characters with a fact, or
half of the fact's, without quoting the fact, is taken for a rewording of it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from engine.model import Fact

ENOUGH_SHARED: Final = 0.5
_SHORTEST: Final = 6
_CLAUSE: Final = re.compile(r"[^，。！？；：\n]{4,}")


def rewordings(text: str, facts: Sequence[Fact]) -> Iterator[tuple[int, int, Fact]]:
    """The clauses of a text that reword a fact, with their places."""
    known = [(fact, _pairs(fact.value)) for fact in facts if len(fact.value) >= _SHORTEST]
    for hit in _CLAUSE.finditer(text):
        words = hit.group()
        if any(fact.value in words for fact, _ in known):
            continue
        pairs = _pairs(words)
        found = next((fact for fact, others in known if _shared(pairs, others) >= ENOUGH_SHARED), None)
        if found is not None:
            yield hit.start(), hit.end(), found


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The overlap coefficient."""
    return len(one & other) / min(len(one), len(other))
