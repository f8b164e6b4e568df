"""`drafting`: a draft with the language model, against the same model writing freely, filling a schema, and no model.

Times are of this machine at this moment; what counts is their ratio. Unsupported claims are counted by
`engine.bench.claims`, how a draft reads is measured by `engine.bench.readability`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

from engine.bench.claims import Carriers, unsupported
from engine.bench.drafting_material import cases, elements_said
from engine.bench.drafting_runs import Drafted, Run, choices, run_case
from engine.bench.free_writing import Writer
from engine.bench.readability import Judge, repetition, rhythm
from engine.bench.report import Gate, Result, Skipped, compared, spread
from engine.bench.timing import seconds
from engine.drafting.composing import DraftRequest
from engine.signing import Signer
from knowledge.loader import load_knowledge

OF_FREE: Final = Gate(at="most", limit=1 / 3)
UNSUPPORTED: Final = Gate(at="most", limit=0)
ELEMENTS: Final = Gate(at="least", limit=0.95)
DIFFERS: Final = Gate(at="least", limit=0.2)
_FREE: Final = "同一模型自由写同样长度的声明"
_SCHEMA: Final = "同一模型按普通 JSON 结构（llama.cpp 自带文法）填同一模板"
_PLAIN: Final = "不用语言模型的同一草稿"


@dataclass(frozen=True, slots=True)
class DraftingSize:
    """How many statements are written."""

    templates: int = 6


def bench_drafting(
    model: Writer, judge: Judge | None = None, size: DraftingSize = DraftingSize()
) -> tuple[Result | Skipped, ...]:
    """Everything in one run. Without a judge how a draft reads is left out. Raises ModelUnavailable."""
    signer = Signer.generate()
    loading = seconds(model.forget) + seconds(lambda: model.fingerprint)
    runs = [run_case(case, model, signer) for case in cases(load_knowledge(), size.templates)]
    results = (*_times(runs, loading), *_tokens(runs), *_claims(runs), *_elements(runs), _differing(runs))
    if judge is None:
        return (*results, Skipped(bench="drafting.perplexity", reason="没有另一个语言模型来评读"), *_surface(runs))
    return (*results, *_judged(runs, judge), *_surface(runs))


# --- time and tokens ---------------------------------------------------------------------------


def _times(runs: Sequence[Run], loading: float) -> Iterator[Result]:
    yield _paired("of_free_writing", "秒", runs, _cold, lambda run: run.free.seconds * run.scale, _FREE, OF_FREE)
    yield _paired(
        "of_free_writing_cpu", "核秒", runs, lambda run: run.cold.cpu, lambda run: run.free.cpu * run.scale, _FREE
    )
    yield _paired("of_schema", "秒", runs, _cold, lambda run: run.schema.seconds, _SCHEMA)
    first = f"{_FREE}：第一个词"
    yield _paired("first_text", "秒", runs, lambda run: run.cold.first_text, lambda run: run.free.first, first)
    yield _paired("first_word", "秒", runs, lambda run: run.cold.first_word, lambda run: run.free.first, first)
    yield _paired("warm", "秒", runs, lambda run: run.warm.seconds, _cold, "第一次起草，其后换一批事实")
    yield _paired("again", "秒", runs, lambda run: run.again.seconds, _cold, "第一次起草，其后原样重写")
    yield compared("drafting.loading", "秒", loading, median(map(_cold, runs)), "一份草稿（中位数）")
    yield _paired("of_model_free", "秒", runs, _cold, lambda run: run.plain_seconds, _PLAIN)


def _cold(run: Run) -> float:
    return run.cold_seconds


def _tokens(runs: Sequence[Run]) -> Iterator[Result]:
    yield _means(
        "tokens_generated", "词元", runs, lambda run: run.cold.usage.generated, lambda run: run.free.tokens, _FREE
    )
    yield _means(
        "tokens_generated_schema", "词元", runs, lambda run: run.schema.tokens, lambda run: run.free.tokens, _FREE
    )
    yield _means("tokens_prefilled", "词元", runs, lambda run: _read(run.cold), lambda run: run.free.prompt, _FREE)
    yield _means(
        "tokens_prefilled_warm", "词元", runs, lambda run: _read(run.warm), lambda run: _read(run.cold), "第一次起草"
    )


def _read(one: Drafted) -> int:
    """Tokens computed many at once: read, or weighed as one of several wordings."""
    return one.usage.prefilled + one.usage.scored


# --- what is said ------------------------------------------------------------------------------


def _claims(runs: Sequence[Run]) -> Iterator[Result]:
    free = [_unsupported(run.case.full, run.free.text) * run.scale for run in runs]
    ours = [_unsupported(run.case.full, run.cold.draft.text) for run in runs]
    partial = [_unsupported(run.case.partial, run.warm.draft.text) for run in runs]
    schema = [_unsupported(run.case.full, run.schema_text) for run in runs]
    yield _count("unsupported", mean(ours), mean(free), runs, UNSUPPORTED)
    yield _count("unsupported_partial", mean(partial), mean(free), runs, UNSUPPORTED)
    yield _count("unsupported_schema", mean(schema), mean(free), runs)


def _unsupported(request: DraftRequest, text: str) -> int:
    return len(unsupported(text, Carriers.of(request.template, request.register)))


def _elements(runs: Sequence[Run]) -> Iterator[Result]:
    ours = _share(runs, lambda run: run.cold.draft.text)
    yield compared("drafting.elements", "占比", ours, 1, "全部必备内容（事实齐全）", ELEMENTS, len(runs))
    partial = [elements_said(run.case.partial, run.warm.draft.text) for run in runs]
    share = sum(said for said, _ in partial) / sum(there for _, there in partial)
    yield compared(
        "drafting.elements_partial", "占比", share, 1, "全部必备内容（原因、人数、金额、补救未知）", rounds=len(runs)
    )
    yield compared(
        "drafting.elements_free", "占比", _share(runs, lambda run: run.free.text), ours, "草稿", rounds=len(runs)
    )
    yield compared(
        "drafting.elements_schema", "占比", _share(runs, lambda run: run.schema_text), ours, "草稿", rounds=len(runs)
    )


def _share(runs: Sequence[Run], text: Callable[[Run], str]) -> float:
    """The share of the required elements that texts say."""
    found = [elements_said(run.case.full, text(run)) for run in runs]
    return sum(said for said, _ in found) / sum(there for _, there in found)


# --- how it reads ------------------------------------------------------------------------------


def _differing(runs: Sequence[Run]) -> Result:
    """The share of places with a choice in which the model's wording is another than the model-free one."""
    places = [place for run in runs for place in choices(run)]
    share, chance = mean(place.differs for place in places), mean(1 - 1 / place.ways for place in places)
    against = f"随机选择时的占比（{len(places)} 处有得选）"
    return compared("drafting.differs", "占比", share, chance, against, DIFFERS, rounds=len(runs))


