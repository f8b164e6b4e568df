"""Who answers how soon, against the pack and the playbooks."""

import pytest

from knowledge.loader import load_knowledge
from knowledge.schema import Department, Playbook
from rules.handling import Duty, load_handling
from rules.loader import load_rules
from rules.schema import Rule
from rules.vocabulary import Category, Level

HANDLING = load_handling()
PLAYBOOKS = {Category(one.category): one for one in load_knowledge().playbooks.values()}
CELLS = [(category, level) for category in Category for level in Level]


def duty(category: Category, level: Level) -> Duty:
    found = HANDLING.duty(category, level)
    assert found is not None
    return found


def earliest_deadline(playbook: Playbook, level: Level) -> int:
    return min(step.within_minutes for step in playbook.steps if str(level) in {str(one) for one in step.levels})


@pytest.mark.parametrize(("category", "level"), CELLS)
def test_the_first_response_is_due_before_any_step_of_the_playbook(category: Category, level: Level) -> None:
    assert duty(category, level).within_minutes <= earliest_deadline(PLAYBOOKS[category], level)


@pytest.mark.parametrize(("category", "level"), CELLS)
def test_a_department_of_the_playbooks_answers_and_somebody_else_takes_over(category: Category, level: Level) -> None:
    found = duty(category, level)
    assert found.department in set(Department)
    assert found.escalate_to != found.department


@pytest.mark.parametrize("category", Category)
def test_a_higher_level_never_waits_longer_and_the_highest_reaches_the_chairman(category: Category) -> None:
    waits = [duty(category, level).within_minutes for level in Level]
    assert waits == sorted(waits, reverse=True)
    assert duty(category, Level.high).escalate_to == "董事长"


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_the_owner_of_a_rule_is_a_department_so_that_its_budget_warning_arrives(rule: Rule) -> None:
    assert rule.owner in {str(one) for one in Department}
