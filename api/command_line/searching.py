"""search and reindex."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from api.command_line.edge import DONE, FAILED, say, write_out
from api.settings import Settings
from engine.errors import InputError
from retrieval.calibration import Calibration, bundled_calibrations, keep_calibration
from retrieval.embedder import Counter, Embedder
from retrieval.filters import SearchFilters
from retrieval.learned import NOTHING, keep_learned
from retrieval.results import Hit, SearchResult

LEAST_F1: Final = 0.65
"""Below this the verdict 没有相近先例 of a model is little better than a guess: the command says so and fails.

Always saying it has 0.40 on the queries that are fitted on, the bundled model has 0.78.
"""


def search(
    settings: Settings,
    text: str | None,
    k: int,
    filters: Mapping[str, Any],
    *,
    similar: str | None = None,
    as_json: bool = False,
) -> int:
    """Past incidents, playbooks and templates near a text, or like an entry."""
    from api.installation import open_embedder, open_search  # noqa: PLC0415 - loads models

    if (text is None) == (similar is None):
        raise InputError("请给出检索文本，或用 --similar 指定一条知识的编号（二者选一）")
    chosen = SearchFilters(**filters)
    engine = open_search(settings, open_embedder(settings))
    found = engine.similar(similar, k=k, filters=chosen) if similar else engine.search(text or "", k=k, filters=chosen)
    write_out(_as_json(found.model_dump(mode="json")) if as_json else "\n".join(_told(found)))
    return DONE


def reindex(settings: Settings, *, as_json: bool) -> int:
    """Every vector anew with the embedder of the settings, and its calibration; 1 when it turned out badly."""
    from api.installation import open_embedder, searched_in_force  # noqa: PLC0415 - loads models
    from retrieval.search import SearchEngine  # noqa: PLC0415

    embedder = open_embedder(settings)
    entries = tuple(searched_in_force(settings))
    folder = settings.data_dir / "index"
    fitting = bundled_calibrations().get(embedder.fingerprint) or _not_fitted()
    started = time.monotonic()
    with _bar("正在计算知识库的向量") as told:
        engine = SearchEngine.build(
            entries, embedder, cache=folder, calibration=fitting, progress=told, anew=True, learned=NOTHING
        )
    calibration = _calibrated(engine, embedder, folder)
    report = _report(embedder, len(engine.documents), calibration, time.monotonic() - started)
    write_out(_as_json(report) if as_json else _summary(report))
    return DONE if report["good"] else FAILED


def _not_fitted() -> Calibration:
    from retrieval.calibrate import NOT_FITTED  # noqa: PLC0415 - imports scikit-learn

    return NOT_FITTED


def _calibrated(engine: Any, embedder: Embedder, folder: Path) -> Calibration:
    """The program's own calibration for its own model, else what is learned and fitted now, kept in the folder."""
    own = bundled_calibrations().get(embedder.fingerprint)
    if own:
        return own
    from retrieval.calibrate import fit_all  # noqa: PLC0415 - imports scikit-learn

    learned, fitted = fit_all(engine, embedder, _bar)
    keep_learned(learned, folder)
    keep_calibration(fitted, folder)
    return fitted


def _report(embedder: Embedder, entries: int, calibration: Calibration, seconds: float) -> dict[str, Any]:
    measured = calibration.measured
    return {
        "embedder": embedder.name,
        "fingerprint": embedder.fingerprint,
        "entries": entries,
        "calibration": "bundled" if calibration.embedder in bundled_calibrations() else "fitted",
        "measured": measured,
        "good": measured.get("no_precedent_f1", 0.0) >= LEAST_F1,
        "seconds": round(seconds, 1),
    }


def _summary(report: Mapping[str, Any]) -> str:
    of = "随程序提供的校准适用" if report["calibration"] == "bundled" else "已重新校准"
    lines = [
        f"索引已重建：{report['entries']} 条知识，向量模型 {report['embedder']}，用时 {report['seconds']:g} 秒；{of}。"
    ]
    titles = {"recall_at_5": "前五条召回率", "ndcg_at_10": "nDCG@10", "no_precedent_f1": "“没有相近先例”F1"}
    told = [f"{title} {report['measured'][name]:.2f}" for name, title in titles.items() if name in report["measured"]]
    if told:
        lines.append("拟合用问句上的表现：" + "，".join(told) + "。")
    if not report["good"]:
        lines.append("这个模型分不清有无先例，检索结果只能作参考，建议换用其他模型或内置模型。")
    return "\n".join(lines)


def _told(found: SearchResult) -> Iterator[str]:
    if found.understood:
        yield found.understood
    if found.no_precedent:
        yield "没有相近先例。以下只作参考：" if found.hits else "没有相近先例。"
    for hit in found.hits:
        yield _line(hit)


def _line(hit: Hit) -> str:
    return f"{hit.score:.2f}  {hit.title}（{hit.id}）\n      {'；'.join(hit.reasons)}"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


@contextmanager
def _bar(title: str) -> Iterator[Counter]:
    """A bar on standard error; on a terminal it moves, elsewhere only its end is written."""
    from rich.console import Console  # noqa: PLC0415 - only here
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    say(f"{title}…")
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
