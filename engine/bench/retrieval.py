"""`retrieval`: a search from query to reasons, against embedding the query alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.bench.material import texts
from engine.bench.report import Gate, Result
from engine.bench.timing import Work, race
from retrieval.embedder import Embedder
from retrieval.search import SearchEngine

SEARCH_OF_EMBEDDING: Final = Gate(at="most", limit=1.6)
_QUERY_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class RetrievalSize:
    """Each round takes other queries."""

    queries_a_round: int = 8
    rounds: int = 9


def bench_retrieval(
    engine: SearchEngine, embedder: Embedder, size: RetrievalSize = RetrievalSize()
) -> tuple[Result, ...]:
    """Milliseconds a search over the engine's knowledge; `embedder` must be the one that it was built with."""
    each = size.queries_a_round
    found = [" ".join(one.text.split())[:_QUERY_CHARACTERS] for one in texts(each * (size.rounds + 1))]
    chunks = [found[at : at + each] for at in range(0, len(found), each)]
    entrants = {
        "search": lambda number: _searching(engine, chunks[number % len(chunks)]),
        "embed": lambda number: _embedding(embedder, chunks[number % len(chunks)]),
    }
    rounds = race(entrants, size.rounds)
    against = "只计算同一检索词的向量"
    return (rounds.cost("retrieval.search", "search", "embed", count=each, against=against, gate=SEARCH_OF_EMBEDDING),)


def _searching(engine: SearchEngine, chunk: Sequence[str]) -> Work:
    return lambda: [engine.search(query) for query in chunk]


def _embedding(embedder: Embedder, chunk: Sequence[str]) -> Work:
    return lambda: [embedder.query(query) for query in chunk]
