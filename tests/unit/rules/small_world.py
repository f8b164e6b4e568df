"""A world small enough to look at every moment of it: four facts, few values, one pair that goes together."""

from itertools import product
from random import Random
from typing import Any, Final

from pydantic import TypeAdapter

from rules.cases import full_facts
from rules.schema import MAX_COMBINATIONS, Node, combinations
from rules.vocabulary import FactValue

NODE: Final[TypeAdapter[Node]] = TypeAdapter(Node)
TOP: Final = 4
COUNTS: Final = ("negative_count_1h", "unique_authors_1h")
RANK: Final = "hot_search_rank_24h"
KIND: Final = "trigger_author_kind"
KINDS: Final = ("personal", "media", "official", "regulator")  # all: a word is known by what it is not

MOMENTS: Final[tuple[dict[str, FactValue], ...]] = tuple(
    full_facts({COUNTS[0]: count, COUNTS[1]: authors, RANK: rank, KIND: kind})
    for count, authors, rank, kind in product(
        range(TOP + 1), range(TOP + 1), (None, *range(1, TOP + 1)), (None, *KINDS)
    )
    if authors <= count
)
"""Every moment that can be: thresholds stay below `TOP`, so that greater values tell nothing more."""


def leaf(random: Random) -> dict[str, Any]:
    """A condition."""
    missing = {"on_missing": "met"} if random.random() < 0.3 else {}
    if random.random() < 0.25:
        op = random.choice(["==", "!=", "in"])
        words = random.sample(KINDS, random.randint(1, 3))
        return {"fact": KIND, "op": op, "value": words if op == "in" else words[0]} | missing
    fact = random.choice([*COUNTS, COUNTS[0], RANK])
    op = random.choice([">=", ">=", ">", "<=", "<", "==", "!="])
    return {"fact": fact, "op": op, "value": random.randint(1, TOP - 1)} | (missing if fact == RANK else {})


def tree(random: Random, depth: int = 2) -> dict[str, Any]:
    """A tree of conditions."""
    if depth == 0 or random.random() < 0.25:
        return leaf(random)
    return {random.choice(["all", "all", "any"]): [tree(random, depth - 1) for _ in range(random.randint(1, 3))]}


def small_tree(random: Random) -> dict[str, Any]:
    """A tree that can be met in no more ways than a rule may have."""
    while True:
        found = tree(random)
        if combinations(NODE.validate_python(found)) <= MAX_COMBINATIONS:
            return found


def rule(random: Random, name: str = "random", **changes: Any) -> dict[str, Any]:
    """A rule with up to three levels and two exemptions, as a file holds it."""
    levels = {level: small_tree(random) for level in random.sample(["low", "medium", "high"], random.randint(1, 3))}
    exemptions = [
        {
            "reason": f"第{number + 1}条理由",
            "until": "2026-06-30",
            "levels": random.sample(sorted(levels), random.randint(0, len(levels))),
            "when": tree(random, 1),
        }
        for number in range(random.choice([0, 0, 1, 2]))
    ]
    return {
        "id": f"fee_dispute.{name}",
        "title": f"随机规则{name}",
        "category": "fee_dispute",
        "status": "active",
        "version": 1,
        "owner": "合规部",
        "rationale": "用来检查规则检查自己的随机规则。",
        "false_positives": ["随机"],
        "effective_from": "2026-01-01",
        "review_by": "2026-12-31",
        "cooldown_minutes": 0,
        "alert_budget_per_week": 5,
        "levels": levels,
        "unless": exemptions,
    } | changes
