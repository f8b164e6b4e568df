"""`retrieval`, its index: recall, latency, build time and memory against exact search and hnswlib, on real embeddings.

Texts come from `retrieval_texts`. Their vectors are made in one of two ways, which each figure names:
- `whole`: every text is embedded;
- `composed`: a text has the mean of the real embeddings of its two or three clauses. A million texts would take a night
  to embed. At the least size both are measured, so that it can be seen how fair the stand-in is: it should need as much
  of the lists as whole texts do.
Queries are other texts of the same generator, embedded whole as queries.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.bench.report import Gate, Result, Skipped, compared
from engine.bench.retrieval_contenders import (
    EXACT_NAME,
    NEIGHBOURS,
    Contender,
    Neighbours,
    Place,
    exact_search,
    hnswlib_index,
    nearest,
    product_index,
    recall_of,
)
from engine.bench.retrieval_texts import Rows, Texts
from engine.bench.retrieval_vectors import VectorCache, composed
from engine.bench.timing import Rounds, race
from retrieval.embedder import Embedder, Vectors
from retrieval.index.building import tuned_lists
from retrieval.index.tuning import CANDIDATES
from retrieval.index.tuning import RECALL as WANTED

RECALL: Final = Gate(at="least", limit=0.97)
SIZES: Final = (10_000, 100_000, 1_000_000)
_WHOLE_UP_TO: Final = 10_000
_QUERIES: Final = 300
_QUERIES_A_ROUND: Final = 20
_ROUNDS: Final = 3
_EIGHTH: Final = 8

Progress = Callable[[str], None]


def bench_index(
    embedder: Embedder, cache: Path, sizes: Sequence[int] = SIZES, progress: Progress = lambda _: None
) -> tuple[Result | Skipped, ...]:
    """The index at each size. Embeddings are kept under `cache`; the first run needs minutes for them."""
    return measured(Material(Texts.written(), VectorCache(embedder, cache, progress), progress), sizes)


def measured(material: "Material", sizes: Sequence[int]) -> tuple[Result | Skipped, ...]:
    """The same with texts of one's own."""
    return tuple(one for size in sizes for one in _at(size, material))


@dataclass(frozen=True)
class Material:
    """Texts and where their vectors come from."""

    texts: Texts
    cache: VectorCache
    progress: Progress
    drawn: dict[int, Rows] = field(default_factory=dict)

    def ways(self, size: int) -> tuple[str, ...]:
        """How vectors of so many texts are made: whole if they were embedded before, or are few."""
        if size <= _WHOLE_UP_TO:
            return "whole", "composed"
        known = len(self.cache) >= size and not self.cache.lacks(self._texts(size))
        return ("whole",) if known else ("composed",)

    def vectors(self, size: int, way: str) -> Vectors:
        """Of the texts of this size."""
        if way == "whole":
            return self.cache.passages(self._texts(size), "整句")
        clauses = self.cache.passages(self.texts.clauses, "分句")
        return composed(clauses, self._rows(size))

    def queries(self, size: int) -> Vectors:
        """Of other texts."""
        rows = self.texts.rows(_QUERIES, seed=2, without=self._rows(size))
        return self.cache.queries([self.texts.text(row) for row in rows.tolist()])

    def _texts(self, size: int) -> list[str]:
        return [self.texts.text(row) for row in self._rows(size).tolist()]

    def _rows(self, size: int) -> Rows:
        if size not in self.drawn:
            self.drawn[size] = self.texts.rows(size, seed=1)
        return self.drawn[size]


def _at(size: int, material: Material) -> Iterator[Result | Skipped]:
    ways, queries = material.ways(size), material.queries(size)
    if len(ways) > 1:
        for way in ways:
            yield from _lists_alone(f"index.{_short(size)}.{way}", material.vectors(size, way), queries)
    name = f"index.{_short(size)}.{ways[0]}"
    material.progress(f"{name}：准备 {size} 条向量")
    folder = Path(tempfile.mkdtemp(prefix="crisisdesk-index-"))
    try:
        yield from _compared(name, material.vectors(size, ways[0]), queries, Place(folder), material.progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lists_alone(name: str, vectors: Vectors, queries: Vectors) -> Iterator[Result]:
    """The lists of larger sizes at one that is searched exactly: what they must read, and what an eighth finds."""
    lists, truth = tuned_lists(vectors), nearest(vectors, queries)
    for title, probed, gate in (("tuned", lists.probed, RECALL), ("eighth", lists.count // _EIGHTH, None)):
        found = [_top(vectors, query, lists.search(query, CANDIDATES, None, probed)) for query in queries]
        against = f"{EXACT_NAME}；读 {lists.count} 个列表中的 {probed} 个"
        yield compared(f"{name}.lists_{title}.recall", "召回率@10", recall_of(found, truth), 1.0, against, gate)


def _compared(
    name: str, vectors: Vectors, queries: Vectors, place: Place, progress: Progress
) -> Iterator[Result | Skipped]:
    truth = nearest(vectors, queries)
    ours = product_index(vectors, queries, place)
    recall = ours.recall(queries, truth)
    progress(f"{name}：建成 {ours.build_seconds:.0f} 秒，召回率 {recall:.3f}；接着测精确检索和 hnswlib")
    yield compared(f"{name}.recall", "召回率@10", recall, 1.0, EXACT_NAME, RECALL)
    yield from _costs(f"{name}.%s_of_exact", ours, exact_search(vectors, queries, place), queries)
    try:
        other = hnswlib_index(vectors, queries, truth, min(recall, WANTED), place)
    except ImportError:
        yield Skipped(bench=f"{name}.hnswlib", reason="没有安装 hnswlib：pip install 'crisisdesk[bench]'")
    else:
        yield from _costs(f"{name}.%s_of_hnswlib", ours, other, queries)


def _costs(name: str, ours: Contender, other: Contender, queries: Vectors) -> Iterator[Result]:
    rounds = _timed({"ours": ours, "other": other}, queries)
    yield rounds.cost(name % "latency", "ours", "other", count=_QUERIES_A_ROUND, against=other.about, gate=None)
    yield compared(name % "build", "秒", ours.build_seconds, other.build_seconds, other.about)
    if ours.memory and other.memory:
        yield compared(name % "memory", "MB", ours.memory.own, other.memory.own, other.about)
        yield compared(
            name % "memory_with_mapped", "MB", ours.memory.with_mapped, other.memory.with_mapped, other.about
        )


def _timed(contenders: dict[str, Contender], queries: Vectors) -> Rounds:
    """Rounds of the same queries for all, one thread each."""
    chunks = [queries[at : at + _QUERIES_A_ROUND] for at in range(0, len(queries), _QUERIES_A_ROUND)]

    def entrant(contender: Contender) -> Callable[[int], Callable[[], object]]:
        return lambda number: lambda: [contender.find(query) for query in chunks[number % len(chunks)]]

    return race({name: entrant(contender) for name, contender in contenders.items()}, _ROUNDS)


def _top(vectors: Vectors, query: Vectors, rows: Neighbours) -> list[int]:
    order = (vectors[rows] @ query).argsort()[::-1]
    found: list[int] = rows[order[:NEIGHBOURS]].tolist()
    return found


def _short(size: int) -> str:
    return f"{size // 1_000_000}m" if size >= 1_000_000 else f"{size // 1000}k"
