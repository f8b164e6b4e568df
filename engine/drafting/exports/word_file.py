"""A statement as a Word document: title, text, signature; the state and the mark of AI help on each page."""

from engine.drafting.exports.exporting import Statement, channel_title
from engine.drafting.exports.layout import as_posted
from engine.drafting.exports.mark import FIELD, embedded
from engine.drafting.exports.sources import sourced_sentences
from engine.model import at_local
from engine.word import Report
from knowledge.schema import Channel


def to_word(statement: Statement) -> bytes:
    """The document's bytes; its custom property AIGC holds the embedded mark."""
    report = Report(statement.title, statement.at)
    top = "；".join((*statement.warnings, *statement.standing.remarks))
    report.every_page(top, statement.mark_line)
    report.describe("人工智能生成合成内容", _properties(statement))
    for line in statement.top_lines:
        report.notice(line)
    _write_text(report, statement)
    if statement.with_sources:
        _write_sources(report, statement)
    return report.content()


def _properties(statement: Statement) -> dict[str, str]:
    return {
        FIELD: embedded(statement.mark),
        "Channel": channel_title(statement.template.channel),
        "State": statement.state,
        "Fingerprint": statement.draft.content_hash,
    }


def _write_text(report: Report, statement: Statement) -> None:
    layout = statement.layout
    if statement.template.channel is Channel.weibo:
        report.paragraph(as_posted(statement.draft.text, Channel.weibo))
        return
    for paragraph in layout.paragraphs:
        report.paragraph(paragraph)
    report.signature(layout.signature)


def _write_sources(report: Report, statement: Statement) -> None:
    report.heading("附：逐句出处", 2)
    report.pairs(
        (
            ("模板", f"{statement.template.title}（{statement.draft.template}）"),
            ("时间", f"{at_local(statement.at)}（北京时间）"),
            ("内容指纹", statement.draft.content_hash),
            ("核验", "不依赖模型：crisisdesk verify 草稿文件"),
        )
    )
    rows = [tuple(one) for one in sourced_sentences(statement.draft)]
    report.table(("原文", "文字来源", "事实依据"), rows, (0.5, 0.16, 0.34))
