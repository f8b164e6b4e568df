"""Reasoning over cells says exactly what looking at every moment says."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rules.cases import full_facts
from rules.cells import Grid
from rules.evaluate import node_holds
from rules.schema import Condition, Node
from rules.vocabulary import AT_MOST, VOCABULARY
from tests.unit.rules.small_world import MOMENTS, NODE, tree

SEEDS = st.integers(0, 2**32)


def node(random: Random) -> Node:
    return NODE.validate_python(tree(random))


@given(SEEDS)
def test_a_tree_has_an_example_exactly_when_some_moment_meets_it(seed: int) -> None:
    one = node(Random(seed))
    grid = Grid([one])
    boxes = grid.boxes(one)
    assert bool(boxes) == any(node_holds(one, moment) for moment in MOMENTS)
    for box in boxes:
        example = grid.example(box)
        assert example is not None
        facts = full_facts(example)
        assert node_holds(one, facts)
        assert all(facts[low] <= facts[high] for low, high in AT_MOST if high in example)  # type: ignore[operator]


@given(SEEDS)
def test_a_tree_covers_another_exactly_when_it_does_at_every_moment(seed: int) -> None:
    random = Random(seed)
    one, other = node(random), node(random)
    grid = Grid([one, other])
    example = grid.escape(grid.boxes(one), grid.boxes(other))
    outside = [moment for moment in MOMENTS if node_holds(one, moment) and not node_holds(other, moment)]
    assert (example is None) == (not outside)
    if example is not None:
        facts = full_facts(example)
        assert node_holds(one, facts)
        assert not node_holds(other, facts)


def test_thresholds_with_steps_are_cut_where_their_values_lie() -> None:
    above = Condition(fact="heat", op=">", value=60.5)
    grid = Grid([above])
    (box,) = grid.boxes(above)
    assert grid.example(box) == {"heat": 60.51}
    assert grid.ends(box["heat"], "heat") == (60.51, 120)
    assert grid.ends(0, "heat") is None


def test_counts_that_go_together_are_raised_together() -> None:
    many = Condition(fact="unique_authors_1h", op=">=", value=20)
    few = Condition(fact="negative_count_24h", op="<=", value=10)
    grid = Grid([many, few])
    assert grid.example(grid.boxes(many)[0]) == {"unique_authors_1h": 20, "negative_count_24h": 20}
    assert grid.escape(grid.boxes(many), []) is not None
    assert grid.covered(grid.boxes(few), []) is False


def test_only_numbers_that_are_always_there_go_together() -> None:
    for pair in AT_MOST:
        for fact in pair:
            assert VOCABULARY[fact].type.value == "integer"
            assert not VOCABULARY[fact].nullable
            assert (VOCABULARY[fact].minimum, VOCABULARY[fact].step) == (0, 1)
