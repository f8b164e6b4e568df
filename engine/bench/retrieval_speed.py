"""`retrieval`, its speed: a search from query to reasons, at the real size and at larger ones, against embedding.

Queries are judged ones, as people type them (19 characters in the median): short queries are quick to embed, so that
everything else has to be quick too.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.bench.report import Gate, Result
from engine.bench.timing import Prepare, race
from retrieval.embedder import Embedder
from retrieval.search import SearchEngine, SearchFilters
from retrieval.words import pieces

SEARCH_OF_EMBEDDING: Final = Gate(at="most", limit=1.6)
BESIDE_EMBEDDING: Final = Gate(at="most", limit=0.2)
FILTERS: Final = SearchFilters.model_validate({"platforms": "微博", "levels": ["high", "medium"], "since": "2021"})
_EMBEDDING: Final = "只计算同一检索词的向量"

Ask = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class SpeedSize:
    """Each round takes other queries."""

    queries_a_round: int = 8
    rounds: int = 9


def speed(
    name: str, engine: SearchEngine, embedder: Embedder, queries: Sequence[str], size: SpeedSize = SpeedSize()
) -> Iterator[Result]:
    """Milliseconds a search by `engine`, built with `embedder`; `name` says how large it is.

    `beside` is a search whose query was embedded before: everything but embedding. `filtered` is the same with three
    filters, `share` the embedder's share of a whole search.
    """
    each = size.queries_a_round
    chunks = [queries[at : at + each] for at in range(0, each * (size.rounds + 1), each)]
    known = engine.remembering()
    entrants = {
        "search": _asking(engine.search, chunks),
        "beside": _asking(known.search, chunks, known.search),
        "filtered": _asking(lambda query: known.search(query, filters=FILTERS), chunks, known.search),
        "embed": _asking(embedder.query, chunks),
    }
    rounds = race(entrants, size.rounds)
    for title, entrant, over, gate in (
        ("search", "search", "embed", SEARCH_OF_EMBEDDING),
        ("beside", "beside", "embed", BESIDE_EMBEDDING),
        ("filtered", "filtered", "embed", None),
        ("share", "embed", "search", None),
    ):
        against = _EMBEDDING if over == "embed" else "整次检索"
        yield rounds.cost(f"retrieval.speed.{name}.{title}", entrant, over, count=each, against=against, gate=gate)


def _asking(ask: Ask, chunks: Sequence[Sequence[str]], before: Ask | None = None) -> Prepare:
    """The queries of a round, after each was asked `before`. That a query was just cut into words by another entrant
    must not help.
    """

    def prepare(number: int) -> Callable[[], object]:
        chunk = chunks[number % len(chunks)]
        if before:
            deque(map(before, chunk), maxlen=0)
        pieces.cache_clear()
        return lambda: [ask(query) for query in chunk]

    return prepare
