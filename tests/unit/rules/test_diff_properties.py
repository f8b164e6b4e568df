"""What a comparison of rules claims holds for every fact."""

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.diff import ChangeKind, changes_levels, rule_changes
from rules.evaluate import level_of
from rules.meaning import Effect, Meaning
from rules.schema import AllOf, AnyOf, Condition, Rule
from rules.vocabulary import VOCABULARY, FactType, FactValue, Level

FACTS = (
    "negative_count_1h",
    "unique_authors_1h",
    "negative_count_24h",
    "heat",
    "hot_search_rank_24h",
    "trigger_author_kind",
)
START = date(2026, 3, 1)
BASE: dict[str, Any] = {
    "id": "fee_dispute.made",
    "title": "随机规则",
    "category": "fee_dispute",
    "status": "active",
    "version": 1,
    "owner": "合规部",
    "rationale": "用来比较两个版本的随机规则。",
    "false_positives": ["随机"],
    "effective_from": "2026-01-01",
    "review_by": "2026-12-31",
    "cooldown_minutes": 60,
}


def leaf(random: Random) -> dict[str, Any]:
    spec = VOCABULARY[random.choice(FACTS)]
    missing = {"on_missing": "met"} if spec.nullable and random.random() < 0.3 else {}
    if spec.type is FactType.text:
        op = random.choice(["==", "!=", "in"])
        words = random.sample(spec.choices, random.randint(1, 3))
        return {"fact": spec.name, "op": op, "value": words if op == "in" else words[0]} | missing
    line = spec.quantise(spec.minimum + random.randrange(4) * spec.step)
    return {"fact": spec.name, "op": random.choice([">=", ">", "<=", "<", "==", "!="]), "value": line} | missing


def tree(random: Random, depth: int = 2) -> dict[str, Any]:
    if depth == 0 or random.random() < 0.3:
        return leaf(random)
    return {random.choice(["all", "any"]): [tree(random, depth - 1) for _ in range(random.randint(1, 3))]}


def exemption(random: Random) -> dict[str, Any]:
    return {
        "reason": random.choice(["促销退费", "系统演练"]),
        "until": START + timedelta(days=random.randrange(4)),
        "levels": random.sample(["low", "medium", "high"], random.randrange(3)),
        "when": tree(random, 1),
    }


def raw_rule(random: Random) -> dict[str, Any]:
    levels = {level: tree(random) for level in random.sample(["low", "medium", "high"], random.randint(1, 3))}
    return BASE | {"levels": levels, "unless": [exemption(random) for _ in range(random.choice([0, 0, 1, 2]))]}


def edited(random: Random, raw: dict[str, Any]) -> dict[str, Any]:
    """The rule with a few places changed."""
    levels = {level: _edited_tree(random, node) for level, node in raw["levels"].items()}
    unless = [one for one in raw["unless"] if random.random() < 0.8]
    unless = [one | {"until": START + timedelta(days=random.randrange(4))} for one in unless]
    return raw | {"levels": levels, "unless": unless}


def _edited_tree(random: Random, node: dict[str, Any]) -> dict[str, Any]:
    for key in ("all", "any"):
        if key in node:
            children = [_edited_tree(random, child) for child in node[key]]
            random.shuffle(children)
            if random.random() < 0.15:
                children.append(leaf(random))
            if len(children) > 1 and random.random() < 0.15:
                children.pop()
            return {random.choice(["all", "any"]) if random.random() < 0.1 else key: children}
    return leaf(random) if random.random() < 0.15 else node


def values(random: Random) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    for name in FACTS:
        spec = VOCABULARY[name]
        if spec.nullable and random.random() < 0.25:
            found[name] = None
        elif spec.type is FactType.text:
            found[name] = random.choice(spec.choices)
        else:
            found[name] = spec.quantise(random.choice([spec.minimum + random.randrange(6) * spec.step, spec.maximum]))
    day = random.randrange(6)
    hour = random.randint(0, day)
    counts = {"negative_count_24h": day, "negative_count_1h": hour, "unique_authors_1h": random.randint(0, hour)}
    return found | counts


def rank(level: Level | None) -> int:
    return level.rank if level else 0


