"""Past incidents that tell the same story twice.

Similarity is the Jaccard index of character bigrams: Broder 1997, "On the resemblance and containment of documents".
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from knowledge.schema import PastIncident

FIELDS: Final = {"summary": "概述", "cause": "起因", "turning_point": "转折", "outcome": "结果"}
LIMIT: Final = 0.35


@lru_cache(maxsize=4096)
def grams(text: str, size: int = 2) -> frozenset[str]:
    """The character n-grams of a text, white space and punctuation left out."""
    letters = "".join(letter for letter in text if letter.isalnum())
    return frozenset(letters[start : start + size] for start in range(max(1, len(letters) - size + 1)))


def resemblance(one: str, other: str) -> float:
    """Jaccard index of the bigrams, 0-1."""
    left, right = grams(one), grams(other)
    return len(left & right) / len(left | right)


def alike(incidents: Iterable[PastIncident], limit: float = LIMIT) -> Iterator[tuple[str, str, str, float]]:
    """(later id, earlier id, field, resemblance) of every pair whose field resembles more than `limit`."""
    for earlier, later in combinations(sorted(incidents, key=lambda incident: incident.id), 2):
        for field in FIELDS:
            value = resemblance(getattr(earlier, field), getattr(later, field))
            if value > limit:
                yield later.id, earlier.id, field, value


def alike_to(
    one: PastIncident, others: Iterable[PastIncident], limit: float = LIMIT
) -> Iterator[tuple[str, str, float]]:
    """(other id, field, resemblance) of every other incident of which a field resembles this one more than `limit`."""
    for other in others:
        for field in FIELDS:
            value = resemblance(getattr(one, field), getattr(other, field))
            if other.id != one.id and value > limit:
                yield other.id, field, value
