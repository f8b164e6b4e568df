"""`retrieval`, its speed: a search from query to reasons, at the real size and at larger ones, against embedding.

Queries are judged ones, as people type them (19 characters in the median): short queries are quick to embed, so that
everything else has to be quick too.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.bench.report import Gate, Result
from engine.bench.timing import Prepare, race
from retrieval.embedder import Embedder
from retrieval.search import SearchEngine, SearchFilters
from retrieval.words import pieces

OWN_GATES: Final = {"search": Gate(at="most", limit=1.6)}
LARGE_GATES: Final = {"beside": Gate(at="most", limit=0.2)}
LARGE: Final = 100_000
FILTERS: Final = SearchFilters.model_validate({"platforms": "微博", "levels": ["high", "medium"], "since": "2021"})

Ask = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class SpeedSize:
    """Each round takes other queries."""

    queries_a_round: int = 8
    rounds: int = 9


def speed(
    name: str,
    engine: SearchEngine,
    embedder: Embedder,
    queries: Sequence[str],
    gates: Mapping[str, Gate],
    size: SpeedSize = SpeedSize(),
) -> Iterator[Result]:
    """Milliseconds a search by `engine`, built with `embedder`; `name` says how large it is, `gates` are by figure.

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
        "embed": _asking(embedder.question, chunks),
    }
    rounds = race(entrants, size.rounds)
    for title in ("search", "beside", "filtered"):
        told = f"retrieval.speed.{name}.{title}"
        yield rounds.cost(told, title, "embed", count=each, against="只计算同一检索词的向量", gate=gates.get(title))
    told = f"retrieval.speed.{name}.share"
    yield rounds.cost(told, "embed", "search", count=each, against="整次检索", gate=gates.get("share"))


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
