"""What lint claims of a rule is true of every moment, and its examples show it."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.cases import full_facts
from rules.document import Document, Place, parse_document
from rules.errors import Fault
from rules.evaluate import level_of, node_holds
from rules.lint import lint_source
from rules.loader import RuleFile
from rules.overlap import overlap_faults
from rules.schema import Rule
from rules.vocabulary import LEVEL_TITLES, FactValue, Level
from tests.unit.rules.small_world import MOMENTS, rule

SEEDS = st.integers(0, 2**32)
DAY: Final = date(2026, 3, 2)
NAME: Final = "rules/packs/fee_dispute/random.yaml"
LEVELS: Final = {title: level for level, title in LEVEL_TITLES.items()}
Facts = Mapping[str, FactValue]


class Written:
    """A rule with the file that says it."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        self.rule = Rule.model_validate(data)
        self.document: Document = parse_document(NAME, self.text)

    def place(self, line: int) -> Place:
        """The widest part that stands on this line."""
        return min((place for place, at in self.document.lines.items() if at == line and place), key=len)

    def without(self, place: Place) -> Rule:
        """The rule without one part."""
        data = deepcopy(self.data)
        inner: Any = data
        for part in place[:-1]:
            inner = inner[part]
        del inner[place[-1]]
        return Rule.model_validate(data)

    def with_only(self, place: Place) -> Rule:
        """The rule with one part alone in its group."""
        data = deepcopy(self.data)
        inner: Any = data
        for part in place[:-2]:
            inner = inner[part]
        inner[place[-2]] = [inner[place[-2]][place[-1]]]
        return Rule.model_validate(data)


def tree_of(made: Rule, place: Place) -> Any:
    """The whole tree around a place: of a level or of an exemption."""
    if place[0] == "levels":
        return made.levels[Level(place[1])]
    assert isinstance(place[1], int)
    return made.unless[place[1]].when


def met(made: Rule, place: Place, facts: Facts) -> bool:
    return node_holds(tree_of(made, place), facts)


def never_reached(written: Written, fault: Fault, facts: Facts) -> None:
    place = written.place(fault.line)
    is_item = (isinstance(place[-1], int) and place[0] == "levels") or len(place) > 3
    only = written.with_only(place) if is_item else written.rule
    assert not any(met(only, place, moment) for moment in MOMENTS)
    assert not met(only, place, facts)


def always_holds(written: Written, fault: Fault, facts: Facts) -> None:
    place = written.place(fault.line)
    part: Any = written.data
    for step in place:
        part = part[step]
    alone = Rule.model_validate(written.data | {"levels": {"low": part}, "unless": []})
    assert all(node_holds(alone.levels[Level.low], moment) for moment in (*MOMENTS, facts))


def easier(written: Written, fault: Fault, facts: Facts) -> None:
    titles = re.match("“(..)”比“(..)”更容易达到", fault.message)
    assert titles
    higher, lower = (written.rule.levels[LEVELS[title]] for title in titles.groups())
    assert node_holds(higher, facts)
    assert not node_holds(lower, facts)


def never_alone(written: Written, fault: Fault, facts: Facts) -> None:
    lower, higher = (written.rule.levels[LEVELS[title]] for title in re.findall("“(..)”", fault.message)[:2])
    assert node_holds(lower, facts)
    assert all(node_holds(higher, moment) for moment in (*MOMENTS, facts) if node_holds(lower, moment))


def needless(written: Written, fault: Fault, facts: Facts) -> None:
    place = written.place(fault.line)
    shorter = written.without(place)
    assert met(written.rule, place, facts)
    assert all(met(written.rule, place, moment) == met(shorter, place, moment) for moment in (*MOMENTS, facts))


def exemption_without_effect(written: Written, fault: Fault, facts: Facts) -> None:
    place = written.place(fault.line)
    shorter = written.without(place)
    assert met(written.rule, place, facts)
    assert all(level_of(written.rule, one, DAY) == level_of(shorter, one, DAY) for one in (*MOMENTS, facts))


def exemption_too_wide(written: Written, fault: Fault, facts: Facts) -> None:
    level = LEVELS[re.findall("“(..)”", fault.message)[0]]
    assert node_holds(written.rule.levels[level], facts)
    assert all(level_of(written.rule, moment, DAY) is not level for moment in (*MOMENTS, facts))


CLAIMS: Final[dict[str, Callable[[Written, Fault, Facts], None]]] = {
    "永远达不到": never_reached,
    "总是成立": always_holds,
    "更容易达到": easier,
    "永远不会单独出现": never_alone,
    "这一条": needless,
    "这一项多余": needless,
    "不起作用": exemption_without_effect,
    "已经包含它": exemption_without_effect,
    "永远判不出来": exemption_too_wide,
}


def test_claims_about_rules_hold_at_every_moment_and_in_their_examples() -> None:
    seen = {claim for seed in range(100) for claim in checked_claims(seed)}
    assert seen == set(CLAIMS)


def checked_claims(seed: int) -> Iterator[str]:
    """The kinds of claims about one random rule, each checked."""
    written = Written(rule(Random(seed)))
    for fault in lint_source(NAME, written.text, None, DAY):
        claim = next((claim for claim in CLAIMS if claim in fault.message), None)
        if claim is None:
            assert "没有测试文件" in fault.message, fault
            continue
        yield claim
        assert fault.example is not None
        CLAIMS[claim](written, fault, full_facts(dict(fault.example)))


def loaded(data: dict[str, Any]) -> RuleFile:
    written = Written(data)
    return RuleFile(Path(NAME), written.document, written.rule)


@settings(max_examples=30)
@given(SEEDS)
def test_a_rule_is_needless_exactly_when_another_says_all_that_it_says(seed: int) -> None:
    random = Random(seed)
    files = [loaded(rule(random, name, unless=[])) for name in ("a", "b")]
    ranks = [(rank(files[0].rule, moment), rank(files[1].rule, moment)) for moment in MOMENTS]
    first_says_all, second_says_all = all(a >= b for a, b in ranks), all(a <= b for a, b in ranks)
    speaks = all(any(node_holds(next(iter(one.rule.levels.values())), moment) for moment in MOMENTS) for one in files)
    faults = list(overlap_faults(files, DAY))
    expected = {"b"} if first_says_all else {"a"} if second_says_all else set()
    assert {fault.message[len("规则“随机规则")] for fault in faults} == (expected if speaks else set())
    for fault in faults:
        assert fault.example is not None
        facts = full_facts(dict(fault.example))
        mine, its = (rank(one.rule, facts) for one in (files if expected == {"a"} else reversed(files)))
        assert 0 < mine <= its


def rank(made: Rule, facts: Facts) -> int:
    level = level_of(made, facts, DAY)
    return level.rank if level else 0
