"""Of playbooks or templates that fit equally well, the one whose strategy ended better before comes first.

Only neighbours of one kind whose scores all but tie change places, each at most once: relevance decides, outcomes break
ties. Whoever builds the search brings the outcomes; nothing is known of them here.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from retrieval.results import Hit

NEAR: Final = 0.03
"""Scores (0-1) that differ by no more are a tie: less than the calibration itself is sure of."""

BETTER: Final = 0.1
"""How much higher the share of good outcomes must be to break a tie."""

_KINDS: Final = ("playbook", "template")


class Prior(NamedTuple):
    """What is known of an entry's strategy beside its text: the estimated share (0-1) of good outcomes, and why it may
    come first, in Chinese.
    """

    share: float
    reason: str


def prefer_proven(hits: Sequence[Hit], priors: Mapping[str, Prior]) -> tuple[Hit, ...]:
    """The hits with near ties broken by outcomes. A place keeps its score, so that scores never rise on the way down;
    a hit that moved up says why.
    """
    found = list(hits)
    place = 0
    while place + 1 < len(found):
        first, second = found[place], found[place + 1]
        if _is_tie(first, second) and (prior := _better(first, second, priors)) is not None:
            told = {"score": first.score, "reasons": (*second.reasons, prior.reason)}
            found[place] = second.model_copy(update=told)
            found[place + 1] = first.model_copy(update={"score": second.score})
            place += 1
        place += 1
    return tuple(found)


def _is_tie(first: Hit, second: Hit) -> bool:
    return first.kind == second.kind and first.kind in _KINDS and first.score - second.score <= NEAR


def _better(first: Hit, second: Hit, priors: Mapping[str, Prior]) -> Prior | None:
    """What speaks for the second one, when it is better by enough."""
    above, below = priors.get(first.id), priors.get(second.id)
    if above is None or below is None or below.share - above.share < BETTER:
        return None
    return below
