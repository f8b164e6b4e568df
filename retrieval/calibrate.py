"""Learn from the judged queries of the bank, then fit on the dev and training queries how the legs are weighed and when
the best incident counts as a precedent: `python -m retrieval.calibrate --models DIR`, or `crisisdesk reindex` for
another embedder.

Nothing is fitted or chosen on the test queries. Figures of the verdict come from cross-validation.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from knowledge.loader import load_knowledge
from knowledge.schema import AnyEntry
from retrieval.bundle import embedder_folder
from retrieval.calibration import FOLDER, Calibration, Fusion
from retrieval.embedder import Counter, Embedder, load_embedder
from retrieval.filters import SearchFilters
from retrieval.fitting import LEGS, Graded, fitted, unasked
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.judging import (
    EARLIER,
    JudgedQuery,
    bank_queries,
    earlier_queries,
    judged_queries,
    kept_back_queries,
    queries_hash,
    training_queries,
)
from retrieval.learned import NOTHING, Learned
from retrieval.learned.kept import SUFFIX
from retrieval.learned.learning import learn
from retrieval.measure import PLACES, Found, ranking
from retrieval.ranking import EVEN, Match
from retrieval.remembering import Remembering
from retrieval.search import SearchEngine
from retrieval.verdict_fitting import NAMES, best_threshold, decision_figures, fit, held_out, hit_relevance, sample

EARLIER_ORDERED: Final = 3.0
"""How much an earlier query counts in weighing the legs: it has few incidents that answer it, but these are sure."""

CANDIDATES: Final = 30
"""Of each query, for weighing the legs: those among which the order matters."""

NOT_FITTED: Final = Calibration(
    embedder="",
    knowledge="",
    queries="",
    fusion=Fusion(dense=1, lexical=0, characters=0, category=0),
    intercept=0,
    weights=dict.fromkeys(NAMES, 0.0),
    threshold=0.5,
    measured={},
)
Told = Callable[[str], AbstractContextManager[Counter | None]]

_INCIDENTS: Final = SearchFilters(kinds=frozenset({"incident"}))


def fit_all(engine: SearchEngine, embedder: Embedder, told: Told) -> tuple[Learned, Calibration]:
    """Everything that search takes from judged queries, for this embedder and these documents. Weights and verdict are
    fitted on queries that are not remembered while that is done; at the end these are learned too. `told` gives a
    counter for each of the three steps, by its Chinese title.
    """
    known, fresh = Remembering(embedder), engine.with_learned(NOTHING)
    with told("正在学习评判过的问句") as progress:
        learned = _as_kept(learn(fresh, known, bank_queries(), progress))
    with told("正在用评判过的问句校准") as progress:
        calibration = calibrate(fresh.with_learned(learned), progress)
    with told("正在补学校准用的问句") as progress:
        final = _as_kept(learn(fresh, known, (*bank_queries(), *kept_back_queries()), progress))
    return final, calibration.model_copy(update={"learned": final.mark})


def _as_kept(learned: Learned) -> Learned:
    """As it comes back from its file, a little rounded."""
    return Learned.unpacked(learned.packed())


def calibrate(engine: SearchEngine, progress: Counter | None = None) -> Calibration:
    """Fit the weights and the verdict for this engine's embedder, documents and what it learned."""
    engine = engine.with_calibration(NOT_FITTED.model_copy(update={"fusion": EVEN}))
    judged = tuple(one for one in judged_queries() if one.split == "dev" and one.judged)
    every = (*judged, *training_queries(), *_still_there(engine, earlier_queries()))
    matches = _matches(engine, every, progress)
    some = [one for one in judged if one.relevant]
    graded = [_graded(engine, one, matches[one.id]) for one in every if one.relevant]
    fusion = fitted(graded).model_copy(update={"unasked": unasked(graded)})
    fused = engine.with_calibration(NOT_FITTED.model_copy(update={"fusion": fusion}))
    data = sample(fused, every, matches)
    chances = held_out(data)
    asked = data.part(data.asked)
    threshold = best_threshold(chances[data.asked], asked.precedent)
    intercept, weights = fit(data)
    relevance = hit_relevance(fused, [one for one in every if one.about != EARLIER], matches)
    found = ranking([Found(one, _order(engine, matches[one.id], fusion), False) for one in some])
    measured = {"recall_at_5": found.recall_at_5, "ndcg_at_10": found.ndcg_at_10, "mrr": found.mrr}
    return Calibration(
        embedder=engine.embedder,
        knowledge=engine.knowledge,
        queries=queries_hash(),
        fusion=fusion,
        intercept=intercept,
        weights=weights,
        threshold=threshold,
        relevance=relevance,
        measured={
            name: round(value, 4)
            for name, value in (measured | decision_figures(chances[data.asked], asked.precedent, threshold)).items()
        },
    )


