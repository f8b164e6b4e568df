"""durable_rules and the plain evaluator say the same of any rules and facts within the safe subset."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.detection import Detector, RuleSet
from engine.model import Category, FactValue, Realm, WindowFacts
from rules.evaluate import level_of, quantised
from rules.schema import MAX_COMBINATIONS, Rule, combinations
from rules.vocabulary import VOCABULARY, FactSpec, FactType

SPECS = list(VOCABULARY.values())
DAY = date(2026, 1, 1)
EVENING = datetime(2026, 1, 1, 15, 59, tzinfo=UTC)  # a minute before midnight in China
BASE: dict[str, Any] = {
    "title": "随机规则",
    "category": "fee_dispute",
    "status": "active",
    "version": 1,
    "owner": "合规部",
    "rationale": "用来比较两个引擎的随机规则。",
    "false_positives": ["随机"],
    "effective_from": "2026-01-01",
    "review_by": "2026-12-31",
    "cooldown_minutes": 0,
}


def number(random: Random, spec: FactSpec) -> float:
    """A few values near the lower end, so that thresholds are met exactly, just missed and passed; some extremes."""
    edge = spec.minimum + random.randrange(6) * spec.step
    return random.choice([edge, edge, edge, spec.maximum, spec.minimum, spec.minimum + 1e-05])


def leaf(random: Random) -> dict[str, Any]:
    spec = random.choice(SPECS)
    missing = {"on_missing": "met"} if spec.nullable and random.random() < 0.4 else {}
    if spec.type is FactType.text:
        op = random.choice(["==", "!=", "in"])
        words = random.sample(spec.choices, random.randint(1, len(spec.choices)))
        return {"fact": spec.name, "op": op, "value": words if op == "in" else words[0]} | missing
    op = random.choice([">=", ">", "<=", "<", "==", "!="])
    return {"fact": spec.name, "op": op, "value": spec.quantise(number(random, spec))} | missing


def tree(random: Random, depth: int) -> dict[str, Any]:
    if depth == 0 or random.random() < 0.3:
        return leaf(random)
    return {random.choice(["all", "any"]): [tree(random, depth - 1) for _ in range(random.randint(1, 3))]}


def rule(random: Random, name: str) -> Rule:
    while True:
        levels = {level: tree(random, 3) for level in random.sample(["low", "medium", "high"], random.randint(1, 3))}
        unless = [exemption(random, levels) for _ in range(random.choice([0, 0, 1, 2]))]
        nodes = [*levels.values(), *(one["when"] for one in unless)]
        if all(size(node) <= MAX_COMBINATIONS for node in nodes):
            return Rule.model_validate(BASE | {"id": f"fee_dispute.{name}", "levels": levels, "unless": unless})


def exemption(random: Random, levels: Collection[str]) -> dict[str, Any]:
    """One that has just ended, ends today, or still holds."""
    return {
        "reason": "随机豁免",
        "until": DAY + timedelta(days=random.randint(-1, 1)),
        "levels": random.sample(sorted(levels), random.randint(0, len(levels))),
        "when": tree(random, 2),
    }


def size(node: dict[str, Any]) -> int:
    """Combinations of a raw tree, an upper bound."""
    if "all" in node:
        total = 1
        for child in node["all"]:
            total *= size(child)
        return total
    if "any" in node:
        return sum(size(child) for child in node["any"])
    return (len(node["value"]) if isinstance(node["value"], list) else 1) + ("on_missing" in node)


def values(random: Random) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    for spec in SPECS:
        kind = random.random()
        if kind < 0.15:
            found[spec.name] = None
        elif spec.type is FactType.text:
            found[spec.name] = random.choice([*spec.choices, "别的", '引"号\\'])
        else:
            # Just off the quantum on either side, below and above the range.
            jitter = random.choice([0, 0, 0, 0.49, -0.49, 0.5, 1e-05]) * spec.step
            found[spec.name] = (
                random.choice([number(random, spec) + jitter, -1.0, 1e12]) if kind < 0.3 else number(random, spec)
            )
        if kind > 0.97:
            del found[spec.name]
    return found


def disagreements(rules: list[Rule], many: list[dict[str, FactValue]]) -> list[tuple[str, dict[str, FactValue]]]:
    """Rules and facts on which the engines differ."""
    wrong = []
    with Detector(RuleSet(rules)) as detector:
        for seq, facts in enumerate(many):
            window = WindowFacts(
                realm=Realm.replay,
                brand="b",
                category=Category.fee_dispute,
                at=EVENING + timedelta(minutes=seq % 2),
                brand_seq=seq,
                trigger=None,
                values=facts,
            )
            found = {one.rule: (one.engine_level, one.evaluator_level) for one in detector.judge(window, "r").findings}
            seen = quantised(facts)
            for one in rules:
                level = level_of(one, seen, window.day)
                if found.get(one.id, (None, None)) != (level, level):
                    wrong.append((one.id, facts))
    return wrong


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_the_engines_agree_on_random_nested_rules_and_facts(seed: int) -> None:
    random = Random(seed)
    rules = [rule(random, f"r{number}") for number in range(random.choice([1, 3, 12]))]
    assert disagreements(rules, [values(random) for _ in range(12)]) == []


def test_the_engines_agree_on_fifty_thousand_pairs_of_rule_and_facts() -> None:
    pairs = 0
    for seed in range(5):
        random = Random(seed)
        rules = [rule(random, f"r{number}") for number in range(60)]
        many = [values(random) for _ in range(170)]
        assert disagreements(rules, many) == []
        pairs += len(rules) * len(many)
    assert pairs >= 50_000


def test_the_engines_agree_on_more_rules_than_fit_one_shard() -> None:
    random = Random(20261121)
    rules = [rule(random, f"r{number}") for number in range(150)]
    assert sum(combinations(node) for one in rules for node in one.levels.values()) > 10 * MAX_COMBINATIONS
    assert disagreements(rules, [values(random) for _ in range(40)]) == []


def test_the_engines_agree_when_every_rule_of_a_category_fires() -> None:
    always = {"low": {"fact": "negative_count_1h", "op": ">=", "value": 1}}
    rules = []
    for index in range(200):
        high = {
            "all": [
                {"fact": "negative_count_1h", "op": ">=", "value": 2},
                {"fact": "heat", "op": "<=", "value": index / 100},
            ]
        }
        rules.append(Rule.model_validate(BASE | {"id": f"fee_dispute.r{index}", "levels": always | {"high": high}}))
    facts: list[dict[str, FactValue]] = [
        {"negative_count_1h": n, "heat": heat} for n in (0, 1, 2) for heat in (0.0, 0.5, 1.99, 2.0)
    ]
    assert disagreements(rules, facts) == []


def test_tiny_values_are_compared_as_their_quantum() -> None:
    share = {"low": {"fact": "negative_share_24h", "op": ">", "value": 0}}
    rules = [Rule.model_validate(BASE | {"id": "fee_dispute.tiny", "levels": share})]
    facts: list[dict[str, FactValue]] = [
        {"negative_share_24h": value} for value in (0.0, 1e-05, 0.0004, 0.0005, 0.0006, 0.001)
    ]
    assert disagreements(rules, facts) == []
