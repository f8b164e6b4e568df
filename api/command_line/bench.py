"""bench: the benchmarks, as a table or as JSON."""

import json
from functools import cache

from api.command_line.edge import DONE, FAILED, say, write_out
from api.settings import Settings
from engine.bench.catalogue import BenchParts, run
from engine.bench.free_writing import FreeLlamaCppModel
from engine.bench.report import Report, Result
from engine.errors import ModelUnavailable


def bench(settings: Settings, name: str | None, *, as_json: bool) -> int:
    """Run one benchmark or all; 1 when a gate does not hold."""
    report = run(name, _parts(settings), lambda one: say(f"正在运行 {one}…"))
    for one in report.skipped:
        say(f"跳过 {one.bench}：{one.reason}")
    if as_json:
        write_out(json.dumps(report.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        write_out(_table(report))
    return DONE if report.ok else FAILED


def _parts(settings: Settings) -> BenchParts:
    from api.installation import llm_path, open_embedder, open_search  # noqa: PLC0415 - loads models

    embedder = cache(lambda: open_embedder(settings))

    def model() -> FreeLlamaCppModel:
        if settings.llm == "off":
            raise ModelUnavailable("语言模型已在设置中关闭")
        return FreeLlamaCppModel(llm_path(settings), threads=settings.llm_threads)

    return BenchParts(embedder=embedder, search=lambda: open_search(settings, embedder()), model=model)


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
