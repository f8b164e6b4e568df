"""`retrieval`: whether a search over many entries, which compares a few hundred, finds what comparing all finds."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine.bench.report import Gate, Result, compared
from retrieval.search import SearchEngine

QUERIES: Final = 48
PLACES: Final = (1, 5, 10)
GATES: Final[Mapping[int, Gate]] = {1: Gate(at="least", limit=0.95), 5: Gate(at="least", limit=0.9)}


def agreement(name: str, engine: SearchEngine, queries: Sequence[str], count: int = QUERIES) -> Iterator[Result]:
    """The share of the first hits of the exhaustive search that are among as many hits of `engine`, for `count` queries
    spread over these.
    """
    known = engine.remembering()
    full = known.choosing_above(sys.maxsize)
    asked = queries[:: max(1, -(-len(queries) // count))]
    found = [(_ids(known, query), _ids(full, query)) for query in asked]
    for places in PLACES:
        shares = [len({*ours[:places]} & {*true[:places]}) / len(true[:places]) for ours, true in found if true]
        told = f"retrieval.agreement.{name}.at_{places}"
        against = f"与全部条目逐一比较，{len(shares)} 条检索词"
        yield compared(told, "份额", sum(shares) / len(shares), 1.0, against, GATES.get(places))


def _ids(engine: SearchEngine, query: str) -> list[str]:
    return [hit.id for hit in engine.search(query, k=max(PLACES)).hits]