def pair(seed: int) -> tuple[Rule, Rule, Random]:
    random = Random(seed)
    raw = raw_rule(random)
    return Rule.model_validate(raw), Rule.model_validate(edited(random, raw)), random


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_said_of_a_change_holds_for_random_facts(seed: int) -> None:
    old, new, random = pair(seed)
    found = {change.rule: change for change in rule_changes([old], [new])}
    verdict = found[old.id].verdict if found else Effect.same
    for _ in range(60):
        facts, on = values(random), START + timedelta(days=random.randrange(-1, 5))
        before, after = rank(level_of(old, facts, on)), rank(level_of(new, facts, on))
        if verdict is Effect.same:
            assert before == after
        if verdict is Effect.harder:
            assert after <= before
        if verdict is Effect.easier:
            assert after >= before


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_the_change_back_has_the_opposite_effect(seed: int) -> None:
    old, new, _ = pair(seed)
    there, back = rule_changes([old], [new]), rule_changes([new], [old])
    assert [change.verdict.reverse for change in there] == [change.verdict for change in back]
    assert [change.alarms.reverse for change in there] == [change.alarms for change in back]
    assert [change.kind for change in there] == [change.kind for change in back]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_a_verdict_that_can_change_is_always_told(seed: int) -> None:
    old, new, _ = pair(seed)
    for change in rule_changes([old], [new]):
        assert change.sentences
        assert (change.kind is ChangeKind.reworded) <= (change.verdict is Effect.same)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_sentences_that_all_pull_one_way_never_hide_the_other(seed: int) -> None:
    old, new, _ = pair(seed)
    for change in rule_changes([old], [new]):
        ease = any("更容易" in sentence for sentence in change.sentences)
        hard = any("更难" in sentence for sentence in change.sentences)
        levels = any("等级“" in sentence for sentence in change.sentences)
        assert ease or levels or change.verdict not in (Effect.easier, Effect.both)
        assert hard or levels or change.verdict not in (Effect.harder, Effect.both)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_a_rule_never_differs_from_itself(seed: int) -> None:
    old, _, _ = pair(seed)
    assert rule_changes([old], [old]) == ()
    assert changes_levels([old], [old]) == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_another_order_or_nesting_is_no_change_of_meaning(seed: int) -> None:
    random = Random(seed)
    raw = raw_rule(random)
    other = raw | {"levels": {level: _rewritten(random, node) for level, node in raw["levels"].items()}}
    old, new = Rule.model_validate(raw), Rule.model_validate(other)
    assert all(change.kind is ChangeKind.reworded for change in rule_changes([old], [new]))
    assert changes_levels([old], [new]) == ()


def _rewritten(random: Random, node: dict[str, Any]) -> dict[str, Any]:
    """The same demand in another order, with a part repeated or a group of one around it."""
    for key in ("all", "any"):
        if key in node:
            children = [_rewritten(random, child) for child in node[key]]
            random.shuffle(children)
            return {key: [*children, children[0]] if "fact" in children[0] and key == "all" else children}
    return {random.choice(["all", "any"]): [node]} if random.random() < 0.5 else node


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_one_approver_is_enough_only_if_severe_verdicts_stay(seed: int) -> None:
    old, new, random = pair(seed)
    if changes_levels([old], [new]):
        return
    for _ in range(40):
        facts, on = values(random), START + timedelta(days=random.randrange(-1, 5))
        assert (level_of(old, facts, on) is Level.high) == (level_of(new, facts, on) is Level.high)


def test_the_random_rules_show_every_effect() -> None:
    """The properties above would say little if the generator did."""
    seen = set()
    for seed in range(60):
        old, new, _ = pair(seed)
        seen |= {change.verdict for change in rule_changes([old], [new])}
    assert seen == set(Effect)


def test_counts_that_cannot_be_true_together_make_no_difference() -> None:
    """A day never holds fewer mentions than its last hour."""
    day = Rule.model_validate(BASE | {"levels": {"low": {"fact": "negative_count_24h", "op": ">=", "value": 5}}})
    hour = {"any": [{"fact": f"negative_count_{key}", "op": ">=", "value": 5} for key in ("1h", "24h")]}
    either = Rule.model_validate(BASE | {"levels": {"low": hour}})
    assert Meaning.of_rules(day, either).levels(day, either, Level.low) is Effect.same
    assert [change.kind for change in rule_changes([day], [either])] == [ChangeKind.reworded]
    looser = Rule.model_validate(BASE | {"levels": {"low": {"fact": "negative_count_24h", "op": ">=", "value": 4}}})
    assert Meaning.of_rules(either, looser).levels(either, looser, Level.low) is Effect.easier


def test_more_combinations_than_can_be_tried_count_as_different() -> None:
    names = [name for name, spec in VOCABULARY.items() if spec.type is not FactType.text][:26]
    firsts, seconds = names[:13], names[13:]
    pairs = [AllOf(all=(_one(one), _one(other))) for one, other in zip(firsts, seconds, strict=True)]
    old, new = AnyOf(any=tuple(pairs)), AnyOf(any=tuple(pairs[::-1]))
    assert Meaning.of_nodes(old, new).parts(old, new) is Effect.same
    # Facts told apart in another order leave too many pairs to look at.
    entangled = Meaning([*map(_one, firsts), *map(_one, seconds)])
    assert entangled.parts(old, new) is Effect.both


def _one(name: str) -> Condition:
    spec = VOCABULARY[name]
    return Condition.model_validate({"fact": name, "op": ">=", "value": spec.quantise(spec.minimum + spec.step)})
