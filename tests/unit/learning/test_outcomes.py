"""What strategies came to: honest with few cases, and never worse for a good one more."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.learning.beta import Beta
from engine.learning.outcomes import FEW, outcomes_of
from engine.learning.wording import basis_line, plan_lines, response_line, strategy_line
from engine.model import Category, Level
from knowledge.schema import GOOD_OUTCOMES, STRATEGY_TITLES, PastIncident, Strategy
from tests.support.learning import past

FEE = Category.fee_dispute
GRADES = ("好转", "平息", "恶化", "长期影响")
made = st.builds(
    past,
    st.integers(0, 10**6),
    st.sampled_from(list(Strategy)),
    st.sampled_from(GRADES),
    category=st.sampled_from([FEE, Category.privacy_leak]),
    level=st.sampled_from(list(Level)),
    own=st.booleans(),
    response=st.sampled_from([None, "30分钟", "3天"]),
)


@settings(max_examples=40)
@given(st.lists(made, max_size=20), made.filter(lambda one: one.outcome_grade in GOOD_OUTCOMES))
def test_one_good_outcome_more_never_lowers_an_estimate(entries: list[PastIncident], good: PastIncident) -> None:
    for level in (None, Level(good.level)):
        before = outcomes_of(entries, Category(good.category), level)
        after = outcomes_of([*entries, good], Category(good.category), level)
        for one in before.strategies:
            later = after.of(one.strategy)
            assert later is not None
            assert later.estimate >= one.estimate - 1e-12


@settings(max_examples=20)
@given(st.lists(made, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_cases_does_not_matter_and_the_interval_holds_the_estimate(
    entries: list[PastIncident], order: object
) -> None:
    shuffled = sorted(entries, key=lambda _: order.random())  # type: ignore[attr-defined]
    found = outcomes_of(entries, FEE)
    assert [one.strategy for one in found.strategies] == [one.strategy for one in outcomes_of(shuffled, FEE).strategies]
    for one in found.strategies:
        assert 0 <= one.low <= one.estimate <= one.high <= 1


def test_few_cases_are_pulled_to_the_rest_and_said_to_be_few() -> None:
    rest = [past(number, Strategy.diminish, "恶化") for number in range(8)]
    once = outcomes_of([*rest, past(100)], FEE).of(Strategy.rebuild)
    often = outcomes_of([*rest, *(past(number) for number in range(100, 110))], FEE).of(Strategy.rebuild)
    assert once is not None
    assert often is not None
    assert once.estimate < 0.5 < often.estimate < 1
    assert once.high - once.low > often.high - often.low
    assert (once.is_little, often.is_little) == (True, False)
    one_case = outcomes_of([past(1)], FEE)
    assert "只有 1 件，仅供参考" in plan_lines(one_case, once, "致歉整改", one_case)


def test_what_the_company_went_through_weighs_more() -> None:
    mixed = [past(1, grade="好转"), past(2, grade="恶化", own=True)]
    swapped = [past(1, grade="好转", own=True), past(2, grade="恶化")]
    first, second = (outcomes_of(one, FEE).of(Strategy.rebuild) for one in (mixed, swapped))
    assert first is not None
    assert second is not None
    assert first.estimate < second.estimate
    assert "本公司经历过的有 1 件" in basis_line(outcomes_of(mixed, FEE))
    assert "还没有本公司经历过的" in basis_line(outcomes_of([past(1)], FEE))


def test_response_times_and_mood_are_compared_between_good_and_bad() -> None:
    cases = [
        past(1, response="2小时", course=(0.9, 0.8, 0.1)),
        past(2, response="4小时", course=(0.7, 0.3)),
        past(3, grade="恶化", response="1天", course=(0.5, 0.9)),
        past(4, grade="恶化", response=None, course=()),
    ]
    found = outcomes_of(cases, FEE).of(Strategy.rebuild)
    assert found is not None
    assert (found.response_good, found.response_bad, found.silent) == (180, 24 * 60, 1)
    assert response_line(found) == "首次回应中位 4小时，好的 3小时、差的 1天；1 件没有公开回应"
    assert (found.peak, found.end) == (0.9, 0.3)
    assert strategy_line(found).startswith("致歉整改 4 件，好转或平息 2 件（估计 ")


def test_another_strategy_is_named_only_when_it_is_clearly_better() -> None:
    bad = [past(number, Strategy.diminish, "恶化", own=True) for number in range(5)]
    good = [past(number, Strategy.rebuild, own=True) for number in range(10, 15)]
    better = outcomes_of([*bad, *good], FEE).clearly_better(Strategy.diminish)
    assert better is not None
    assert STRATEGY_TITLES[better.strategy] == "致歉整改"
    assert outcomes_of([*bad, *good], FEE).clearly_better(Strategy.rebuild) is None
    assert outcomes_of([*bad, *good[: FEW - 1]], FEE).clearly_better(Strategy.diminish) is None, "too few to say"
    assert outcomes_of([*bad[:2], *good], FEE).clearly_better(Strategy.diminish) is None
    assert outcomes_of(good, FEE).clearly_better(Strategy.deny) is None, "nobody tried it"


def test_a_level_leans_on_the_other_levels_of_the_strategy() -> None:
    elsewhere = [past(number, level=Level.low) for number in range(6)]
    here = past(50, grade="恶化", level=Level.high)
    alone = outcomes_of([here], FEE, Level.high).of(Strategy.rebuild)
    beside = outcomes_of([*elsewhere, here], FEE, Level.high).of(Strategy.rebuild)
    assert alone is not None
    assert beside is not None
    assert beside.cases == alone.cases == 1
    assert beside.estimate > alone.estimate
    cases = [*elsewhere, here]
    everywhere, at_level = outcomes_of(cases, FEE), outcomes_of(cases, FEE, Level.high)
    lines = plan_lines(everywhere, everywhere.of(Strategy.rebuild), "致歉整改", at_level)
    assert lines[1].startswith("其中同为“严重”的：致歉整改 1 件，好转或平息 0 件（估计 ")
    untried = plan_lines(everywhere, everywhere.of(Strategy.deny), "澄清否认", at_level)
    assert untried == ("同类 7 件中没有用“澄清否认”的，无从比较。",)


def test_a_beta_distribution_says_how_sure_it_is() -> None:
    even, high = Beta(5, 5), Beta(9, 1)
    low, top = even.interval(0.8)
    assert abs(low + top - 1) < 0.002
    assert abs(low - 0.3010) < 0.002, "the tenth percentile of Beta(5, 5)"
    assert abs(even.above(even) - 0.5) < 1e-9
    assert high.above(even) > 0.95
