"""Whom a text is about: how much of its negativity each brand carries.

Clauses belong to the brands that they name; a clause without a name continues the one before. In a comparison
("甲比乙黑", "甲不如乙") only the brand that is blamed carries it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from engine.scoring.text import clauses, sentences

LEAST_SHARE: Final = 0.05
"""Share of a brand that is only named as the better one."""

_GOOD: Final = "好|强|靠谱|便宜|划算|低|快|稳|良心|香|省心|正规|安全|方便"
_BETTER_THAN: Final = re.compile(rf"^.{{0,12}}(?:{_GOOD})")
_BLAMES_FIRST: Final = re.compile(r"(?:不如|不像|没有|比不上|赶不上|学学|换成|换了|改用|转投|换到)\W{0,2}$")
_LEFT_FOR: Final = re.compile(r"(?:换成|换了|改用|转投|换到)\W{0,2}$")
_COMPARES: Final = re.compile(r"(?:比起|相比|比|对比)\W{0,2}$")

Surfaces = Mapping[str, Sequence[str]]
"""Canonical brand → its names as they are written in the cleaned text."""


def parts_by_brand(text: str, surfaces: Surfaces) -> dict[str, str]:
    """The part of a cleaned text that speaks of each brand; "" for one that is only the better of a comparison.

    Clauses before the first name speak of every brand named first; a brand never named in the text has all of it.
    """
    parts: dict[str, list[str]] = {brand: [] for brand in surfaces}
    named: set[str] = set()
    current: tuple[str, ...] = ()
    waiting: list[str] = []
    for clause in _statements(text):
        found = _named(clause, surfaces)
        named.update(brand for _, _, brand in found)
        blamed = _blamed(clause, found) if found else current
        if found and not current:
            for brand in blamed:
                parts[brand] += waiting
        if not blamed and not named:
            waiting.append(clause)
        for brand in blamed:
            parts[brand].append(clause)
        current = blamed or current
    return {brand: "".join(kept) if brand in named else text for brand, kept in parts.items()}


def shares(text: str, surfaces: Surfaces, negativity_of: Callable[[str], float]) -> dict[str, float]:
    """Share 0-1 of the text's negativity per brand; the most negative has 1."""
    if len(surfaces) < 2:
        return dict.fromkeys(surfaces, 1.0)
    parts = parts_by_brand(text, surfaces)
    known = {part: negativity_of(part) for part in sorted(set(parts.values())) if part}
    most = max(known.values(), default=0.0)
    return {
        brand: max(LEAST_SHARE, known[part] / most) if part and most else LEAST_SHARE for brand, part in parts.items()
    }


def _statements(text: str) -> list[str]:
    """The clauses of a text; an enumeration ("甲、乙都") is one."""
    made: list[str] = []
    for clause in (clause for sentence in sentences(text) for clause in clauses(sentence)):
        if made and made[-1].endswith("、"):
            made[-1] += clause
        else:
            made.append(clause)
    return made


def _named(clause: str, surfaces: Surfaces) -> list[tuple[int, int, str]]:
    """Where a clause names brands, left to right; a name inside a longer one does not count."""
    spans = sorted(
        (match.start(), -len(name), brand)
        for brand, names in surfaces.items()
        for name in names
        for match in re.finditer(re.escape(name), clause)
    )
    found: list[tuple[int, int, str]] = []
    for start, negative_length, brand in spans:
        if not found or start >= found[-1][1]:
            found.append((start, start - negative_length, brand))
    return found


def _blamed(clause: str, found: Sequence[tuple[int, int, str]]) -> tuple[str, ...]:
    """The brands that a clause is about, in order."""
    blamed = [brand for _, _, brand in found]
    if found and _LEFT_FOR.search(clause[: found[0][0]]):
        blamed.remove(found[0][2])
    for (_, _, first), (start, end, second) in pairwise(found):
        before = clause[:start]
        if _BLAMES_FIRST.search(before):
            blamed = [brand for brand in blamed if brand != second]
        elif _COMPARES.search(before):
            praised = first if _BETTER_THAN.search(clause[end:]) else second
            blamed = [brand for brand in blamed if brand != praised]
    return tuple(dict.fromkeys(blamed))
