"""Names in a person's words: quoted titles, organisations, products, Latin words, people and places."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from engine.drafting.human_words import (
    GENERIC_LATIN,
    GENERIC_PRODUCTS,
    GENERIC_QUOTES,
    LATIN,
    NO_PERSONS,
    NO_PLACES,
    ORGANISATION,
    OWN_NAMES,
    PERSON,
    PRODUCT,
    QUOTED,
    SURNAMES,
)
from engine.learning.names import classed_words, is_common

_CHINESE: Final = re.compile(r"[一-鿿]")


def named(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names somebody or something."""
    yield from (hit.span(1) for hit in QUOTED.finditer(text) if hit[1] not in GENERIC_QUOTES)
    yield from (hit.span() for hit in ORGANISATION.finditer(text) if not OWN_NAMES.fullmatch(hit.group()))
    yield from (hit.span() for hit in PRODUCT.finditer(text) if not GENERIC_PRODUCTS.fullmatch(hit.group()))
    yield from (hit.span() for hit in LATIN.finditer(text) if hit.group().lower() not in GENERIC_LATIN)
    yield from (hit.span() for hit in PERSON.finditer(text))
    yield from _named_by_class(text)


def rare_characters(text: str) -> Iterator[int]:
    """The places of Chinese characters that the word classes do not know; each would take them 20 ms."""
    return (hit.start() for hit in _CHINESE.finditer(text) if not is_common(hit.group()))


@lru_cache(maxsize=512)
def _named_by_class(text: str) -> tuple[tuple[int, int], ...]:
    """People and places by jieba's word classes; a name begins with a surname. Rare characters are passed over."""
    letters = list(text)
    for place in rare_characters(text):
        letters[place] = "，"
    found, at = [], 0
    for word, kind in classed_words("".join(letters)):
        person = kind.startswith("nr") and word[0] in SURNAMES and word not in NO_PERSONS
        place_name = kind == "ns" and word not in NO_PLACES
        if (person or place_name) and len(word) > 1:
            found.append((at, at + len(word)))
        at += len(word)
    return tuple(found)
