"""Findings and comparisons as Word reports. By whom: a role, never a name."""

from collections.abc import Mapping
from datetime import datetime

from engine.intake.masking import mask_personal_data
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, ROLE_TITLES, Category, Level, Role, at_local
from engine.precedents.finding import Found, FoundEntry
from engine.precedents.past import past_side
from engine.precedents.query import KIND_TITLES
from engine.precedents.views import MARK_TITLES, ByNow, Comparison, Mark, Side
from engine.precedents.wording import after, share
from engine.word import Report
from knowledge.schema import STRATEGY_TITLES, PastIncident

_IN_FULL = 5
_NOTE = "本报告由公司内部案例库生成，案例均已隐去机构与个人；相近不等于相同，引用前请核对起因与法规。"


def found_report(found: Found, incidents: Mapping[str, PastIncident], by: Role) -> bytes:
    """What was asked, what was found and why, and the nearest past incidents in full."""
    report = Report("案例检索报告", found.at)
    report.pairs(
        (
            ("检索内容", mask_personal_data(found.query.q) or "（未填写）"),
            ("筛选条件", "；".join(found.query.words()) or "无"),
            ("检索时间", f"{at_local(found.at)}（北京时间）"),
            ("检索人", ROLE_TITLES[by]),
            ("结论", _verdict(found)),
        )
    )
    report.heading("检索结果")
    if found.entries:
        rows = [_found_row(number, one) for number, one in enumerate(found.entries, 1)]
        report.table(("序号", "案例", "要点", "结果", "为什么相近"), rows, (0.07, 0.23, 0.24, 0.16, 0.3))
    else:
        report.paragraph("没有符合条件的条目。")
    nearest = [incidents[one.hit.id] for one in found.entries if one.hit.id in incidents][:_IN_FULL]
    for number, entry in enumerate(nearest, 1):
        _past_in_full(report, number, entry)
    report.paragraph(_NOTE)
    return report.content()


def comparison_report(comparison: Comparison, by: Role, at: datetime) -> bytes:
    """Facts side by side, where the precedent stood at our age, both timelines, both curves, and what was learned."""
    ours, theirs = comparison.ours, comparison.theirs
    report = Report("先例对照报告", at)
    report.pairs(
        (
            ("本事件", f"{ours.title}（{ours.id}）"),
            ("先例", f"{theirs.title}（{theirs.id}）"),
            ("生成时间", f"{at_local(at)}（北京时间）"),
            ("生成人", ROLE_TITLES[by]),
            ("时间起点", f"本事件{ours.start_note}；先例{theirs.start_note}"),
        )
    )
    report.heading("要点对照")
    rows = [(one.name, one.ours, one.theirs, _same(one.same)) for one in comparison.traits]
    report.table(("名目", "本事件", "先例", "异同"), rows, (0.12, 0.39, 0.39, 0.1))
    if comparison.by_now:
        _by_now(report, comparison.by_now)
    report.heading("时间线")
    for name, side in (("本事件", ours), ("先例", theirs)):
        report.heading(name, 2)
        _timeline(report, side)
    report.heading("声量走势")
    report.paragraph("累计提及自起点计；负面占比为与上一行之间新增提及中的占比。只含计数，不含提及原文。")
    for name, side in (("本事件", ours), ("先例", theirs)):
        report.heading(name, 2)
        _curve(report, side)
    report.heading("先例的结果与教训")
    report.paragraph(f"转折：{comparison.turning_point}")
    report.paragraph(f"结果：{theirs.outcome_grade or ''}。{comparison.outcome}")
    report.bullets(comparison.lessons)
    report.paragraph(_NOTE)
    return report.content()


def _verdict(found: Found) -> str:
    if found.no_precedent:
        return "没有相近先例；下表为相距最近的条目，只作参考，不宜照搬。"
    if not found.query.q or not found.entries:
        return f"符合筛选条件的共{found.total}条，列出{len(found.entries)}条。"
    return f"列出{len(found.entries)}条，最相近的为“{found.entries[0].hit.title}”。"


def _found_row(number: int, one: FoundEntry) -> tuple[str, ...]:
    hit, facts = one.hit, one.facts
    category = "通用" if hit.category == "any" else CATEGORY_TITLES[Category(hit.category)]
    points = [KIND_TITLES[hit.kind], category]
    points += [LEVEL_TITLES[Level(hit.level)]] if hit.level else []
    if facts:
        points += [f"{facts.occurred_on}", "、".join(facts.platforms), STRATEGY_TITLES[facts.strategy]]
    outcome = f"{facts.outcome_grade}；{facts.first_response}" if facts else "—"
    close = f"{one.closeness}（{share(hit.score)}）：" if one.closeness else ""
    reasons = f"{close}{'；'.join(hit.reasons)}"
    return (f"{number}", hit.title, "；".join(points), outcome, reasons)


def _past_in_full(report: Report, number: int, entry: PastIncident) -> None:
    side = past_side(entry)
    report.heading(f"先例{number}：{entry.title}")
    report.paragraph(entry.summary)
    report.pairs(
        (
            ("规模", entry.scale),
            ("起因", entry.cause),
            ("转折", entry.turning_point),
            ("策略", STRATEGY_TITLES[entry.strategy]),
            ("结果", f"{entry.outcome_grade}：{entry.outcome}"),
        )
    )
    report.heading("时间线", 2)
    _timeline(report, side)
    if side.curve:
        report.heading("声量走势", 2)
        _curve(report, side)
    report.heading("教训", 2)
    report.bullets(entry.lessons)


def _timeline(report: Report, side: Side) -> None:
    if not side.marks:
        report.paragraph("尚无记录。")
        return
    rows = [(after(one.after_minutes), MARK_TITLES[one.kind], one.who, _what(one), one.detail) for one in side.marks]
    report.table(("起点后", "类型", "谁", "做了什么", "材料或说明"), rows, (0.13, 0.11, 0.14, 0.37, 0.25))


def _what(mark: Mark) -> str:
    level = f"（{LEVEL_TITLES[mark.level]}）" if mark.level else ""
    return f"{mark.what}{level}{'' if mark.done else '（未完成，此为时限）'}"


def _curve(report: Report, side: Side) -> None:
    if not side.curve:
        report.paragraph("没有记录走势。")
        return
    rows = [(after(one.after_minutes), f"{one.mentions:,}", share(one.negative)) for one in side.curve]
    report.table(("起点后", "累计提及（条）", "其间负面占比"), rows, (0.34, 0.33, 0.33))


def _by_now(report: Report, now: ByNow) -> None:
    report.heading(f"此刻（起点后{after(now.after_minutes)}）")
    report.bullets(now.remarks)
    for title, marks in (
        ("先例到此刻已经做的", now.had_done),
        ("先例接下来做的", now.came_next),
        ("我方未完成的任务", now.open_tasks),
        ("我方已完成的任务", now.done_tasks),
    ):
        report.heading(title, 2)
        report.bullets([f"{after(one.after_minutes)}，{one.who}：{one.what}" for one in marks] or ["无"])


def _same(same: bool | None) -> str:
    return "" if same is None else "相同" if same else "不同"
