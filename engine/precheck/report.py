"""An assessment as a Word document for the file."""

from engine.model import CATEGORY_TITLES
from engine.precheck.exporting import NO_TEXT, clause_words, head_pairs, precedent_words, where
from engine.precheck.model import CONCERN_TITLES, Assessment
from engine.word import Report


def to_word(assessment: Assessment) -> bytes:
    """Head, notes, categories, every finding with its place, clause and correction, precedents, signatures."""
    report = Report("事前评估", assessment.at)
    report.pairs(head_pairs(assessment))
    if assessment.notes:
        report.bullets(assessment.notes)
    report.heading("可能引发的类别")
    if assessment.categories:
        rows = [
            (CATEGORY_TITLES[one.category], CONCERN_TITLES[one.concern], "；".join(one.reasons))
            for one in assessment.categories
        ]
        report.table(("类别", "轻重", "怎样引发"), rows, (0.16, 0.14, 0.7))
    else:
        report.paragraph("没有发现。")
    report.heading("发现")
    if not assessment.findings:
        report.paragraph("没有发现。")
    for number, finding in enumerate(assessment.findings, 1):
        report.heading(f"{number}. {finding.title}（{CONCERN_TITLES[finding.concern]}）", 2)
        report.pairs(
            (
                ("位置", where(finding)),
                ("问题", finding.message),
                ("改法", finding.correction),
                ("可能引发", f"{CATEGORY_TITLES[finding.category]}：{finding.leads_to}"),
                ("依据", clause_words(finding.clause)),
                ("规则", finding.check),
            )
        )
    report.heading("相近的历史事件")
    report.paragraph(assessment.precedents.note)
    report.bullets(precedent_words(one) for one in assessment.precedents.found)
    report.heading("确认")
    report.pairs((("送审人", ""), ("合规意见", ""), ("日期", "")))
    report.paragraph(NO_TEXT)
    return report.content()