def _matches(engine: SearchEngine, queries: Sequence[JudgedQuery], progress: Counter | None) -> dict[str, Match]:
    found = {}
    for done, one in enumerate(queries, 1):
        found[one.id] = _judged(engine.match(engine.understand(one.query), _INCIDENTS))
        if progress:
            progress(done, len(queries))
    return found


def _judged(found: Match) -> Match:
    """Only the incidents that judged questions know, where there are any: of the others nobody said that they are no
    answer.
    """
    known = np.flatnonzero(~np.isnan(found.asked))
    return found.among(known) if len(known) else found


def _still_there(engine: SearchEngine, queries: Sequence[JudgedQuery]) -> list[JudgedQuery]:
    """Without those whose incident has left the knowledge base."""
    known = {one.id for one in engine.documents}
    return [one for one in queries if not one.grades or one.relevant & known]


def _graded(engine: SearchEngine, query: JudgedQuery, found: Match) -> Graded:
    """The first candidates when the legs are weighed evenly."""
    first = found.among(np.argsort(-found.mixed(EVEN), kind="stable")[:CANDIDATES])
    names = [engine.documents[number].id for number in first.documents.tolist()]
    legs = np.nan_to_num(np.stack([getattr(first, leg) for leg in LEGS], axis=1).astype(np.float64))
    grades = np.array([query.grades.get(name, 0) for name in names], np.int64)
    return Graded(legs, grades, EARLIER_ORDERED if query.about == EARLIER else 1.0)


def _order(engine: SearchEngine, found: Match, fusion: Fusion) -> tuple[str, ...]:
    best = np.argsort(-found.mixed(fusion), kind="stable")[:PLACES]
    return tuple(engine.documents[number].id for number in found.documents[best].tolist())


def fitting_engine(embedder: Embedder, cache: Path) -> SearchEngine:
    """Search over the committed knowledge base, not fitted yet."""
    knowledge = load_knowledge()
    entries: list[AnyEntry] = [
        *knowledge.incidents.values(),
        *knowledge.playbooks.values(),
        *knowledge.templates.values(),
    ]
    return SearchEngine.build(entries, embedder, cache=cache, calibration=NOT_FITTED, learned=NOTHING)


def _quietly(_title: str) -> AbstractContextManager[Counter | None]:
    return nullcontext()


def main(arguments: list[str] | None = None) -> int:
    """Fit for the bundled embedder (or the one for tests), write, print."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.calibrate", description="拟合检索权重与“没有相近先例”。")
    parser.add_argument("--models", type=Path, required=True, help="模型存放的文件夹")
    parser.add_argument("--hashing", action="store_true", help="为测试用的向量模型拟合")
    options = parser.parse_args(arguments)
    bundled = embedder_folder(options.models)
    embedder: Embedder = HashingEmbedder() if options.hashing else load_embedder(bundled, direct=True)
    cache = options.models.parent / ("search-hashing" if options.hashing else "search")
    engine = fitting_engine(embedder, cache)
    name = embedder.fingerprint if options.hashing else bundled.name
    folder = Path(__file__).parent / FOLDER
    if options.hashing:
        calibration = calibrate(engine)
    else:
        learned, calibration = fit_all(engine, embedder, _quietly)
        (folder / f"{name}{SUFFIX}").write_bytes(learned.packed())
    text = calibration.model_dump_json(indent=2) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    Console().print_json(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
