"""What judges look at: for each query the incidents that any leg puts near the top, in no order that tells which.

`python -m retrieval.pool --models DIR --out FILE` (pooling: Spärck Jones and van Rijsbergen 1975). An incident that no
leg finds among the first eight is taken for not relevant.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from knowledge.loader import load_knowledge
from knowledge.schema import PastIncident
from retrieval.bundle import embedder_folder
from retrieval.calibrate import fitting_engine
from retrieval.calibration import load_calibration
from retrieval.embedder import load_embedder
from retrieval.judging import judged_queries
from retrieval.measure import LEGS
from retrieval.search import SearchEngine

DEPTH: Final = 8
LEGS_POOLED: Final = ("bm25", "dense", "hybrid")


def pooled(engine: SearchEngine, query: str) -> list[str]:
    """Ids of the incidents to judge, in an order that depends on the query's text alone."""
    found: set[str] = set()
    for leg in LEGS_POOLED:
        result = engine.with_parts(LEGS[leg]).search(query, k=DEPTH, kinds=frozenset({"incident"}))
        found.update(hit.id for hit in result.hits)
    ids = sorted(found)
    random.Random(query).shuffle(ids)
    return ids


def pool(engine: SearchEngine, incidents: dict[str, PastIncident]) -> Iterator[dict[str, object]]:
    """For each query, what is known of its candidates."""
    shared = engine.remembering()
    for one in judged_queries():
        told = [incidents[name] for name in pooled(shared, one.query)]
        shown = [{"id": it.id, "title": it.title, "summary": it.summary, "cause": it.cause} for it in told]
        yield {"query_id": one.id, "query": one.query, "candidates": shown}


def main(arguments: list[str] | None = None) -> int:
    """Write one JSON line a query."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.pool", description="汇集待评判的候选事件。")
    parser.add_argument("--models", type=Path, default=Path(".cache/models"), help="模型存放的文件夹")
    parser.add_argument("--out", type=Path, required=True, help="结果文件（JSON Lines）")
    options = parser.parse_args(arguments)
    embedder = load_embedder(embedder_folder(options.models), direct=True)
    engine = fitting_engine(embedder, options.models.parent / "search")
    engine = engine.with_calibration(load_calibration(embedder.fingerprint))
    lines = (json.dumps(one, ensure_ascii=False) for one in pool(engine, dict(load_knowledge().incidents)))
    options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
