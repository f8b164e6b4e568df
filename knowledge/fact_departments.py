"""Which department knows a fact, and how soon it has to say so: the one place.

A playbook step that brings a fact names the department for its category; what no step brings, or what a step gives to
PR (who asks and does not confirm), is looked up here.
"""

from typing import Final

from knowledge.schema import FactKey, Level, Playbook
from knowledge.schema.base import Department

KNOWS: Final[dict[FactKey, Department]] = {
    FactKey.product: Department.product,
    FactKey.fee_item: Department.product,
    FactKey.rate: Department.product,
    FactKey.partner: Department.product,
    FactKey.amount: Department.customer_service,
    FactKey.affected_count: Department.customer_service,
    FactKey.complaint: Department.customer_service,
    FactKey.platform: Department.customer_service,
    FactKey.remedy: Department.customer_service,
    FactKey.event_date: Department.customer_service,
    FactKey.event_place: Department.customer_service,
    FactKey.person_role: Department.hr,
    FactKey.data_kinds: Department.technology,
    FactKey.outage_start: Department.technology,
    FactKey.outage_end: Department.technology,
    FactKey.cause: Department.risk,
    FactKey.measure: Department.risk,
    FactKey.completion_date: Department.compliance,
    FactKey.authority: Department.compliance,
    FactKey.document: Department.legal,
    FactKey.fake_name: Department.legal,
}
"""What the company's own registry states (`knowledge.slots.REGISTRY_FACTS`) is asked of nobody."""

ANSWER_WITHIN: Final[dict[Level, int]] = {Level.high: 30, Level.medium: 120, Level.low: 24 * 60}
"""Minutes after the question, by the incident's level."""


def department_for(key: FactKey, playbook: Playbook | None, level: Level) -> Department:
    """Who is asked: the department of the first step of this level that brings the fact, else of any level.

    Raises KeyError for a fact of the company's own registry.
    """
    steps = () if playbook is None else playbook.steps
    bringing = [step for step in steps if key in step.fact_keys and step.department is not Department.pr]
    at_level = [step for step in bringing if level in step.levels]
    return next((step.department for step in (*at_level, *bringing)), None) or KNOWS[key]
