"""One test case through the real windows, both engines and the core's cooldown; and whether it came out as written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.core import BrandCore, step
from engine.detection import Detector
from engine.model import LEVEL_TITLES, Category, FactValue, Level, Realm
from engine.rule_testing.series import BRAND, case_facts, case_records, start_of
from engine.rulings import Facts, Rulings
from rules.case_series import say_minutes
from rules.cases import Case, LevelOrNone
from rules.evaluate import level_of, quantised
from rules.explain import needs, reached
from rules.schema import Rule

Announced = tuple[int, Level]
"""Minutes from the start of the case, and the level that was announced then."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rule said of the facts at a moment, in whole minutes from the start of the case, and on which day."""

    minute: int
    level: Level | None
    values: Mapping[str, FactValue]
    day: date


@dataclass(frozen=True, slots=True)
class CaseRun:
    """What a rule said in the course of a case, and what of it was announced. `agreed`: both engines said the same."""

    seen: tuple[Seen, ...]
    announced: tuple[Announced, ...]
    agreed: bool = True

    @property
    def highest(self) -> Level | None:
        """The highest level that was seen."""
        return max((one.level for one in self.seen if one.level), key=lambda level: level.rank, default=None)

    def at(self, minute: int) -> Seen | None:
        """What was last said up to a moment."""
        return next((one for one in reversed(self.seen) if one.minute <= minute), None)


def run_case(detector: Detector, rule: Rule, case: Case) -> CaseRun:
    """The case as the live engine would take it. The detector holds this rule alone, as an active one."""
    seen: list[Seen] = []
    agreed = True
    start = start_of(case.on)

    names = detector.rules.facts(rule.category)

    def decide(facts: Facts) -> Rulings:
        nonlocal agreed
        rulings = detector.judge(facts, "test")
        if facts.category is rule.category:
            found = rulings.findings
            agreed = agreed and all(one.agreed for one in found)
            level = found[0].level if found else None
            seen.append(Seen(_minute(start, facts.at), level, quantised(facts.values, names), facts.day))
        return rulings

    if case.series is None:
        for facts in case_facts(rule.category, case):
            decide(facts)
        return CaseRun(tuple(seen), (), agreed)
    core, announced = BrandCore.empty(Realm.replay, BRAND), []
    for record in case_records(rule.category, case):
        core, output = step(core, record, decide)
        announced += [(_minute(start, one.at), one.level) for one in output.findings]
    return CaseRun(tuple(seen), tuple(announced), agreed)


def case_moments(category: Category, case: Case, facts: Iterable[str]) -> tuple[Seen, ...]:
    """What a rule that names these facts gets to see in a case, before anything is said of it. Where neither moments
    nor findings are asked for, moments that look the same to the rule are one.
    """
    start, names = start_of(case.on), sorted(facts)
    seen = [
        Seen(_minute(start, one.at), None, quantised(one.values, names), one.day) for one in case_facts(category, case)
    ]
    if case.at or case.findings is not None:
        return tuple(seen)
    return tuple({(one.day, *one.values.values()): one for one in seen}.values())


def plain_run(rule: Rule, case: Case, moments: Sequence[Seen]) -> CaseRun:
    """The case by the plain evaluator alone over its moments: what a changed rule would say."""
    seen = tuple(Seen(one.minute, level_of(rule, one.values, one.day), one.values, one.day) for one in moments)
    return CaseRun(seen, _announced(seen, rule.cooldown_minutes) if case.findings is not None else ())


def passes(case: Case, run: CaseRun) -> bool:
    """Whether a case came out as it was written."""
    if run.highest != _level(case.expect):
        return False
    if any(_held(run, minute) != _level(level) for minute, level in case.at.items()):
        return False
    return case.findings is None or run.announced == tuple((one.at, one.level) for one in case.findings)


def moment_problems(rule: Rule, case: Case, run: CaseRun) -> list[str]:
    """What was not as written at the moments that the case names, and in what it should announce."""
    problems: list[str] = []
    for minute, level in sorted(case.at.items()):
        held = _held(run, minute)
        if held != _level(level):
            problems.append(f"{say_minutes(minute)}时应为{say_level(_level(level))}，实为{say_level(held)}")
            problems += [f"  {sentence}" for sentence in _why(rule, _level(level), run.at(minute))]
    expected = tuple((one.at, one.level) for one in case.findings or ())
    if case.findings is not None and run.announced != expected:
        problems.append(f"应记的发现：{_say_announced(expected)}；实际记下：{_say_announced(run.announced)}")
    return problems


def say_level(level: Level | None) -> str:
    """A level in quotes, or that there is none."""
    return f"“{LEVEL_TITLES[level]}”" if level else "不告警"


def _held(run: CaseRun, minute: int) -> Level | None:
    seen = run.at(minute)
    return seen.level if seen else None


def _why(rule: Rule, expected: Level | None, seen: Seen | None) -> list[str]:
    """What the expected level lacked at a moment, or why another one held."""
    if seen is None:
        return ["此前没有任何提及"]
    if expected and expected in rule.levels and (seen.level is None or seen.level.rank < expected.rank):
        return needs(expected, rule.levels[expected], seen.values)
    return reached(seen.level, rule.levels[seen.level], seen.values) if seen.level else []


def _say_announced(announced: Sequence[Announced]) -> str:
    return "、".join(f"{say_minutes(minute)}{say_level(level)}" for minute, level in announced) or "没有"


def _announced(seen: Sequence[Seen], cooldown_minutes: int) -> tuple[Announced, ...]:
    """As the core announces: the same again within the cooldown is not news, a higher level always is."""
    news: list[Announced] = []
    for one in seen:
        if one.level is None:
            continue
        is_old = news and one.level.rank <= news[-1][1].rank and one.minute - news[-1][0] < cooldown_minutes
        if not is_old:
            news.append((one.minute, one.level))
    return tuple(news)


def _level(expected: LevelOrNone) -> Level | None:
    return None if expected == "none" else expected


def _minute(start: datetime, at: datetime) -> int:
    return (at - start) // timedelta(minutes=1)
