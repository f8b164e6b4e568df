"""Teach the bundled encoder the questions of the bank: `python -m retrieval.teach --models DIR`.

Once for a release, before `python -m retrieval.calibrate`: writes `retrieval/bundle/questions.npz`, from which
`python -m retrieval.bundle` makes the graph for questions. Takes about an hour and a half on two cores.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import Progress

from retrieval.bundle import embedder_folder
from retrieval.bundle.adapter import FILE, Adapter
from retrieval.bundle.convert import build_model, build_tokenizer
from retrieval.bundle.e5_file import read_e5
from retrieval.bundle.fetch import fetch
from retrieval.bundle.files import write_atomically
from retrieval.bundle.manifest import bundled_embedder
from retrieval.bundle.prepare import PROMPTS
from retrieval.calibrate import fitting_engine
from retrieval.embedder import Counter, load_embedder, readable
from retrieval.judging import JudgedQuery, bank_queries
from retrieval.learned.learning import gains_of
from retrieval.learned.teaching import EPOCHS, MOST_TOKENS, Lessons, taught

RUNS: Final = 3
"""Whose mean is taken."""


def teach(
    models: Path, queries: Sequence[JudgedQuery], *, epochs: int = EPOCHS, threads: int, progress: Counter
) -> Adapter:
    """What judged queries teach the bundled encoder, which is prepared under `models`; its source is fetched there."""
    embedder = load_embedder(embedder_folder(models), direct=True)
    engine = fitting_engine(embedder, models.parent / "search")
    incidents = engine.incident_passages(frozenset(name for one in queries for name in one.grades))
    model = bundled_embedder()
    source = read_e5(fetch(model, models / model.file))
    tokenizer = build_tokenizer(source)
    asked = [PROMPTS["query"] + readable(engine.understand(one.query).text) for one in queries]
    tokens = [tokenizer.encode(text).ids[:MOST_TOKENS] for text in asked]
    gains, agreed = gains_of(queries, incidents.ids), np.array([one.agreed for one in queries], np.float32)
    lessons = Lessons(tokens, gains, agreed, incidents.vectors, incidents.segments)
    runs = (
        taught(build_model(source), lessons, epochs=epochs, threads=threads, seed=run, progress=_run_of(progress, run))
        for run in range(RUNS)
    )
    return Adapter.mean(tuple(runs))


def _run_of(progress: Counter, run: int) -> Counter:
    """Counts one of the runs."""
    return lambda done, whole: progress(run * whole + done, RUNS * whole)


def main(arguments: list[str] | None = None) -> int:
    """Teach, write, say where."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.teach", description="让内置向量模型学会评判过的问句。")
    parser.add_argument("--models", type=Path, required=True, help="模型存放的文件夹")
    parser.add_argument("--threads", type=int, default=2, help="处理器线程数")
    options = parser.parse_args(arguments)
    target = Path(__file__).parent / FILE
    with Progress() as bar:
        task = bar.add_task("正在学习评判过的问句", total=None)

        def show(done: int, whole: int) -> None:
            bar.update(task, completed=done, total=whole)

        adapter = teach(options.models, bank_queries(), threads=options.threads, progress=show)
        write_atomically(target, [adapter.packed()])
        bar.console.print(f"已写入 {target}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
