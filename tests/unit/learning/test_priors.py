"""What playbooks and templates bring into the search."""

from engine.learning.priors import priors_of
from knowledge.loader import load_knowledge
from knowledge.schema import Strategy
from tests.support.learning import past


def test_a_template_is_known_by_what_its_strategy_came_to_and_few_cases_say_nothing() -> None:
    knowledge = load_knowledge()
    made = [knowledge.templates["tpl.fee_dispute.weibo"], knowledge.templates["tpl.holding.weibo"]]
    worded = made[0].model_copy(update={"strategies": (Strategy.rebuild,)})
    cases = [past(number) for number in range(3)]
    priors = priors_of([*cases, worded, made[1]])
    assert set(priors) == {worded.id}, "a holding statement is for every category"
    assert priors[worded.id].share > 0.5
    assert "致歉整改 3 件中 3 件好转或平息" in priors[worded.id].reason
    assert not priors_of([*cases[:2], worded])
