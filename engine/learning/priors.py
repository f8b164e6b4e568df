"""What playbooks and templates bring into the search: how their strategies ended before."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

from engine.learning.outcomes import CategoryOutcomes, StrategyOutcome, outcomes_of
from engine.model import Category
from engine.precedents.wording import share
from knowledge.schema import STRATEGY_TITLES, AnyEntry, PastIncident, Playbook, Strategy, Template
from retrieval.proven import Prior


def priors_of(entries: Iterable[AnyEntry]) -> Mapping[str, Prior]:
    """For each playbook and each template of a category, of whose strategies enough is known: the mean estimate."""
    known = tuple(entries)
    incidents = [one for one in known if isinstance(one, PastIncident)]
    by_category = {category: outcomes_of(incidents, category) for category in Category}
    found: dict[str, Prior] = {}
    for one in known:
        if isinstance(one, Playbook | Template) and one.category != "any":
            prior = _prior(by_category[Category(one.category)], _strategies(one))
            if prior is not None:
                found[one.id] = prior
    return MappingProxyType(found)


def _strategies(entry: Playbook | Template) -> Sequence[Strategy]:
    if isinstance(entry, Template):
        return entry.strategies
    return tuple(dict.fromkeys(plan.strategy for plan in entry.plans.values()))


def _prior(outcomes: CategoryOutcomes, strategies: Sequence[Strategy]) -> Prior | None:
    tried = [one for strategy in strategies if (one := outcomes.of(strategy)) is not None and not one.is_little]
    if not tried:
        return None
    return Prior(fmean(one.estimate for one in tried), f"同类案例里{'，'.join(map(_told, tried))}，结果较好，排在前面")


def _told(one: StrategyOutcome) -> str:
    title = STRATEGY_TITLES[one.strategy]
    return f"{title} {one.cases} 件中 {one.good} 件好转或平息（估计 {share(one.estimate)}）"
