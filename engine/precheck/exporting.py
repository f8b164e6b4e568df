"""Assessment → JSON, Markdown, Word: the file for the record. The same assessment gives the same bytes."""

import json
from enum import StrEnum
from typing import Final

from engine.model import CATEGORY_TITLES, ROLE_TITLES, Frozen, at_local
from engine.precheck.model import (
    CONCERN_TITLES,
    KIND_TITLES,
    VERDICT_TITLES,
    Assessment,
    Clause,
    Finding,
    Precedent,
)
from engine.precheck.verdict import RULE

UNVERIFIED: Final = "未经本公司合规确认"
NO_TEXT: Final = "本文件不含原文；原文以 SHA-256 指纹为准。检查规则未发现问题不等于合法合规，仍须按公司流程审批。"


class AssessmentFormat(StrEnum):
    """What an assessment may be written as."""

    json = "json"
    md = "md"
    docx = "docx"


class AssessmentFile(Frozen):
    """A file to take away; `name` is Chinese, with its ending."""

    name: str
    media_type: str
    content: bytes


_MEDIA: Final = {
    AssessmentFormat.json: "application/json; charset=utf-8",
    AssessmentFormat.md: "text/markdown; charset=utf-8",
    AssessmentFormat.docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def export(assessment: Assessment, form: AssessmentFormat) -> AssessmentFile:
    """The assessment as a file."""
    if form is AssessmentFormat.json:
        content = to_json(assessment).encode()
    elif form is AssessmentFormat.md:
        content = to_markdown(assessment).encode()
    else:
        from engine.precheck.report import to_word  # noqa: PLC0415 - reading python-docx takes its time

        content = to_word(assessment)
    return AssessmentFile(name=f"事前评估-{assessment.text_hash[:8]}.{form}", media_type=_MEDIA[form], content=content)


def to_json(assessment: Assessment) -> str:
    """All of it, keys sorted, with the rule of the verdict."""
    document = assessment.model_dump(mode="json") | {
        "verdict_title": VERDICT_TITLES[assessment.verdict],
        "verdict_rule": RULE,
        "must_change": assessment.must_change,
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def head_pairs(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """What stands at the top of every written form."""
    guessed = "（自动判断）" if assessment.kind_was_guessed else ""
    return (
        ("标题", assessment.title),
        ("种类", KIND_TITLES[assessment.kind] + guessed),
        ("结论", f"{VERDICT_TITLES[assessment.verdict]}：{assessment.verdict_reason}"),
        ("结论怎样得出", RULE),
        ("评估时间", f"{at_local(assessment.at)}（北京时间）"),
        ("评估人", f"{assessment.by}（{ROLE_TITLES[assessment.role]}）"),
        ("字数", str(assessment.characters)),
        ("原文指纹", assessment.text_hash),
        ("检查规则指纹", assessment.checks_hash),
        ("现行发布", assessment.release),
    )


def where(finding: Finding) -> str:
    """The places of a finding in words."""
    if not finding.places:
        return "全文"
    shown = "；".join(f"第{one.line}行第{one.column}字“{one.quote}”" for one in finding.places[:5])
    more = f"，共{finding.occurrences}处" if finding.occurrences > 5 else ""
    lead = "因文中提到" if finding.type == "disclosure" else ""
    return f"{lead}{shown}{more}"


def clause_words(clause: Clause | None) -> str:
    """The clause with its state."""
    if clause is None:
        return "现行发布中没有这条法规"
    state = "已确认" if clause.verified else UNVERIFIED
    return f"{clause.document} {clause.clause}（{state}）：{clause.duty}"


def precedent_words(one: Precedent) -> str:
    """A past incident in a sentence."""
    return (
        f"{one.title}（{one.occurred_on}，{CATEGORY_TITLES[one.category]}，{one.strategy}）"
        f"结果{one.outcome_grade}：{one.outcome} 教训：{one.lesson}"
    )


def to_markdown(assessment: Assessment) -> str:
    """For a file or a wiki page; what people wrote is escaped."""
    lines = ["# 事前评估", "", *(f"- **{name}**：{_plain(value)}" for name, value in head_pairs(assessment)), ""]
    lines += [*(f"> {_plain(note)}" for note in assessment.notes), "", "## 可能引发的类别", ""]
    lines += [
        f"- {CATEGORY_TITLES[one.category]}（{CONCERN_TITLES[one.concern]}）：{'；'.join(one.reasons)}"
        for one in assessment.categories
    ] or ["没有发现。"]
    lines += ["", "## 发现", ""]
    for number, finding in enumerate(assessment.findings, 1):
        lines += _finding_lines(number, finding)
    lines += [] if assessment.findings else ["没有发现。", ""]
    lines += ["## 相近的历史事件", "", _plain(assessment.precedents.note), ""]
    lines += [f"- {precedent_words(one)}" for one in assessment.precedents.found]
    return "\n".join([*lines, "", NO_TEXT, ""])


def _finding_lines(number: int, finding: Finding) -> list[str]:
    return [
        f"### {number}. {finding.title}（{CONCERN_TITLES[finding.concern]}）",
        "",
        f"- 位置：{_plain(where(finding))}",
        f"- 问题：{finding.message}",
        f"- 改法：{finding.correction}",
        f"- 可能引发：{CATEGORY_TITLES[finding.category]}，{finding.leads_to}",
        f"- 依据：{clause_words(finding.clause)}",
        f"- 规则：{finding.check}",
        "",
    ]


def _plain(text: str) -> str:
    """Words of others on one line, without anything that Markdown or HTML would act on."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|!" else char for char in flat)
