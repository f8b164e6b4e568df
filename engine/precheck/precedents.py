"""The past incidents that began like what a text could start, with what came of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from engine.intake.masking import mask_personal_data
from engine.model import CATEGORY_TITLES, Category
from engine.precheck.model import Finding, Precedent, Precedents
from knowledge.schema import STRATEGY_TITLES, AnyEntry, PastIncident
from retrieval.errors import QueryError, RetrievalError
from retrieval.search import Hit, SearchResult

MOST_CATEGORIES: Final = 3
PER_CATEGORY: Final = 2
OPENING: Final = 300
NOT_SEARCHED: Final = "没有检索历史事件"

Ask = Callable[[str, str | None], SearchResult]
Entry = Callable[[str], AnyEntry | None]


def not_searched(note: str = NOT_SEARCHED) -> Precedents:
    """No search was made, and why."""
    return Precedents(no_precedent=True, found=(), note=note)


def precedents(findings: Sequence[Finding], text: str, ask: Ask, entry: Entry) -> Precedents:
    """Search with what each of the worst categories could start; with the opening of the text when nothing was found.

    An embedder that cannot be loaded does not stop an assessment: the note says that nothing was searched.
    """
    try:
        found, without = _found(findings, text, ask, entry)
    except QueryError:
        return not_searched("文字太短，没有检索历史事件")
    except RetrievalError as error:
        return not_searched(f"检索暂不可用，没有查找历史事件：{error}")
    kept = {one.id: one for one in sorted(found, key=lambda one: one.score)}
    ranked = tuple(sorted(kept.values(), key=lambda one: (-one.score, one.id)))
    if not ranked:
        return Precedents(no_precedent=True, found=(), note="没有相近先例")
    missing = f"；{'、'.join(without)}没有相近先例" if without else ""
    return Precedents(no_precedent=False, found=ranked, note=f"按可能引发的事件检索到 {len(ranked)} 件{missing}")


def _found(
    findings: Sequence[Finding], text: str, ask: Ask, entry: Entry
) -> tuple[tuple[Precedent, ...], tuple[str, ...]]:
    """What each query found, and the titles of the categories without a precedent."""
    found: list[Precedent] = []
    without: list[str] = []
    for query, category in _queries(findings, text):
        result = ask(query, category)
        if result.no_precedent:
            without += [CATEGORY_TITLES[Category(category)]] if category else []
            continue
        incidents = [(hit, entry(hit.id)) for hit in result.hits[:PER_CATEGORY]]
        found += [_precedent(hit, one) for hit, one in incidents if isinstance(one, PastIncident)]
    return tuple(found), tuple(without)


def _queries(findings: Sequence[Finding], text: str) -> Iterator[tuple[str, str | None]]:
    """What is asked: by category, worst first."""
    if not findings:
        yield mask_personal_data(text[:OPENING]), None
        return
    asked: dict[Category, list[str]] = {}
    for finding in findings:
        asked.setdefault(finding.category, []).append(finding.leads_to)
    for category, stories in list(asked.items())[:MOST_CATEGORIES]:
        yield stories[0], str(category)


def _precedent(hit: Hit, incident: PastIncident) -> Precedent:
    return Precedent(
        id=incident.id,
        title=incident.title,
        category=Category(incident.category),
        occurred_on=incident.occurred_on,
        strategy=STRATEGY_TITLES[incident.strategy],
        outcome_grade=incident.outcome_grade,
        outcome=incident.outcome,
        lesson=incident.lessons[0],
        score=hit.score,
        reasons=hit.reasons,
    )
