"""The benchmarks by name, and one report from those that were asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.bench.core import bench_core
from engine.bench.drafting import DraftingSize, bench_drafting
from engine.bench.free_writing import Writer
from engine.bench.pipeline import bench_pipeline
from engine.bench.readability import Judge
from engine.bench.report import Report, Result, Skipped, this_machine
from engine.bench.retrieval import QUICK, RetrievalSize, bench_retrieval
from engine.bench.rules import bench_rules
from engine.bench.scoring import bench_scoring
from engine.errors import InputError, ModelUnavailable
from retrieval.embedder import Embedder
from retrieval.search import SearchEngine

ALL: Final = "all"

OnStart = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BenchParts:
    """What benchmarks are run with, each opened when it is needed. `search` searches the program's own knowledge and is
    built with `embedder`; `model` raises ModelUnavailable when it is switched off, `judge` is another language model,
    None where there is none. In the folder `cache` embeddings of made texts are kept; `progress` is told in Chinese
    what runs. `quick` leaves out what takes more than minutes.
    """

    embedder: Callable[[], Embedder]
    search: Callable[[], SearchEngine]
    model: Callable[[], Writer]
    cache: Path
    judge: Callable[[], Judge | None] = lambda: None
    progress: Callable[[str], None] = lambda _: None
    quick: bool = False


_BENCHES: Final[dict[str, Callable[[BenchParts], Iterable[Result | Skipped]]]] = {
    "core": lambda _: bench_core(),
    "rules": lambda _: bench_rules(),
    "pipeline": lambda _: bench_pipeline(),
    "scoring": lambda parts: bench_scoring(parts.embedder()),
    "retrieval": lambda parts: bench_retrieval(
        parts.search(), parts.embedder(), parts.cache, QUICK if parts.quick else RetrievalSize(), parts.progress
    ),
    "drafting": lambda parts: bench_drafting(
        parts.model(), parts.judge(), DraftingSize(templates=2) if parts.quick else DraftingSize()
    ),
}


def names() -> tuple[str, ...]:
    """Every benchmark, in the order in which all of them run."""
    return tuple(_BENCHES)


def run(name: str | None, parts: BenchParts, on_start: OnStart = lambda _: None) -> Report:
    """Run one benchmark, or all; one whose language model is missing is skipped.

    Raises InputError for an unknown name, and what the other parts raise when they are missing.
    """
    if name is not None and name not in _BENCHES:
        raise InputError(f"没有基准测试“{name}”，可选：{'、'.join(_BENCHES)}")
    machine = this_machine()
    results: list[Result] = []
    skipped: list[Skipped] = []
    for one in [name] if name else _BENCHES:
        on_start(one)
        try:
            for found in _BENCHES[one](parts):
                results.append(found) if isinstance(found, Result) else skipped.append(found)
        except ModelUnavailable as error:
            skipped.append(Skipped(bench=one, reason=str(error)))
    return Report(bench=name or ALL, machine=machine, results=tuple(results), skipped=tuple(skipped))
