"""How well search finds, and how well it says that there is nothing: engine and judged queries → figures.

Definitions, each a mean over the queries that have a relevant incident (grade 2 or 3):
- recall@5: relevant ones among the first five, of those that five places can hold: |found| / min(5, |relevant|). Two
  judged queries have six; for all others it is the strict recall, in which every relevant one counts.
- found@5: a relevant one is among the first five at all (success at five).
- nDCG@10 (Järvelin and Kekäläinen 2002) with the gain 2^grade - 1 (Burges et al. 2005) and the discount
  log2(place + 1); the ideal order is that of the judged incidents. What was not judged gains nothing.
- MRR: 1 / place of the first relevant one among the first ten, else 0 (Voorhees 1999).

The verdict 没有相近先例 is right for a query without a relevant incident; precision, recall and F1 are of that verdict.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from retrieval.judging import RELEVANT, JudgedQuery
from retrieval.parts import Parts
from retrieval.search import SearchEngine
from retrieval.understanding import Reading

PLACES: Final = 10

LEGS: Final[Mapping[str, Parts]] = {
    "bm25": Parts(dense=False, characters=False, category=False, topic=False, asked=False, diversity=False),
    "dense": Parts(lexical=False, characters=False, category=False, topic=False, asked=False, diversity=False),
    "hybrid": Parts(diversity=False),
    "default": Parts(),
}
"""The legs alone, both, and search as it is."""

WITHOUT: Final[Mapping[str, Parts]] = {
    "dense": Parts(dense=False),
    "lexical": Parts(lexical=False),
    "characters": Parts(characters=False),
    "category": Parts(category=False),
    "topic": Parts(topic=False),
    "asked": Parts(asked=False),
    "tuning": Parts(tuning=False),
    "diversity": Parts(diversity=False),
    "traditional": Parts(reading=Reading(traditional=False)),
    "typos": Parts(reading=Reading(typos=False)),
    "slang": Parts(reading=Reading(slang=False)),
}
"""The default with one part off."""


@dataclass(frozen=True)
class Found:
    """What search answered to a judged query: incidents in order, and its verdict."""

    query: JudgedQuery
    ids: tuple[str, ...]
    no_precedent: bool


@dataclass(frozen=True)
class Ranking:
    """Means over `queries` queries that have a relevant incident."""

    queries: int
    recall_at_5: float
    found_at_5: float
    ndcg_at_10: float
    mrr: float


@dataclass(frozen=True)
class Verdict:
    """The verdict 没有相近先例 over `queries` queries, of which `without` have no relevant incident."""

    queries: int
    without: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def answers(engine: SearchEngine, queries: Sequence[JudgedQuery]) -> list[Found]:
    """Ask every query for incidents."""
    asked = [engine.search(one.query, k=PLACES, kinds=frozenset({"incident"})) for one in queries]
    return [
        Found(query, tuple(hit.id for hit in result.hits), result.no_precedent)
        for query, result in zip(queries, asked, strict=True)
    ]


def judged_by(judge: Mapping[str, Mapping[str, int]], queries: Sequence[JudgedQuery]) -> list[Found]:
    """What another judge's grades (by the query) would be as answers: how far people agree, search can be measured."""
    ranked = [sorted(judge[one.id].items(), key=lambda graded: (-graded[1], graded[0])) for one in queries]
    return [
        Found(query, tuple(name for name, _ in graded), all(grade < RELEVANT for _, grade in graded))
        for query, graded in zip(queries, ranked, strict=True)
    ]


def ranking(found: Sequence[Found]) -> Ranking:
    """How well relevant incidents were found."""
    some = [one for one in found if one.query.relevant]
    return Ranking(
        len(some),
        _mean(recall_at_5(one.ids, one.query.grades) for one in some),
        _mean(float(not one.query.relevant.isdisjoint(one.ids[:5])) for one in some),
        _mean(ndcg(one.ids, one.query.grades) for one in some),
        _mean(reciprocal_rank(one.ids, one.query.grades) for one in some),
    )


def verdict(found: Sequence[Found]) -> Verdict:
    """How well it was said that there is nothing."""
    said = [one for one in found if one.no_precedent]
    none = [one for one in found if not one.query.relevant]
    right = sum(1 for one in said if not one.query.relevant)
    return Verdict(len(found), len(none), right / len(said) if said else 0.0, right / len(none) if none else 0.0)


def recall_at_5(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    """See the module; `grades` must hold a relevant one."""
    relevant = {name for name, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ids[:5])) / min(5, len(relevant))


def ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    """See the module; 0 when nothing was graded."""
    best = sorted(grades.values(), reverse=True)[:PLACES]
    ideal = sum(_gain(grade, place) for place, grade in enumerate(best, 1))
    found = sum(_gain(grades.get(name, 0), place) for place, name in enumerate(ids[:PLACES], 1))
    return found / ideal if ideal else 0.0


def reciprocal_rank(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    """See the module."""
    places = (place for place, name in enumerate(ids[:PLACES], 1) if grades.get(name, 0) >= RELEVANT)
    return 1 / next(places, float("inf"))


def compare(engine: SearchEngine, queries: Sequence[JudgedQuery], parts: Mapping[str, Parts]) -> dict[str, list[Found]]:
    """What search answers with each choice of parts; queries are embedded once for all of them."""
    shared = engine.remembering()
    return {name: answers(shared.with_parts(some), queries) for name, some in parts.items()}


def _gain(grade: int, place: int) -> float:
    return (2.0**grade - 1) / log2(place + 1)


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every) if every else 0.0
