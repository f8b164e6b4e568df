"""precheck: assess a file before it is published; measure the checks."""

import json
import sys
from pathlib import Path
from typing import Final

from api.command_line.actors import local_actor
from api.command_line.edge import DONE, FAILED, say, system_fault, write_out
from api.command_line.releases import opened_desk
from api.settings import Settings
from engine.errors import InputError
from engine.model import CATEGORY_TITLES, Role
from engine.precheck.documents import MOST_BYTES, read_document
from engine.precheck.exporting import AssessmentFormat, clause_words, export, precedent_words, to_json, where
from engine.precheck.loader import bundled_checks
from engine.precheck.measuring import PART_TITLES, PARTS, Figures, Judged, figures, judge, load_passages
from engine.precheck.model import CONCERN_TITLES, KIND_TITLES, VERDICT_TITLES, Assessment, TextKind

_STANDARD_INPUT: Final = "-"


def precheck(
    settings: Settings, file: Path, kind: str | None, out: Path | None, *, as_json: bool, with_precedents: bool
) -> int:
    """Assess one file; 1 when something must change, 0 otherwise."""
    chosen, form = _kind(kind), _form(out)
    name, content = _content(file)
    read = read_document(name, content)
    with opened_desk(settings) as opened:
        assessment = opened.desk.precheck(
            local_actor(Role.pr),
            read.text,
            chosen,
            Path(name).stem,
            with_precedents=with_precedents,
            unread=read.unread,
            remarks=read.remarks,
        )
    if out is not None and form is not None:
        _write(out, export(assessment, form).content)
        say(f"评估已写入 {out}")
    write_out(to_json(assessment).rstrip() if as_json else _told(assessment))
    return FAILED if assessment.must_change else DONE


def measure(*, as_json: bool) -> int:
    """The checks against the labelled passages that the program carries."""
    judged = {part: judge(load_passages(part), bundled_checks()) for part in PARTS}
    if as_json:
        write_out(json.dumps({part: _figures_json(figures(those)) for part, those in judged.items()}, indent=2))
        return DONE
    for part, those in judged.items():
        write_out(_figures_told(PART_TITLES[part], figures(those), those))
    return DONE


def _kind(kind: str | None) -> TextKind | None:
    if kind is None:
        return None
    if kind not in set(TextKind):
        raise InputError(
            f"没有这一种，可选：{'、'.join(f'{one}（{title}）' for one, title in KIND_TITLES.items())}", field="--kind"
        )
    return TextKind(kind)


def _form(out: Path | None) -> AssessmentFormat | None:
    if out is None:
        return None
    ending = out.suffix.lower().removeprefix(".")
    if ending not in set(AssessmentFormat):
        raise InputError("只能写 .docx、.md 或 .json 文件，请改文件名", field="--out", place=str(out))
    return AssessmentFormat(ending)


def _content(file: Path) -> tuple[str, bytes]:
    """The name and the bytes of a file, or of standard input as a text."""
    try:
        if str(file) == _STANDARD_INPUT:
            return "标准输入.txt", sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return file.name, opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(file)) from error


def _write(out: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = out.with_name(f".{out.name}.tmp")
    try:
        beside.write_bytes(content)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"无法写入：{system_fault(error)}", place=str(out)) from error


def _told(assessment: Assessment) -> str:
    lines = [f"{VERDICT_TITLES[assessment.verdict]}（{KIND_TITLES[assessment.kind]}）：{assessment.verdict_reason}"]
    lines += [f"注：{note}" for note in assessment.notes]
    for number, finding in enumerate(assessment.findings, 1):
        lines += [
            f"\n{number}. [{CONCERN_TITLES[finding.concern]}] {finding.title}  {where(finding)}",
            f"   问题：{finding.message}",
            f"   改法：{finding.correction}",
            f"   可能引发{CATEGORY_TITLES[finding.category]}：{finding.leads_to}",
            f"   依据：{clause_words(finding.clause)}",
            f"   规则：{finding.check}",
        ]
    lines += ["", f"相近的历史事件：{assessment.precedents.note}"]
    lines += [f"  {precedent_words(one)}" for one in assessment.precedents.found]
    return "\n".join(lines)


def _figures_json(found: Figures) -> dict[str, float | int]:
    return {
        "passages": found.passages,
        "clean": found.clean,
        "missing_recall": round(found.missing_recall, 4),
        "wording_recall": round(found.wording_recall, 4),
        "false_passages": round(found.false_passages, 4),
        "false_findings": round(found.false_findings, 4),
    }


def _figures_told(title: str, found: Figures, judged: tuple[Judged, ...]) -> str:
    lines = [
        f"{title}：{found.passages} 段，其中没有问题的 {found.clean} 段",
        f"  缺失披露的召回率 {found.missing_recall:.1%}（{found.missing_found}/{found.missing}）",
        f"  禁用表述的召回率 {found.wording_recall:.1%}（{found.wording_found}/{found.wording}）",
        f"  没有问题却被要求修改 {found.false_passages:.1%}（{found.clean_with_finding}/{found.clean}）",
        f"  多报的发现 {found.false_findings:.1%}（{found.wrong_findings}/{found.findings}）",
    ]
    for one in judged:
        if one.wrong or one.overlooked:
            said = [f"多报 {name}" for name in sorted(one.wrong)] + [f"漏报 {name}" for name in sorted(one.overlooked)]
            lines.append(f"  {one.passage.id}：{'；'.join(said)}")
    return "\n".join(lines)
