"""Rules in any number for the benchmark of rules, and the way of records that is measured.

The rules have the pack's shapes with drawn thresholds and are spread over the categories; the same number gives the
same rules. Exemptions and answers to missing values are left out: not every engine that is compared knows them.
"""

import random
from collections.abc import Iterable, Iterator
from itertools import count, cycle, islice, zip_longest
from typing import Any, Final

from engine.core import LastFinding, worth_recording
from engine.detection import Detector
from engine.model import Category, LogRecord, Realm
from engine.rule_set import RuleSet
from engine.window_state import BrandState
from engine.windows import view
from rules.schema import Rule
from rules.vocabulary import VOCABULARY, FactType

RELEASE: Final = "bench"
_SCALES: Final = (0.5, 2.0)
"""Thresholds of numbers are the pack's times something in between."""


def made_rules(many: int) -> RuleSet:
    """So many active rules."""
    shapes = cycle(_in_turn(RuleSet.load()))
    numbered = zip(count(), shapes, strict=False)
    return RuleSet(_varied(shape, number) for number, shape in islice(numbered, many))


def _in_turn(pack: RuleSet) -> Iterator[Rule]:
    """The pack's rules, one of each category after another: surges first, which every category has."""
    by_category = (
        sorted(pack.evaluated(category), key=lambda rule: ("surge" not in rule.id, rule.id)) for category in Category
    )
    return (rule for row in zip_longest(*by_category) for rule in row if rule)


def _varied(shape: Rule, number: int) -> Rule:
    pick = random.Random(number)
    raw = shape.model_dump(mode="json")
    changes: dict[str, Any] = {
        "id": f"{shape.category}.bench_{number}",
        "status": "active",
        "deprecated": None,
        "unless": [],
        "levels": {level: _node(node, pick) for level, node in raw["levels"].items()},
    }
    return Rule.model_validate(raw | changes)


def _node(raw: dict[str, Any], pick: random.Random) -> dict[str, Any]:
    for word in ("all", "any"):
        if word in raw:
            return {word: [_node(child, pick) for child in raw[word]]}
    fact, op, value = raw["fact"], raw["op"], raw["value"]
    spec = VOCABULARY[fact]
    if spec.type is FactType.text:
        return {"fact": fact, "op": op, "value": value}
    return {"fact": fact, "op": op, "value": spec.quantise(value * pick.uniform(*_SCALES))}


def decided(log: Iterable[LogRecord], detector: Detector) -> int:
    """Windows, detection and explanation over a log, from empty states; how many findings there were."""
    states: dict[str, BrandState] = {}
    spoken: dict[str, dict[str, LastFinding]] = {}
    findings = 0
    for record in log:
        state = states.get(record.brand) or BrandState.empty(Realm.replay, record.brand)
        states[record.brand], views = view(state, record)
        for one in views:
            if rulings := detector.judge(one, RELEASE).findings:
                findings += len(worth_recording(spoken.setdefault(record.brand, {}), rulings, one.at))
    return findings
