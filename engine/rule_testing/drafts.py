"""误报 and 漏报 as draft test cases: what happened, without texts, names or accounts.

A false alarm gives the facts of its moment, which must not reach that level again. What was missed gives a series:
when, where, by how many accounts and how far the picked mentions were said, which must reach a level.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from engine.errors import InputError
from engine.incident_book import CHINA
from engine.model import Finding, Frozen, Level, MentionRecord, Realm, Severity
from engine.rule_testing.run import case_moments, plain_run
from rules.case_series import SeriesStep, say_minutes
from rules.cases import Case, CaseKind, LevelOrNone
from rules.evaluate import condition_holds, conditions, rule_conditions
from rules.schema import Rule
from rules.vocabulary import VOCABULARY, FactValue

MAX_MENTIONS: Final = 300
LONGEST_DAYS: Final = 30
LONGEST_CASE_NAME: Final = 80


class DraftKind(StrEnum):
    """误报 or 漏报."""

    false_alarm = "false_alarm"
    missed = "missed"


class DraftStatus(StrEnum):
    """An open draft waits for somebody who takes it into the tests or discards it."""

    open = "open"
    accepted = "accepted"
    discarded = "discarded"


class CaseDraft(Frozen):
    """A test case that somebody's judgement asks for; `text` is its YAML."""

    id: str
    kind: DraftKind
    realm: Realm
    rule: str
    case: Case
    text: str
    reason: str
    made_by: str
    made_at: AwareDatetime
    incident: str | None = None
    status: DraftStatus = DraftStatus.open
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None


def case_from_finding(finding: Finding, name: str, expect: LevelOrNone = "none") -> Case:
    """The facts of a finding that was a false alarm: they must give `expect`, which is below the finding's level.

    Raises InputError where it is not.
    """
    if expect != "none" and expect.rank >= finding.level.rank:
        raise InputError("误报应有的等级要低于当时的等级", field="应有等级")
    facts = {fact: value for fact, value in finding.facts.values.items() if _is_told(fact, value)}
    return Case(
        name=name,
        kind=CaseKind.near_miss,
        expect=expect,
        misses=finding.level,
        on=finding.facts.day,
        facts=dict(facts) or {finding.explanation[0].fact: finding.explanation[0].value},
    )


def case_from_mentions(mentions: Sequence[MentionRecord], expected: Level, name: str) -> Case:
    """A series of what was said and missed: times from the first mention on, kinds of accounts, platforms, severity
    and reach. Accounts and contents that come back are told apart by a number of their own; followers are rounded.

    Raises InputError for no or too many mentions, or for more than 30 days.
    """
    if not mentions or len(mentions) > MAX_MENTIONS:
        raise InputError(f"请选 1 到 {MAX_MENTIONS} 条提及", field="提及")
    in_order = sorted(mentions, key=lambda one: (one.published_at, one.mention))
    first, last = in_order[0].published_at, in_order[-1].published_at
    if last - first > timedelta(days=LONGEST_DAYS):
        raise InputError(f"所选提及前后超过 {LONGEST_DAYS} 天，请分开处理", field="提及")
    accounts = _numbers(one.author for one in in_order)
    contents = _numbers(one.group for one in in_order)
    steps = tuple(
        _step(one, one.published_at - first, accounts.get(one.author), contents.get(one.group)) for one in in_order
    )
    return Case(name=name, kind=CaseKind.hit, expect=expected, on=first.astimezone(CHINA).date(), series=steps)


def nearest_rule(rules: Iterable[Rule], case: Case, expected: Level) -> Rule | None:
    """The rule whose levels the case comes closest to: the highest level seen, then the share of the conditions of
    the expected level (or the rule's highest one) that some moment met; None without rules.
    """
    return max(rules, key=lambda rule: (*_closeness(rule, case, expected), rule.id), default=None)


def case_name(kind: DraftKind, reason: str) -> str:
    """A sentence of bounded length."""
    head = "误报" if kind is DraftKind.false_alarm else "漏报"
    return f"{head}：{reason}".ljust(6, "。")[:LONGEST_CASE_NAME]


def _is_told(fact: str, value: FactValue) -> bool:
    """What a case need not write is unknown where a fact may be, and otherwise nothing."""
    spec = VOCABULARY.get(fact)
    return spec is not None and (value is not None if spec.nullable else bool(value))


def _closeness(rule: Rule, case: Case, expected: Level) -> tuple[int, float]:
    moments = case_moments(rule.category, case, {one.fact for one in rule_conditions(rule)})
    highest = plain_run(rule, case, moments).highest
    wanted = list(conditions(rule.levels.get(expected) or list(rule.levels.values())[-1]))
    met = max(sum(condition_holds(one, seen.values.get(one.fact)) for one in wanted) for seen in moments)
    return (highest.rank if highest else 0, met / len(wanted))


def _numbers(keys: Iterable[str]) -> dict[str, str]:
    """A number for each key that comes more than once."""
    seen = list(keys)
    repeated = dict.fromkeys(key for key in seen if seen.count(key) > 1)
    return {key: str(number) for number, key in enumerate(repeated, 1)}


def _step(mention: MentionRecord, after: timedelta, account: str | None, content: str | None) -> SeriesStep:
    """Only what differs from a step's defaults is written."""
    severity = mention.severity if mention.severity is not Severity.none else Severity.low
    said = {
        "at": say_minutes(after // timedelta(minutes=1)),
        "account": account,
        "content": content,
        "severity": str(severity),
        "harm_words": mention.harm_words or 0,
        "author_kind": str(mention.author_kind),
        "kind": str(mention.mention_kind),
        "followers": _rounded(mention.followers),
        "reach": mention.reach,
        "reposts": mention.reposts,
        "hot_search_rank": mention.hot_search_rank,
        "platforms": (mention.platform,),
    }
    return SeriesStep.model_validate({name: value for name, value in said.items() if value is not None})


def _rounded(followers: int | None) -> int | None:
    """Two figures are enough for a rule and too few for finding a person."""
    if not followers:
        return followers
    size: int = 10 ** max(0, len(str(followers)) - 2)
    return followers // size * size
