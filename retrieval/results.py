"""What a search answers, as pages, scripts and reports read it."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from knowledge.schema import Strategy
from retrieval.passages import Kind


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Highlight(_Answer):
    """A part of an entry that speaks for it: `label` says in Chinese which, `spans` are where in `text` (NFC) words of
    the query stand, as character offsets (start, end), in order and apart.
    """

    label: str
    text: str
    spans: tuple[tuple[int, int], ...]


class HitFacts(_Answer):
    """What is known of a past incident beside its text."""

    occurred_on: date
    platforms: tuple[str, ...]
    outcome_grade: str
    strategy: Strategy


class Hit(_Answer):
    """An entry that was found. `score` (0-1) is the calibrated chance that it is a precedent, never higher than that of
    the hit before. `reasons` are Chinese sentences; the nearest passage is the first of the `highlights`. `facts` only
    past incidents have.
    """

    id: str
    kind: Kind
    title: str
    score: float
    reasons: tuple[str, ...]
    category: str
    level: str | None
    highlights: tuple[Highlight, ...] = ()
    facts: HitFacts | None = None


class SearchResult(_Answer):
    """What was found, best first. With `no_precedent` the hits are only the least distant ones 没有相近先例.

    `understood` says in Chinese how the query was read where that is not how it was written.
    """

    query: str
    no_precedent: bool
    hits: tuple[Hit, ...]
    understood: str | None = None
