"""What a search answers, as pages, scripts and reports read it."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from retrieval.passages import Facts, Kind


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Highlight:
    """A part of an entry that speaks for it: `label` says in Chinese which, `spans` are where in `text` (NFC) words of
    the query stand, as character offsets (start, end), in order and apart.
    """

    label: str
    text: str
    spans: tuple[tuple[int, int], ...]


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
    facts: Facts | None = None


class SearchResult(_Answer):
    """What was found, best first. With `no_precedent` the hits are only the least distant ones 没有相近先例.

    `understood` says in Chinese how the query was read where that is not how it was written.
    """

    query: str
    no_precedent: bool
    hits: tuple[Hit, ...]
    understood: str | None = None
