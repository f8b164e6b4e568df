"""What people said of an incident, as proposals: the most repeated things, unlike each other, without names."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from engine.scoring.text import clean, essence, sentences
from knowledge.similarity import resemblance

VOICES: Final = 3
LONGEST: Final = 60
_SHORTEST: Final = 6
_ALIKE: Final = 0.5
_LOOKED_AT: Final = 60


def typical_voices(texts: Sequence[str], plain: Callable[[str, int], str]) -> tuple[str, ...]:
    """At most three, most repeated first; the same texts give the same ones."""
    groups: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for text in sorted(texts):
        key = essence(text)
        counts[key] += 1
        groups.setdefault(key, text)
    chosen: list[str] = []
    for key, _ in sorted(counts.items(), key=lambda one: (-one[1], -len(one[0]), one[0]))[:_LOOKED_AT]:
        voice = plain(_telling(groups[key]), LONGEST)
        if len(essence(voice)) >= _SHORTEST and all(resemblance(voice, other) < _ALIKE for other in chosen):
            chosen.append(voice)
        if len(chosen) == VOICES:
            break
    return tuple(chosen)


def _telling(text: str) -> str:
    """The first sentences of a text that fit, in one spelling."""
    told = ""
    for sentence in sentences(clean(text)[: LONGEST * 10]):
        if told and len(told) + len(sentence) > LONGEST:
            break
        told += sentence
    return told.strip()
