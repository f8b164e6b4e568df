"""`retrieval`: how well search finds, how quick it is as knowledge grows, and what its index is worth."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.bench.report import Result, Skipped
from engine.bench.retrieval_agreement import agreement
from engine.bench.retrieval_collection import Source
from engine.bench.retrieval_index import SIZES, bench_index
from engine.bench.retrieval_quality import quality
from engine.bench.retrieval_speed import LARGE, LARGE_GATES, OWN_GATES, SpeedSize, speed
from engine.bench.retrieval_texts import CLAUSES, Texts
from engine.bench.retrieval_vectors import VectorCache
from retrieval.calibration import load_calibration
from retrieval.embedder import Embedder
from retrieval.judging import JudgedQuery, fresh_queries, judged_queries, later_queries, latest_queries
from retrieval.search import SearchEngine

Progress = Callable[[str], None]

SEARCH: Final = "bench-search"
"""Where in the cache the index of the program's own knowledge lies, and the calibration if it was fitted here."""


@dataclass(frozen=True, slots=True)
class RetrievalSize:
    """Sizes in entries for the search and in vectors for the index; `queries` are the judged ones, of which
    every second is timed; texts are put together from so many `clauses`.
    """

    entries: Sequence[int] = (10_000, 100_000)
    vectors: Sequence[int] = SIZES
    speed: SpeedSize = field(default_factory=SpeedSize)
    queries: Sequence[JudgedQuery] = ()
    clauses: int = CLAUSES
    every: int = 2


QUICK: Final = RetrievalSize(entries=(10_000,), vectors=(10_000,))


def bench_retrieval(
    engine: SearchEngine,
    embedder: Embedder,
    cache: Path,
    size: RetrievalSize = RetrievalSize(),
    progress: Progress = lambda _: None,
) -> Iterator[Result | Skipped]:
    """Quality and speed of `engine`, which searches the program's own knowledge with `embedder`; the speed of the same
    search over larger collections; the index. Embeddings are kept under `cache`: the first run takes minutes for them.
    """
    queries = size.queries or (*judged_queries(), *fresh_queries(), *later_queries(), *latest_queries())
    yield from quality(engine, queries, progress)
    yield from _speeds(engine, embedder, cache, size, progress)
    if size.vectors:
        yield from map(_named, bench_index(embedder, cache, size.vectors, progress))


def _named(one: Result | Skipped) -> Result | Skipped:
    """Under the name of this benchmark."""
    if isinstance(one, Skipped):
        return one.model_copy(update={"bench": f"retrieval.{one.bench}"})
    return one.model_copy(update={"name": f"retrieval.{one.name}"})


def _speeds(
    engine: SearchEngine, embedder: Embedder, cache: Path, size: RetrievalSize, progress: Progress
) -> Iterator[Result]:
    asked = [one.query for one in size.queries or judged_queries() if one.split == "test"][:: size.every]
    progress(f"检索速度：知识库现有的 {len(engine.documents)} 个条目")
    yield from speed("own", engine, embedder, asked, OWN_GATES, size.speed)
    calibration = load_calibration(embedder.fingerprint, cache / SEARCH)
    known = VectorCache(embedder, cache, progress)
    source = Source.of(Texts.written(size.clauses), known)
    for entries in size.entries:
        progress(f"检索速度：准备 {entries} 个条目")
        folder = Path(tempfile.mkdtemp(prefix="crisisdesk-search-"))
        try:
            larger = source.engine(entries, embedder, folder / "index", calibration, engine.learned)
            progress(f"检索速度：{entries} 个条目")
            gates = LARGE_GATES if entries >= LARGE else {}
            yield from speed(short(entries), larger, embedder, asked, gates, size.speed)
            progress(f"检索一致性：{entries} 个条目逐一比较")
            yield from agreement(short(entries), larger, asked)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def short(count: int) -> str:
    """10k, 100k; the number itself where it is not in thousands."""
    return f"{count // 1000}k" if count % 1000 == 0 else str(count)
