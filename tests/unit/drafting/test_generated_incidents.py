"""Over hundreds of generated incidents, with hostile facts in any status, every draft of every template proves itself.

`python -m tests.support.proven_drafts 500` takes the whole product of 500 incidents and all templates; here each
template meets four incidents of its own, so that 600 incidents and all templates are seen.
"""

import pytest

from knowledge.schema import Category
from tests.support.made_registers import HOSTILE, made_incident
from tests.support.proven_drafts import drafted, faults, knowledge

TEMPLATES = sorted(knowledge().templates)
EACH = 4


@pytest.mark.parametrize("category", [*map(str, Category), "any"])
def test_every_draft_proves_itself_and_says_nothing_hostile(category: str) -> None:
    found = []
    for at, name in enumerate(TEMPLATES):
        template = knowledge().templates[name]
        if template.category != category:
            continue
        for turn in range(EACH):
            made = made_incident(EACH * at + turn)
            draft = drafted(made, template, with_model=turn % 2 == 0)
            found += [f"{made.id} {name}: {fault}" for fault in faults(made, draft, as_a_file=turn == 0)]
    assert found == []


def test_the_incidents_are_as_many_and_as_hostile_as_they_are_meant_to_be() -> None:
    made = [made_incident(number) for number in range(EACH * len(TEMPLATES))]
    assert len(made) >= 500
    assert {value for one in made for value in one.hostile} >= set(HOSTILE) - {""}
    assert {one.category for one in made} == set(Category)
    assert len({one.register for one in made}) > 450
    assert made_incident(7) == made_incident(7)