def _judged(runs: Sequence[Run], judge: Judge) -> Iterator[Result]:
    """Under another model than the one that chose the words."""
    ours = [judge.perplexity(run.cold.draft.text) for run in runs]
    plain = [judge.perplexity(run.plain.text) for run in runs]
    yield _numbers("perplexity", "困惑度", ours, plain, f"{_PLAIN}，均由 {judge.name} 评读（越低越顺）")
    better, worse = (sum(sign * one < sign * two for one, two in zip(ours, plain, strict=True)) for sign in (1, -1))
    yield _plainly("better", "份", better, worse, f"{judge.name} 认为不如{_PLAIN}的份数", len(runs))


def _surface(runs: Sequence[Run]) -> Iterator[Result]:
    yield _means_of("repetition", "占比", runs, repetition)
    yield _means_of("rhythm", "字", runs, rhythm)
    free, ours = (
        mean(map(repetition, texts))
        for texts in ([run.free.text for run in runs], [run.cold.draft.text for run in runs])
    )
    yield _plainly("repetition_free", "占比", free, ours, "草稿", len(runs))


def _means_of(name: str, unit: str, runs: Sequence[Run], measure: Callable[[str], float]) -> Result:
    ours, plain = mean(measure(run.cold.draft.text) for run in runs), mean(measure(run.plain.text) for run in runs)
    return _plainly(name, unit, ours, plain, _PLAIN, len(runs))


# --- figures -----------------------------------------------------------------------------------

Measure = Callable[[Run], float]


def _paired(
    name: str, unit: str, runs: Sequence[Run], value: Measure, over: Measure, against: str, gate: Gate | None = None
) -> Result:
    """Medians, and the median of the ratios within each statement."""
    return _numbers(name, unit, [value(run) for run in runs], [over(run) for run in runs], against, gate)


def _numbers(
    name: str, unit: str, values: Sequence[float], over: Sequence[float], against: str, gate: Gate | None = None
) -> Result:
    ratios = tuple(one / two for one, two in zip(values, over, strict=True))
    result = compared(f"drafting.{name}", unit, median(values), median(over), against, gate)
    return spread(result, ratios, median(ratios))


def _means(name: str, unit: str, runs: Sequence[Run], value: Measure, over: Measure, against: str) -> Result:
    return _plainly(name, unit, mean(map(value, runs)), mean(map(over, runs)), against, len(runs))


def _plainly(
    name: str, unit: str, value: float, over: float, against: str, rounds: int, gate: Gate | None = None
) -> Result:
    """A figure beside another; without a ratio where that is 0."""
    if over:
        return compared(f"drafting.{name}", unit, value, over, against, gate, rounds)
    ok = gate is None or value == 0
    return Result(
        name=f"drafting.{name}",
        value=value,
        unit=unit,
        reference=over,
        against=against,
        rounds=rounds,
        gate=gate,
        ok=ok,
    )


def _count(name: str, ours: float, free: float, runs: Sequence[Run], gate: Gate | None = None) -> Result:
    return _plainly(name, "处/份", ours, free, f"{_FREE}：登记和获准措辞中都没有的说法", len(runs), gate)
