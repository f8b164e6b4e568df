"""Text → Assessment. Pure but for the precedents, which a search passed in finds."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from engine.errors import InputError
from engine.intake.masking import mask_personal_data
from engine.model import Actor, Category
from engine.precheck.folding import Folded, fold
from engine.precheck.loader import CheckSet
from engine.precheck.matching import Match, find, guess_kind
from engine.precheck.model import (
    CONCERN_ORDER,
    KIND_TITLES,
    Assessment,
    CategoryRisk,
    Clause,
    Finding,
    Place,
    Precedents,
    TextKind,
)
from engine.precheck.verdict import verdict_of
from knowledge.schema import Regulation

LONGEST_TEXT: Final = 100_000
TOO_LONG: Final = f"文字超过 {LONGEST_TEXT} 个字符，请分成几份评估"
LONGEST_TITLE: Final = 120
MOST_PLACES: Final = 20
LONGEST_QUOTE: Final = 60

Search = Callable[[Sequence[Finding], str], Precedents]


def assess(
    text: str,
    kind: TextKind | None,
    *,
    title: str,
    checks: CheckSet,
    regulations: Mapping[str, Regulation],
    release: str,
    actor: Actor,
    at: datetime,
    search: Search,
    unread: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Assessment:
    """Assess one text of at most 100,000 characters; without a `kind` it is guessed, and the assessment says so.

    `unread` names what the text's file holds besides (pictures, charts…): the verdict says that it was not read.
    `remarks` are notes about the file. Raises InputError for a text that is empty or too long.
    """
    _refuse_unusable(text)
    folded = fold(text)
    chosen = kind or guess_kind(folded, checks)
    lines = _line_starts(text)
    findings = [_finding(match, folded, text, lines, regulations) for match in find(folded, chosen, checks)]
    findings.sort(key=lambda one: (CONCERN_ORDER.index(one.concern), one.places[0].start, one.check))
    verdict, reason = verdict_of(findings, unread)
    return Assessment(
        title=_title(title),
        kind=chosen,
        kind_was_guessed=kind is None,
        verdict=verdict,
        verdict_reason=reason,
        findings=tuple(findings),
        categories=_categories(findings),
        precedents=search(findings, text),
        notes=(*_unread_note(unread), *remarks, *_notes(folded, kind, chosen, findings)),
        characters=len(text),
        text_hash=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        checks_hash=checks.hash,
        release=release,
        at=at,
        by=actor.name,
        role=actor.role,
    )


def _refuse_unusable(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InputError(TOO_LONG, field="text")
    if not any(char.isalnum() for char in text):
        raise InputError("没有可评估的文字，请粘贴要发布的内容", field="text")


def _title(title: str) -> str:
    shown = "".join(char for char in " ".join(title.split()) if char.isprintable())
    return mask_personal_data(shown)[:LONGEST_TITLE] or "未命名"


def _finding(
    match: Match, folded: Folded, text: str, lines: Sequence[int], regulations: Mapping[str, Regulation]
) -> Finding:
    check = match.check
    spans = [folded.original(*span) for span in match.spans[:MOST_PLACES]]
    return Finding(
        check=check.id,
        title=check.title,
        type=check.type,
        category=check.category,
        concern=check.concern,
        message=check.message,
        correction=check.correction,
        leads_to=check.leads_to,
        clause=_clause(regulations.get(check.regulation)),
        places=tuple(_place(text, lines, *span) for span in spans),
        occurrences=len(match.spans),
    )


def _clause(regulation: Regulation | None) -> Clause | None:
    if regulation is None:
        return None
    return Clause(
        id=regulation.id,
        document=regulation.document,
        clause=regulation.clause,
        duty=regulation.duty,
        verified=regulation.verified,
    )


def _line_starts(text: str) -> list[int]:
    starts = [0]
    while (feed := text.find("\n", starts[-1])) >= 0:
        starts.append(feed + 1)
    return starts


def _place(text: str, lines: Sequence[int], start: int, end: int) -> Place:
    line = bisect_right(lines, start)
    shown = "".join(char if char.isprintable() else " " for char in mask_personal_data(text[start:end]))
    quote = shown if len(shown) <= LONGEST_QUOTE else f"{shown[:LONGEST_QUOTE]}…"
    return Place(start=start, end=end, line=line, column=start - lines[line - 1] + 1, quote=quote)


def _categories(findings: Sequence[Finding]) -> tuple[CategoryRisk, ...]:
    """The categories in the order of their worst finding."""
    found: dict[Category, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.category, []).append(finding)
    return tuple(
        CategoryRisk(category=category, concern=those[0].concern, reasons=tuple(one.leads_to for one in those))
        for category, those in found.items()
    )


def _unread_note(unread: Sequence[str]) -> Iterator[str]:
    if unread:
        yield f"文件里的{'、'.join(unread)}没有读取，不在评估之内；其中有文字的，请补到文中再评估"


def _notes(folded: Folded, kind: TextKind | None, chosen: TextKind, findings: Sequence[Finding]) -> Iterator[str]:
    if kind is None:
        yield f"没有指定文本种类，按“{KIND_TITLES[chosen]}”检查；种类不对时请指定后重新评估"
    if folded.hidden:
        yield f"文中有 {folded.hidden} 个看不见的字符（零宽或方向符），检查时已略去，发布前请删除"
    if any(finding.clause is not None and not finding.clause.verified for finding in findings):
        yield "所列条款未经本公司合规确认，以合规人员核对后的原文为准"
