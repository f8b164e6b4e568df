"""A rule with one small change: what its tests must notice.

Mutation testing (DeMillo, Lipton & Sayward 1978) for thresholds: counts move by one, other numbers by 5 % (at least
one step of the fact), a line is just included or just not, words are swapped, a missing value counts or does not, a
condition or exemption is left out, an exemption ends a day earlier or later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from rules.document import Place
from rules.places import PlacedCondition, placed_conditions, with_condition, with_exemption
from rules.schema import Condition, Rule
from rules.vocabulary import VOCABULARY, FactSpec, FactType
from rules.wording import amount, label, say_condition

SHARE: Final = 0.05
_BOUNDARY: Final = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed rule, what was changed in words, and which case would tell it from the original."""

    place: Place
    change: str
    advice: str
    rule: Rule


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every change to one rule, in the order of the file."""
    for one in placed_conditions(rule):
        for changed, advice in _changes(one.condition):
            words = f"{one.home}里的“{say_condition(one.condition)}”改成“{say_condition(changed)}”"
            yield Mutant(one.place, words, advice, with_condition(rule, one.place, changed))
        yield _left_out(rule, one)
    for number, exemption in enumerate(rule.unless):
        place: Place = ("unless", number)
        head = f"第 {number + 1} 条豁免（{exemption.reason}）"
        advice = "请加一个豁免条件成立、等级条件也都达到的用例"
        yield Mutant(place, f"删去{head}", advice, with_exemption(rule, number, None))
        for days, asked in ((-1, exemption.until), (1, exemption.until + timedelta(days=1))):
            until = exemption.until + timedelta(days=days)
            moved = with_exemption(rule, number, exemption.model_copy(update={"until": until}))
            yield Mutant((*place, "until"), f"{head}的到期日改成 {until}", f"请加一个 on: {asked} 的用例", moved)


def _left_out(rule: Rule, one: PlacedCondition) -> Mutant:
    said = say_condition(one.condition)
    return Mutant(
        one.place, f"{one.home}里删去“{said}”", f"请加一个只由“{said}”决定的用例", with_condition(rule, one.place, None)
    )


def _changes(condition: Condition) -> Iterator[tuple[Condition, str]]:
    if VOCABULARY[condition.fact].type is FactType.text:
        yield from _other_words(condition)
    else:
        yield from _other_numbers(condition)
    if VOCABULARY[condition.fact].nullable:
        other = "not_met" if condition.on_missing == "met" else "met"
        yield _with(condition, on_missing=other), f"请加一个没有{label(condition.fact)}的用例"


def _other_numbers(condition: Condition) -> Iterator[tuple[Condition, str]]:
    spec, line = VOCABULARY[condition.fact], condition.value
    assert isinstance(line, int | float)  # noqa: S101 - a number is compared with a number
    for moved in _moved(spec, line):
        edge = _told_apart(spec, condition.op, line, up=moved > line)
        yield _with(condition, value=moved), f"请加一个{label(condition.fact)}正好 {amount(condition.fact, edge)}的用例"
    if spec.type is not FactType.integer or condition.op in ("==", "!="):  # else the same as moving by one
        advice = f"请加一个{label(condition.fact)}正好 {amount(condition.fact, line)}的用例"
        yield _with(condition, op=_BOUNDARY[condition.op]), advice


def _moved(spec: FactSpec, line: float) -> list[int | float]:
    by = spec.step if spec.type is FactType.integer else max(spec.step, SHARE * line)
    both = (line - by, line + by)
    found = [spec.quantise(one) for one in both if spec.minimum <= one <= spec.maximum]
    return [one for one in found if isinstance(one, int | float) and one != line]


def _told_apart(spec: FactSpec, op: str, line: float, *, up: bool) -> float:
    """A value nearest to the line on which the original and the one with the line moved up (or down) differ."""
    if op in (">=", "<"):
        return line if up else line - spec.step
    return line + spec.step if up else line


def _other_words(condition: Condition) -> Iterator[tuple[Condition, str]]:
    choices = VOCABULARY[condition.fact].choices
    if isinstance(condition.value, tuple):
        for word in choices:
            others = tuple(one for one in condition.value if one != word)
            changed = others if word in condition.value else (*condition.value, word)
            if changed:
                yield _with(condition, value=changed), _ask_for(condition, word)
        return
    for word in choices:
        if word != condition.value:
            yield _with(condition, value=word), _ask_for(condition, word)
    yield _with(condition, op=_BOUNDARY[condition.op]), _ask_for(condition, str(condition.value))


def _ask_for(condition: Condition, word: str) -> str:
    return f"请加一个{label(condition.fact)}是{amount(condition.fact, word)}的用例"


def _with(condition: Condition, **fields: Any) -> Condition:
    return condition.model_copy(update=fields)
