"""`retrieval`, its quality: the judged queries of the project, for each leg alone and with each part off.

Figures are shares (0-1) as `retrieval.measure` defines them; asked are past incidents, which is what was judged. Those
that a goal is about are compared with 1, the others with search as it is. `test`, `fresh`, `later` and `latest` are
for reporting; the last three nobody who worked on the search had seen. Goals are about the four together on the best
judgement there is (`all`: see `judging.reported_queries`). Weights and thresholds were fitted on `dev`: it shows how
much carries over.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from engine.bench.report import Gate, Result, compared
from retrieval.judging import JudgedQuery, by_majority, other_judges, reported_queries
from retrieval.measure import LEGS, WITHOUT, Found, answers, judged_by, ranking, verdict
from retrieval.parts import Parts
from retrieval.search import SearchEngine

GATES: Final[Mapping[str, Gate]] = {
    "recall_at_5": Gate(at="least", limit=0.95),
    "ndcg_at_10": Gate(at="least", limit=0.85),
    "no_precedent.f1": Gate(at="least", limit=0.9),
}
GATED: Final = ("hybrid", "default")
REPORTING: Final = ("test", "fresh", "later", "latest")
_DEFAULT: Final = "default"
_SETTINGS: Final[Mapping[str, Parts]] = {**LEGS, **{f"without_{name}": parts for name, parts in WITHOUT.items()}}

Progress = Callable[[str], None]


def quality(
    engine: SearchEngine, queries: Sequence[JudgedQuery], progress: Progress = lambda _: None
) -> Iterator[Result]:
    """Every figure of every split. Each query is embedded once."""
    known, reported = engine.remembering(), dict[str, list[Found]]()
    for split, settings in (("test", _SETTINGS), ("fresh", LEGS), ("later", LEGS), ("latest", LEGS), ("dev", LEGS)):
        asked = [one for one in queries if one.split == split]
        if not asked:
            continue
        found = {}
        for name, parts in settings.items():
            progress(f"检索质量：{split}，{name}，{len(asked)} 条检索词")
            found[name] = answers(known.with_parts(parts), asked)
        yield from _counts(split, asked)
        yield from _of_settings(split, found)
        if split == "test":
            yield from _of_styles(found[_DEFAULT])
            yield from _of_judges(asked, found[_DEFAULT])
        if split in REPORTING:
            for name in LEGS:
                reported.setdefault(name, []).extend(found[name])
    if reported:
        settled = {name: _settled(answered) for name, answered in reported.items()}
        yield from _counts("all", [one.query for one in settled[_DEFAULT]])
        yield from _of_settings("all", settled)


def _settled(found: Sequence[Found]) -> list[Found]:
    """The same answers to the same queries, by the best judgement there is."""
    best = {one.id: one for one in reported_queries()}
    return [replace(one, query=best.get(one.query.id, one.query)) for one in found]


def _counts(split: str, queries: Sequence[JudgedQuery]) -> Iterator[Result]:
    some = sum(1 for one in queries if one.relevant)
    for title, count in (("with_precedent", some), ("without_precedent", len(queries) - some)):
        yield _compared(f"retrieval.{split}.{title}", "条", count, len(queries), "全部检索词")


def _of_settings(split: str, found: Mapping[str, Sequence[Found]]) -> Iterator[Result]:
    usual = _figures(found[_DEFAULT])
    for setting, answered in found.items():
        for title, value in _figures(answered).items():
            name = f"retrieval.{split}.{setting}.{title}"
            if setting in GATED:
                gate = GATES.get(title) if split == "all" else None
                yield _compared(name, "份额", value, 1, "可能的最高值", gate)
            else:
                yield _compared(name, "份额", value, usual[title], "完整的检索")


def _of_styles(found: Sequence[Found]) -> Iterator[Result]:
    for style in dict.fromkeys(one.query.style for one in found):
        ranked = ranking([one for one in found if one.query.style == style])
        for title, value in (("recall_at_5", ranked.recall_at_5), ("ndcg_at_10", ranked.ndcg_at_10)):
            against = f"可能的最高值，{ranked.queries} 条检索词"
            yield _compared(f"retrieval.test.style.{style}.{title}", "份额", value, 1, against)


def _of_judges(queries: Sequence[JudgedQuery], found: Sequence[Found]) -> Iterator[Result]:
    """What the second and third judge reach, measured by the first as search is: how far people agree. And search
    measured by the majority of the three. Of the queries that all three judged.
    """
    asked = [one for one in queries if all(one.id in judge for judge in other_judges())]
    if not asked:
        return
    settled = [replace(one, query=by_majority(one.query)) for one in found if one.query in asked]
    second, third = (judged_by(judge, asked) for judge in other_judges())
    for name, answered in (("second_judge", second), ("third_judge", third), ("by_majority", settled)):
        for title, value in _figures(answered).items():
            yield _compared(f"retrieval.test.{name}.{title}", "份额", value, 1, "可能的最高值")


def _figures(found: Sequence[Found]) -> dict[str, float]:
    ranked, said = ranking(found), verdict(found)
    return {
        "recall_at_5": ranked.recall_at_5,
        "found_at_5": ranked.found_at_5,
        "ndcg_at_10": ranked.ndcg_at_10,
        "mrr": ranked.mrr,
        "no_precedent.precision": said.precision,
        "no_precedent.recall": said.recall,
        "no_precedent.f1": said.f1,
    }


def _compared(name: str, unit: str, value: float, reference: float, against: str, gate: Gate | None = None) -> Result:
    """As `compared`; a reference of 0 gives no ratio."""
    if not reference:
        return Result(name=name, value=value, unit=unit, reference=0, against=against)
    return compared(name, unit, value, reference, against, gate)
