"""What the shipped knowledge promises to the rooms that use it."""

from collections import Counter
from itertools import product

import pytest

from knowledge.fact_shapes import SHAPES, shape_problem
from knowledge.lint import lint
from knowledge.loader import Knowledge, load_knowledge
from knowledge.rendering import TYPICAL, UNKNOWN, model_free, wordings
from knowledge.schema import Category, Channel, FactKey, Level, ProseSlot
from knowledge.slots import REGISTRY_FACTS
from knowledge.topics import load_topics
from rules import vocabulary


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def test_the_shipped_knowledge_has_no_fault(knowledge: Knowledge) -> None:
    assert [str(fault) for fault in lint(knowledge)] == []


def test_categories_and_levels_are_those_of_the_rules() -> None:
    assert [*Category] == [*map(str, vocabulary.Category)]
    assert [*Level] == [*map(str, vocabulary.Level)]


def test_every_category_is_complete(knowledge: Knowledge) -> None:
    assert set(knowledge.playbooks) == {f"pb.{category}" for category in Category}
    assert set(knowledge.templates) == {
        *(f"tpl.{folder}.{channel}" for folder, channel in product((*Category, "holding"), Channel)),
        *(f"tpl.{category}.holding_{channel}" for category, channel in product(Category, Channel)),
    }
    assert min(Counter(incident.category for incident in knowledge.incidents.values()).values()) >= 12
    assert len(knowledge.incidents) >= 150


def test_precedents_of_a_category_differ_in_level_and_outcome(knowledge: Knowledge) -> None:
    for category in Category:
        own = [incident for incident in knowledge.incidents.values() if incident.category == category]
        assert len({incident.level for incident in own}) >= 2, category
        assert len({incident.strategy for incident in own}) >= 2, category
        assert len({incident.outcome_grade for incident in own}) >= 2, category


def test_no_regulation_starts_a_clock_before_somebody_verified_it(knowledge: Knowledge) -> None:
    assert knowledge.regulations
    assert not any(regulation.verified for regulation in knowledge.regulations.values())


def test_a_holding_statement_is_complete_with_the_registry_alone(knowledge: Knowledge) -> None:
    registry = {key: TYPICAL[key] for key in REGISTRY_FACTS}
    holding = [template for template in knowledge.templates.values() if template.kind == "holding"]
    assert {template.channel for template in holding} == set(Channel)
    assert [one.id for one in holding if UNKNOWN in model_free(one, registry)] == []


def test_every_wording_of_every_prose_slot_reads_without_broken_marks(knowledge: Knowledge) -> None:
    for template in knowledge.templates.values():
        for slot in template.slots.values():
            if isinstance(slot, ProseSlot):
                for text in wordings(slot, TYPICAL):
                    assert not set(text) & set("{}【】"), (template.id, text)
                    assert "已已" not in text, (template.id, text)
                    assert text[0] not in "，。；、", (template.id, text)
                    assert text[-1] not in "，。；、", (template.id, text)


def test_fact_examples_have_the_shape_they_ask_for() -> None:
    assert set(SHAPES) == set(FactKey)
    assert [shape_problem(key, shape.example) for key, shape in SHAPES.items()] == [None] * len(FactKey)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (FactKey.measure, "已暂停该项收费"),
        (FactKey.complaint, "用户被多收费用"),
        (FactKey.cause, "由于页面改版"),
        (FactKey.remedy, "费用将原路退回。"),
        (FactKey.product, ""),
        (FactKey.partner, "某【待核实】公司"),
    ],
)
def test_a_value_that_would_break_a_sentence_is_refused(key: FactKey, value: str) -> None:
    assert shape_problem(key, value)


def test_every_precedent_is_filed_under_a_topic_and_every_topic_has_one(knowledge: Knowledge) -> None:
    filed = Counter(topic for incident in knowledge.incidents.values() for topic in incident.topics)
    assert all(incident.topics for incident in knowledge.incidents.values())
    assert set(filed) == set(load_topics())
    assert {topic.category for topic in load_topics().values()} == set(Category)
