"""The judged queries that the project carries: for fitting (`dev`, `train`), to learn from (`bank`) and for reporting
(`test`, `fresh`, `later`, `latest`).
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = "judged"
NONE, EARLIER = "none", "earlier"
GAINS: Final = (0.0, 0.3, 1.0, 1.6)
"""What finding an incident of grade 0, 1, 2 and 3 is worth."""

RELEVANT = 2
"""The grade (1-3) from which an incident answers a query."""

_FITTED_ON: Final = (
    "queries.yaml",
    "judgements.yaml",
    "earlier.yaml",
    "training.yaml",
    "training_grades.yaml",
    "bank.jsonl",
    "second.jsonl",
)

Split = Literal["dev", "test", "train", "bank", "fresh", "later", "latest"]


class JudgedQuery(BaseModel):
    """A query with the grades (1-3) of the incidents that judges found to answer it; how it came about is told in
    `judged/README.md`. One that was written to have no precedent needs no judge. Where the grades are the higher ones
    of two judges, `agreed` is the share of them who found a precedent at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    split: Split
    style: str
    about: str
    query: str
    grades: Mapping[str, int] = {}
    judged: bool = True
    agreed: float = 1.0

    @property
    def relevant(self) -> frozenset[str]:
        """The incidents that answer it."""
        return frozenset(name for name, grade in self.grades.items() if grade >= RELEVANT)


@cache
def judged_queries() -> tuple[JudgedQuery, ...]:
    """The queries of `judged/queries.yaml` with their grades, as far as they were judged."""
    grades: Mapping[str, Mapping[str, int]] = _read("judgements.yaml") or {}
    return tuple(
        JudgedQuery(**one, grades=grades.get(one["id"], {}), judged=one["id"] in grades or one["about"] == NONE)
        for one in _read("queries.yaml")["queries"]
    )


@cache
def other_judges() -> tuple[Mapping[str, Mapping[str, int]], ...]:
    """What two more judges gave, blind, to the queries of `test`, by the query: for reporting."""
    every = _lines("test_again.jsonl")
    return tuple({one["id"]: one[judge] for one in every} for judge in ("second", "third"))


def by_majority(query: JudgedQuery) -> JudgedQuery:
    """A query of `test` with the grade of each incident that is in the middle of what its three judges gave."""
    return query.model_copy(update={"grades": _middle(query.grades, *(judge[query.id] for judge in other_judges()))})


def _middle(*three: Mapping[str, int]) -> dict[str, int]:
    middle = {name: sorted(one.get(name, 0) for one in three)[1] for one in three for name in one}
    return {name: grade for name, grade in middle.items() if grade}


@cache
def training_queries() -> tuple[JudgedQuery, ...]:
    """The queries of `judged/training.yaml` and those of `bank.jsonl` that are kept back for fitting, each with the
    grades that its two judges meet at (none: it has no precedent).
    """
    grades: Mapping[str, Mapping[str, int]] = _read("training_grades.yaml")
    own = (JudgedQuery(**one, grades=grades[one["id"]]) for one in _read("training.yaml")["queries"])
    kept_back = (one for one in _bank() if one.split == "train")
    return tuple(_regraded(one, between) for one in (*own, *kept_back))


@cache
def bank_queries() -> tuple[JudgedQuery, ...]:
    """The queries of `judged/bank.jsonl`: the search remembers them and what answered them (`retrieval.learned`).
    Weights and verdict are fitted on others. Each has the higher grade of its two judges: what a judge overlooks is
    commoner than what one makes too much of.
    """
    return tuple(_regraded(one, max) for one in _bank() if one.split == "bank")


@cache
def kept_back_queries() -> tuple[JudgedQuery, ...]:
    """Those of `judged/bank.jsonl` on which weights and verdict are fitted; remembered like the others after that."""
    return tuple(_regraded(one, max) for one in _bank() if one.split == "train")


def between(first: int, second: int) -> int:
    """The grade in the middle, the higher one of two in the middle."""
    return (first + second + 1) // 2


def _regraded(query: JudgedQuery, settle: Callable[[int, int], int]) -> JudgedQuery:
    """With what is settled from both judges' grades; those of the first where there is no second."""
    second = _second().get(query.id)
    if second is None:
        return query
    both = {name: settle(query.grades.get(name, 0), second.get(name, 0)) for name in {**query.grades, **second}}
    found = [any(grade >= RELEVANT for grade in one.values()) for one in (query.grades, second)]
    grades = {name: grade for name, grade in both.items() if grade}
    return query.model_copy(update={"grades": grades, "agreed": max(0.5, sum(found) / 2)})


@cache
def _second() -> Mapping[str, Mapping[str, int]]:
    """What second judges gave, blind, to the queries of `dev`, `train` and the bank."""
    return {one["id"]: one["grades"] for one in _lines("second.jsonl")}


@cache
def _bank() -> tuple[JudgedQuery, ...]:
    return tuple(JudgedQuery(**one) for one in _lines("bank.jsonl"))


@cache
def fresh_queries() -> tuple[JudgedQuery, ...]:
    """The queries of `judged/fresh.yaml`: written and judged while nobody who worked on the search could see them."""
    grades: Mapping[str, Mapping[str, int]] = _read("fresh_grades.yaml")
    return tuple(JudgedQuery(**one, grades=grades[one["id"]]) for one in _read("fresh.yaml")["queries"])


@cache
def later_queries() -> tuple[JudgedQuery, ...]:
    """The queries of `judged/later.jsonl`, written and judged as those of `fresh` were, each with the grades in the
    middle of what three judges gave.
    """
    return _of_three("later.jsonl")


@cache
def latest_queries() -> tuple[JudgedQuery, ...]:
    """The same of `judged/latest.jsonl`, of other authors and later still."""
    return _of_three("latest.jsonl")


def _of_three(name: str) -> tuple[JudgedQuery, ...]:
    return tuple(JudgedQuery(grades=_middle(*one.pop("judges")), **one) for one in _lines(name))


@cache
def reported_queries() -> tuple[JudgedQuery, ...]:
    """Everything that is for reporting, on the best judgement there is: of `fresh` two judges and what they settled, of
    the others the majority of three.
    """
    test = (by_majority(one) for one in judged_queries() if one.split == "test" and one.judged)
    return (*test, *fresh_queries(), *later_queries(), *latest_queries())


@cache
def earlier_queries() -> tuple[JudgedQuery, ...]:
    """Queries that were written with the incidents in sight, each with the one or two that it was written for: for
    fitting only.
    """
    found = _read("earlier.yaml")
    told = [(one["query"], dict.fromkeys(one["expects"], 3)) for one in found["with_precedent"]]
    told += [(query, {}) for query in found["without_precedent"]]
    return tuple(
        JudgedQuery(id=f"e{number:03}", split="dev", style="plain", about=EARLIER, query=query, grades=grades)
        for number, (query, grades) in enumerate(told, 1)
    )


def queries_hash() -> str:
    """What was judged, as one SHA-256: a calibration says which queries it was fitted on."""
    return sha256(b"".join(_bytes(name) for name in _FITTED_ON)).hexdigest()


def _bytes(name: str) -> bytes:
    file = files("retrieval").joinpath(FOLDER, name)
    return file.read_bytes() if file.is_file() else b""


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _bytes(name).decode().splitlines()]


def _read(name: str) -> Any:
    return yaml.safe_load(_bytes(name).decode())
