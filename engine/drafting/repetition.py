"""Words that a draft has already: among approved wordings those that repeat least of it are kept."""

from collections.abc import Iterable, Sequence
from typing import Final

from engine.drafting.slots import Way

_RUN: Final = 4
_SLACK: Final = 1


def freshest(among: Sequence[Way], rest: Iterable[str], facts: Iterable[str]) -> tuple[Way, ...]:
    """The ways that repeat the fewest runs of four characters of the rest of the draft, and those one run worse.

    What a fact says may stand twice. The order stays; at least one way is left.
    """
    elsewhere = {run for text in rest for run in _runs(text)} - {run for value in facts for run in _runs(value)}
    counts = [len(elsewhere & set(_runs(way.span.text))) for way in among]
    return tuple(way for way, count in zip(among, counts, strict=True) if count <= min(counts) + _SLACK)


def _runs(text: str) -> Iterable[str]:
    """Every run of letters or ideographs of that length; punctuation breaks it."""
    runs = (text[at : at + _RUN] for at in range(len(text) - _RUN + 1))
    return (run for run in runs if run.isalnum())
