"""Test cases that go along when a threshold moves: the same distance from the line as before.

A pack's cases stand on both sides of every threshold, so that moving one makes some of them fail - that is their
purpose. Whether a case should move or the threshold should not is for a person to say; this does the arithmetic.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model import Level
from engine.rule_testing.run import case_moments, plain_run
from engine.rule_testing.series import start_of
from engine.rule_testing.tests import CaseResult, run_source_tests
from rules.case_series import say_minutes
from rules.cases import Case, CaseKind, full_facts, parse_cases
from rules.document import parse_document
from rules.evaluate import level_of, rule_conditions
from rules.form import ConditionField, rule_form
from rules.loader import parse_rule
from rules.schema import Rule
from rules.text_edit import remove, set_inline, set_value
from rules.vocabulary import FactSpec
from rules.wording import amount

_NAME = "规则"


@dataclass(frozen=True, slots=True)
class MovedCases:
    """The tests' text with cases moved, and the names of those."""

    text: str
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Move:
    """A threshold of a level (None: of an exemption) that moved by `by`."""

    spec: FactSpec
    level: str | None
    old: float
    by: float


def move_cases(old: str, new: str, tests: str) -> MovedCases:
    """Move the facts of failing cases, and of near misses that stood one step from the line, by as much as their
    threshold moved, where they come out as written then. The numbers in their names move along. Series stay.
    """
    rule, _ = parse_rule(_NAME, new)
    loaded, _ = parse_cases(_NAME, tests)
    if rule is None or loaded is None:
        return MovedCases(tests, ())
    moves = list(_moves(old, new))
    results = run_source_tests(new, tests).results
    text, names = tests, []
    for number, (case, result) in enumerate(zip(loaded.cases, results, strict=True)):
        move = next((one for one in moves if _concerns(one, case, result) and _fits(rule, case, one)), None)
        if move is not None:
            text, name = _moved(text, number, case, move)
            names.append(name)
    return MovedCases(text, tuple(names))


def accept_outcomes(new: str, tests: str) -> MovedCases:
    """Expect of every failing case what came out; a hit of nothing becomes a near miss of what it was to hit."""
    rule, _ = parse_rule(_NAME, new)
    loaded, _ = parse_cases(_NAME, tests)
    if rule is None or loaded is None:
        return MovedCases(tests, ())
    text, names = tests, []
    for number, (case, result) in enumerate(zip(loaded.cases, run_source_tests(new, tests).results, strict=True)):
        if result.ok:
            continue
        before = text
        if result.expected != result.got:
            text = _accepted(text, number, case, result)
        text = _accepted_course(text, number, rule, case)
        if text != before:
            names.append(case.name)
    return MovedCases(text, tuple(names))


def _moves(old: str, new: str) -> Iterator[_Move]:
    before = {field.place: field for field in rule_form(parse_document(_NAME, old)).conditions()}
    for field in rule_form(parse_document(_NAME, new)).conditions():
        was = before.get(field.place)
        if was is not None and _same_but_value(was, field):
            level = str(field.place[1]) if field.place[0] == "levels" else None
            yield _Move(field.spec, level, float(was.value), float(field.value) - float(was.value))


def _same_but_value(was: ConditionField, now: ConditionField) -> bool:
    same = (was.spec, was.op) == (now.spec, now.op) and was.is_number and now.is_number
    return same and was.value != now.value


def _concerns(move: _Move, case: Case, result: CaseResult) -> bool:
    value = (case.facts or {}).get(move.spec.name)
    if not isinstance(value, int | float):
        return False
    is_close = case.kind is CaseKind.near_miss and case.misses == move.level
    return not result.ok or (is_close and abs(value - move.old) <= move.spec.step * 1.001)


def _fits(rule: Rule, case: Case, move: _Move) -> bool:
    facts = {**(case.facts or {}), move.spec.name: _value(case, move)}
    got: Level | None = level_of(rule, full_facts(facts), start_of(case.on).date())
    return (got or "none") == case.expect


def _value(case: Case, move: _Move) -> int | float:
    value = move.spec.quantise(float((case.facts or {})[move.spec.name] or 0) + move.by)
    assert isinstance(value, int | float)  # noqa: S101 - a number stays a number
    return value


def _moved(text: str, number: int, case: Case, move: _Move) -> tuple[str, str]:
    before, after = (case.facts or {})[move.spec.name], _value(case, move)
    name = case.name.replace(amount(move.spec.name, before), amount(move.spec.name, after))
    text = set_value(text, ("cases", number, "facts", move.spec.name), after)
    return (set_value(text, ("cases", number, "name"), name) if name != case.name else text), name


def _accepted(text: str, number: int, case: Case, result: CaseResult) -> str:
    place = ("cases", number)
    got, expected = result.got, result.expected
    lower = expected is not None and (got is None or got.rank < expected.rank)
    kind = CaseKind.near_miss if lower else CaseKind.hit
    text = set_value(text, (*place, "expect"), str(got) if got else "none")
    text = set_value(text, (*place, "kind"), str(kind))
    if lower:
        return set_value(text, (*place, "misses"), str(expected), after="expect")
    return remove(text, (*place, "misses")) if case.misses else text


def _accepted_course(text: str, number: int, rule: Rule, case: Case) -> str:
    """What a series is to announce and to hold at its moments, as it came out."""
    if case.series is None or (case.findings is None and not case.at):
        return text
    run = plain_run(rule, case, case_moments(rule.category, case, {one.fact for one in rule_conditions(rule)}))
    if case.findings is not None:
        told = ", ".join(f"{{at: {say_minutes(minute)}, level: {level}}}" for minute, level in run.announced)
        text = set_inline(text, ("cases", number, "findings"), f"[{told}]")
    if case.at:
        held = ((minute, run.at(minute)) for minute in case.at)
        told = ", ".join(f"{say_minutes(minute)}: {(seen and seen.level) or 'none'}" for minute, seen in held)
        text = set_inline(text, ("cases", number, "at"), f"{{{told}}}")
    return text
