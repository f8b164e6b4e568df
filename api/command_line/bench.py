"""bench: the benchmarks, as a table or as JSON."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from api.command_line.edge import DONE, FAILED, say, write_out
from api.settings import Settings
from engine.bench.catalogue import BenchParts, run
from engine.bench.free_writing import FreeLlamaCppModel
from engine.bench.readability import LlamaCppJudge
from engine.bench.report import Report, Result
from engine.bench.retrieval import SEARCH
from engine.errors import ModelUnavailable


def bench(settings: Settings, name: str | None, *, as_json: bool, quick: bool = False) -> int:
    """Run one benchmark or all; 1 when a gate does not hold."""
    with _progress() as progress:
        report = run(name, _parts(settings, progress, quick=quick), lambda one: say(f"正在运行 {one}…"))
    for one in report.skipped:
        say(f"跳过 {one.bench}：{one.reason}")
    if as_json:
        write_out(json.dumps(report.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        write_out(_table(report))
    return DONE if report.ok else FAILED


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error: on a terminal one that changes, elsewhere one after the other."""
    from rich.console import Console  # noqa: PLC0415 - only here

    console = Console(stderr=True)
    if not console.is_terminal:
        yield say
        return
    with console.status("准备…") as status:
        yield status.update


def _parts(settings: Settings, progress: Callable[[str], None], *, quick: bool) -> BenchParts:
    from api.installation import llm_path, open_embedder  # noqa: PLC0415 - loads models
    from knowledge.loader import load_knowledge  # noqa: PLC0415
    from knowledge.schema import AnyEntry  # noqa: PLC0415
    from retrieval.calibration import keep_calibration, load_calibration  # noqa: PLC0415
    from retrieval.learned import keep_learned, load_learned  # noqa: PLC0415
    from retrieval.search import SearchEngine  # noqa: PLC0415

    embedder = cache(lambda: open_embedder(settings))

    def search() -> SearchEngine:
        """Over the program's own knowledge, which the judgements are about, whatever is in force here."""
        carried = load_knowledge()
        entries: tuple[AnyEntry, ...] = (
            *carried.incidents.values(),
            *carried.playbooks.values(),
            *carried.templates.values(),
        )
        cache = _cache(settings) / SEARCH
        fingerprint, index = embedder().fingerprint, settings.data_dir / "index"
        keep_calibration(load_calibration(fingerprint, index), cache)
        keep_learned(load_learned(fingerprint, index), cache)
        return SearchEngine.build(entries, embedder(), cache=cache)

    def model() -> FreeLlamaCppModel:
        if settings.llm == "off":
            raise ModelUnavailable("语言模型已在设置中关闭")
        return FreeLlamaCppModel(llm_path(settings), threads=settings.llm_threads)

    return BenchParts(
        embedder=embedder,
        search=search,
        model=model,
        judge=lambda: _judge(settings),
        cache=_cache(settings),
        progress=progress,
        quick=quick,
    )


def _judge(settings: Settings) -> LlamaCppJudge | None:
    """Another language model than the one that drafts, if one lies beside it."""
    from api.installation import llm_path  # noqa: PLC0415

    others = (one for one in sorted(settings.resolved_models_dir.glob("*/*.gguf")) if one != llm_path(settings))
    other = next(others, None)
    return LlamaCppJudge(other, threads=settings.llm_threads) if other else None


def _cache(settings: Settings) -> Path:
    """Beside the models: both are made once, and can be made again."""
    return settings.resolved_models_dir.parent


def _table(report: Report) -> str:
    machine = report.machine
    head = f"{machine.cores} 核，Python {machine.python}，{machine.system}，开始时负载 {machine.load}"
    return "\n".join([head, *(_line(one) for one in report.results)])


def _line(one: Result) -> str:
    line = f"{one.name:<28} {one.value:g} {one.unit}"
    if one.ratio is not None:
        line += f"，对照 {one.reference:g}，比值 {one.ratio:g}（{one.against}）"
    if one.gate is None:
        return line
    bound = "不低于" if one.gate.at == "least" else "不高于"
    return f"{line}；要求{bound} {one.gate.limit:g}：{'达到' if one.ok else '未达到'}"
