"""Decisions of two rule sets: matched by time, told apart in six ways."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.backtesting.decisions import DecisionChange, DecisionChangeKind, compare, counts
from engine.backtesting.episodes import Decision
from engine.model import Category, Level

START = datetime(2026, 3, 2, tzinfo=UTC)
MIRROR = {
    DecisionChangeKind.gained: DecisionChangeKind.lost,
    DecisionChangeKind.lost: DecisionChangeKind.gained,
    DecisionChangeKind.earlier: DecisionChangeKind.later,
    DecisionChangeKind.later: DecisionChangeKind.earlier,
    DecisionChangeKind.raised: DecisionChangeKind.lowered,
    DecisionChangeKind.lowered: DecisionChangeKind.raised,
}


def decision(start: float, end: float, *levels: tuple[Level, float], rule: str = "fee_dispute.surge") -> Decision:
    """Hours after the start; without levels it is low from its beginning."""
    said = levels or ((Level.low, start),)
    return Decision(
        brand="澄禾消费金融",
        category=Category.fee_dispute,
        rule=rule,
        start=START + timedelta(hours=start),
        end=START + timedelta(hours=end),
        level=max((level for level, _ in said), key=lambda level: level.rank),
        first_at={level: START + timedelta(hours=at) for level, at in said},
        mentions=(f"m{start}",),
    )


def kinds(changes: tuple[DecisionChange, ...]) -> list[str]:
    return [str(change.kind) for change in changes]


def random_decisions(random: Random) -> list[Decision]:
    """Of two rules, each rule's decisions as far apart as decisions are."""
    found = []
    for rule in ("fee_dispute.surge", "fee_dispute.viral"):
        hour = random.uniform(0, 10)
        for _ in range(random.randrange(5)):
            length = random.choice([0.0, 0.5, 4.0, 20.0])
            levels = random.sample(list(Level), random.randint(1, 3))
            moments = sorted(random.uniform(0, length) for _ in levels)
            said = [(level, hour + at) for level, at in zip(levels, moments, strict=True)]
            said[0] = (said[0][0], hour)
            found.append(decision(hour, hour + length, *said, rule=rule))
            hour += length + random.uniform(6.1, 30)
    return found


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32))
def test_swapping_old_and_new_mirrors_every_change(seed: int) -> None:
    random = Random(seed)
    old, new = random_decisions(random), random_decisions(random)
    there, back = compare(old, new), compare(new, old)
    assert sorted((MIRROR[one.kind], one.rule, one.start) for one in there) == sorted(
        (one.kind, one.rule, one.start) for one in back
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_nothing_differs_from_itself_in_any_order(seed: int) -> None:
    random = Random(seed)
    found = random_decisions(random)
    assert compare(found, random.sample(found, len(found))) == ()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_every_decision_is_matched_joined_or_told(seed: int) -> None:
    """As many as were lost are missing: pairs and joined ones account for the rest."""
    random = Random(seed)
    old = random_decisions(random)
    kept = [one for one in old if random.random() < 0.5]
    changes = compare(old, kept)
    assert all(one.old in old and one.old not in kept for one in changes)
    assert kinds(changes) == ["lost"] * len(changes)


def test_a_short_alarm_that_comes_half_an_hour_later_is_the_same_one() -> None:
    assert kinds(compare([decision(1, 1)], [decision(1.5, 1.5)])) == ["later"]


def test_an_alarm_on_another_day_is_another_one() -> None:
    assert kinds(compare([decision(1, 1)], [decision(30, 30)])) == ["lost", "gained"]


def test_later_at_severe_and_lower_in_the_end_are_told_separately() -> None:
    old = decision(0, 5, (Level.low, 0), (Level.medium, 1), (Level.high, 2))
    new = decision(0, 5, (Level.low, 0), (Level.medium, 3))
    changes = compare([old], [new])
    assert kinds(changes) == ["later", "lowered"]
    assert "“中等”晚 2 小时" in changes[0].text
    assert "由“严重”降为“中等”" in changes[1].text


def test_earlier_at_first_and_later_at_severe_are_both_told() -> None:
    old = decision(1, 5, (Level.low, 1), (Level.high, 2))
    new = decision(0, 5, (Level.low, 0), (Level.high, 3))
    changes = compare([old], [new])
    assert kinds(changes) == ["earlier", "later"]
    assert "首次告警早 1 小时" in changes[0].text
    assert "“严重”晚 1 小时" in changes[1].text


def test_levels_that_move_together_are_told_once() -> None:
    (change,) = compare([decision(0, 1, (Level.high, 0))], [decision(0.5, 1, (Level.high, 0.5))])
    assert change.text.endswith("首次告警晚 30 分钟（08:00 → 08:30）")


def test_one_alarm_split_in_two_is_no_change_but_a_later_start_is() -> None:
    long, halves = decision(0, 20), [decision(0, 3), decision(16, 20)]
    assert compare([long], halves) == ()
    assert compare(halves, [long]) == ()


def test_another_rule_that_still_alarms_is_named() -> None:
    viral = decision(2, 3, (Level.medium, 2), rule="fee_dispute.viral")
    (change,) = compare([decision(1, 4), viral], [viral])
    assert change.text.endswith("改后同一时段由“fee_dispute.viral”（中等）告警")
    (alone,) = compare([decision(1, 4)], [])
    assert alone.text.endswith("改后这一类别同一时段不再有告警")


def test_all_six_kinds_are_counted() -> None:
    found = counts(compare([decision(1, 4)], []))
    assert found == {"gained": 0, "lost": 1, "earlier": 0, "later": 0, "raised": 0, "lowered": 0}
