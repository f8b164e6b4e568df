"""What strategies came to: past incidents in force → for each strategy how often it ended well, how sure that is, how
soon people spoke, and how far the mood turned.

A share of few cases is pulled towards that of the other strategies of its category, and this towards the share of all
other categories (empirical Bayes: Casella 1985, "An Introduction to Empirical Bayes Data Analysis"; Gelman et al.,
"Bayesian Data Analysis", chapter 5). A case pulls never on itself, and one good case more never lowers an estimate.
"""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Final, NamedTuple

from pydantic import Field

from engine.learning.beta import Beta
from engine.model import Category, Frozen, Level
from engine.precedents.wording import minutes_of
from knowledge.schema import GOOD_OUTCOMES, PastIncident, Strategy

OWN_WEIGHT: Final = 1.0
WRITTEN_WEIGHT: Final = 0.5
"""Two incidents written for the knowledge base count as much as one that the company went through."""

PULL: Final = 2.0
"""How many own cases the prior is worth; with it the likelihood of the bundled incidents' shares is near its highest
(beta-binomial, docs/adr/0021-learning.md)."""

CHANCE: Final = 0.8
"""The interval holds the share in eight cases of ten."""

FEW: Final = 3
"""With fewer cases an estimate is only for information."""

CLEARLY: Final = 0.9
"""The chance of being better from which one strategy is said to be better than another."""


class Case(NamedTuple):
    """What a past incident says of its strategy. Times in minutes; `fall` is how far the negative share (0-1) came
    down from its peak to the end; None where the course is too short or nothing was said in public.
    """

    category: Category
    level: Level
    strategy: Strategy
    is_good: bool
    is_own: bool
    first_response: float | None
    peak: float | None
    end: float | None

    @property
    def weight(self) -> float:
        """How much it counts."""
        return OWN_WEIGHT if self.is_own else WRITTEN_WEIGHT


class StrategyOutcome(Frozen):
    """What a strategy came to in a category (at one level or all). Shares are 0-1, times minutes, medians; None where
    nothing is known. `silent` counts cases without any public response.
    """

    strategy: Strategy
    cases: int
    own: int
    good: int
    estimate: float
    low: float
    high: float
    response: float | None
    response_good: float | None
    response_bad: float | None
    silent: int
    peak: float | None
    end: float | None
    belief: Beta = Field(exclude=True, repr=False)

    @property
    def is_little(self) -> bool:
        """Whether these are too few cases to go by."""
        return self.cases < FEW


class CategoryOutcomes(Frozen):
    """What all strategies came to in a category, most cases first. `level` is None for all levels together."""

    category: Category
    level: Level | None
    cases: int
    own: int
    strategies: tuple[StrategyOutcome, ...]

    def of(self, strategy: Strategy) -> StrategyOutcome | None:
        """That of one strategy; None when nobody has tried it."""
        return next((one for one in self.strategies if one.strategy is strategy), None)

    def clearly_better(self, than: Strategy) -> StrategyOutcome | None:
        """The strategy that is clearly better than another one, the surest first; None when neither is known well
        enough.
        """
        known = self.of(than)
        if known is None or known.is_little:
            return None
        rivals = [(one.belief.above(known.belief), one) for one in self.strategies if not one.is_little]
        sure = [pair for pair in rivals if pair[0] >= CLEARLY and pair[1].strategy is not than]
        return max(sure, key=lambda pair: (pair[0], pair[1].strategy), default=(0.0, None))[1]


def case_of(entry: PastIncident) -> Case:
    """What a past incident says of its strategy."""
    response = entry.first_response
    shares = [point.negative for point in entry.course]
    return Case(
        category=Category(entry.category),
        level=Level(entry.level),
        strategy=entry.strategy,
        is_good=entry.outcome_grade in GOOD_OUTCOMES,
        is_own=entry.source == "own",
        first_response=None if response is None else minutes_of(response),
        peak=max(shares) if len(shares) > 1 else None,
        end=shares[-1] if len(shares) > 1 else None,
    )


def outcomes_of(entries: Iterable[PastIncident], category: Category, level: Level | None = None) -> CategoryOutcomes:
    """What strategies came to in a category; at a level, the prior of a strategy is what it came to at the others."""
    cases = [case_of(entry) for entry in entries]
    here = [one for one in cases if one.category is category and level in (None, one.level)]
    tried = {one.strategy for one in here}
    found = [_outcome(cases, category, level, strategy) for strategy in tried]
    return CategoryOutcomes(
        category=category,
        level=level,
        cases=len(here),
        own=sum(one.is_own for one in here),
        strategies=tuple(sorted(found, key=lambda one: (-one.cases, -one.estimate, one.strategy))),
    )


def _outcome(cases: Sequence[Case], category: Category, level: Level | None, strategy: Strategy) -> StrategyOutcome:
    in_category = [one for one in cases if one.category is category]
    tried = [one for one in in_category if one.strategy is strategy]
    elsewhere = _belief([one for one in cases if one.category is not category], 0.5)
    around = _belief([one for one in in_category if one.strategy is not strategy], elsewhere.mean)
    chosen, prior = tried, around.mean
    if level is not None:
        chosen = [one for one in tried if one.level is level]
        prior = _belief([one for one in tried if one.level is not level], around.mean).mean
    return _summary(strategy, chosen, _belief(chosen, prior))


def _belief(cases: Sequence[Case], prior: float) -> Beta:
    good = sum(one.weight for one in cases if one.is_good)
    bad = sum(one.weight for one in cases if not one.is_good)
    return Beta(good + PULL * prior, bad + PULL * (1 - prior))


def _summary(strategy: Strategy, cases: Sequence[Case], belief: Beta) -> StrategyOutcome:
    low, high = belief.interval(CHANCE)
    good, bad = [one for one in cases if one.is_good], [one for one in cases if not one.is_good]
    return StrategyOutcome(
        strategy=strategy,
        cases=len(cases),
        own=sum(one.is_own for one in cases),
        good=len(good),
        estimate=belief.mean,
        low=low,
        high=high,
        response=_median(cases, lambda one: one.first_response),
        response_good=_median(good, lambda one: one.first_response),
        response_bad=_median(bad, lambda one: one.first_response),
        silent=sum(one.first_response is None for one in cases),
        peak=_median(cases, lambda one: one.peak),
        end=_median(cases, lambda one: one.end),
        belief=belief,
    )


def _median(cases: Sequence[Case], of: Callable[[Case], float | None]) -> float | None:
    values = [value for one in cases if (value := of(one)) is not None]
    return median(values) if values else None
