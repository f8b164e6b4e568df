"""Findings and comparisons as rows of a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from engine.intake.masking import mask_personal_data
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Category, Level, at_local
from engine.precedents.finding import Found, FoundEntry
from engine.precedents.query import KIND_TITLES
from engine.precedents.views import MARK_TITLES, Comparison, Mark, Side
from engine.precedents.wording import after, share
from knowledge.schema import STRATEGY_TITLES

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FOUND_HEAD: Final = (
    *("序号", "种类", "编号", "标题", "类别", "等级", "相近度", "判断", "发生日期", "平台", "策略", "首次回应"),
    *("结果", "理由", "检索内容", "筛选条件", "检索时间"),
)
_COMPARISON_HEAD: Final = ("部分", "哪一方", "起点后（分钟）", "起点后", "项目", "谁", "内容", "说明")


def found_csv(found: Found) -> bytes:
    """One row a hit, the query repeated on each; UTF-8 with a byte order mark, so that spreadsheets read it."""
    return _csv(_FOUND_HEAD, (_found_row(number, one, found) for number, one in enumerate(found.entries, 1)))


def comparison_csv(comparison: Comparison) -> bytes:
    """Facts, both timelines, both curves and lessons, one row each; UTF-8 with a byte order mark."""
    return _csv(_COMPARISON_HEAD, _comparison_rows(comparison))


def safe_cell(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.lstrip(" \u3000").startswith(_STARTS_A_FORMULA) else value


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(" ".join(value.split())) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _found_row(number: int, one: FoundEntry, found: Found) -> list[str]:
    hit, facts = one.hit, one.facts
    category = "通用" if hit.category == "any" else CATEGORY_TITLES[Category(hit.category)]
    level = LEVEL_TITLES[Level(hit.level)] if hit.level else ""
    past = ["", "", "", "", ""]
    if facts:
        past = [
            f"{facts.occurred_on}",
            "、".join(facts.platforms),
            STRATEGY_TITLES[facts.strategy],
            facts.first_response,
            facts.outcome_grade,
        ]
    verdict = "没有相近先例，仅供参考" if found.no_precedent else one.closeness
    score = share(hit.score) if one.closeness else ""
    asked = [mask_personal_data(found.query.q), "；".join(found.query.words()), at_local(found.at)]
    shown = [f"{number}", KIND_TITLES[hit.kind], hit.id, hit.title, category, level, score, verdict]
    return [*shown, *past, "；".join(hit.reasons), *asked]


def _comparison_rows(comparison: Comparison) -> Iterator[list[str]]:
    ours, theirs = comparison.ours, comparison.theirs
    yield ["要点", "本事件", "", "", "标题", "", ours.title, ours.id]
    yield ["要点", "先例", "", "", "标题", "", theirs.title, theirs.id]
    for trait in comparison.traits:
        yield ["要点", "本事件", "", "", trait.name, "", trait.ours, ""]
        yield ["要点", "先例", "", "", trait.name, "", trait.theirs, ""]
    for name, side in (("本事件", ours), ("先例", theirs)):
        yield from (["时间线", name, *_mark_cells(mark)] for mark in side.marks)
    for name, side in (("本事件", ours), ("先例", theirs)):
        yield from _curve_rows(name, side)
    if comparison.by_now:
        at = comparison.by_now.after_minutes
        for remark in comparison.by_now.remarks:
            yield ["此刻", "对照", f"{at:.0f}", after(at), "提示", "", remark, ""]
    yield ["教训", "先例", "", "", "转折", "", comparison.turning_point, ""]
    yield from (["教训", "先例", "", "", "教训", "", lesson, ""] for lesson in comparison.lessons)


def _mark_cells(mark: Mark) -> list[str]:
    level = f"（{LEVEL_TITLES[mark.level]}）" if mark.level else ""
    state = "" if mark.done else "（未完成，此为时限）"
    at = [f"{mark.after_minutes:.0f}", after(mark.after_minutes)]
    return [*at, MARK_TITLES[mark.kind], mark.who, f"{mark.what}{level}{state}", mark.detail]


def _curve_rows(name: str, side: Side) -> Iterator[list[str]]:
    for point in side.curve:
        at = [f"{point.after_minutes:.0f}", after(point.after_minutes)]
        yield ["走势", name, *at, "累计提及", "", f"{point.mentions}", f"其间负面占比 {share(point.negative)}"]
