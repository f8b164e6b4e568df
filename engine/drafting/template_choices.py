"""Which templates an incident could be answered with: those first that fit its level and the advised strategy."""

from collections.abc import Sequence

from engine.drafting.strategy import advise, conflict, plan_for
from engine.model import Fact, Incident
from engine.views import TemplateChoice
from knowledge.loader import Knowledge
from knowledge.schema import Category, Channel, Level, Strategy, Template


def template_choices(knowledge: Knowledge, incident: Incident, facts: Sequence[Fact]) -> tuple[TemplateChoice, ...]:
    """Templates of the incident's category, fitting ones first, public channels before the others; the general holding
    ones only for channels where the category has none of its own.
    """
    category, level = Category(incident.category), Level(incident.level)
    strategy = advise(category, level, plan_for(knowledge.playbooks.values(), category, level), facts).strategy
    every = knowledge.templates.values()
    own = [template for template in every if template.category == category]
    held = {template.channel for template in own if template.kind == "holding"}
    known = [*own, *(one for one in every if one.category == "any" and one.channel not in held)]
    channels = list(Channel)
    order = {template.id: channels.index(template.channel) for template in known}
    choices = [template_choice(template, level, strategy) for template in known]
    return tuple(sorted(choices, key=lambda one: (not one.fits, one.kind == "holding", order[one.id], one.id)))


def template_choice(template: Template, level: Level, strategy: Strategy) -> TemplateChoice:
    """A template as a choice for an incident of this level, to be answered with this strategy."""
    unfit = conflict(template, strategy)
    return TemplateChoice(
        id=template.id,
        title=template.title,
        channel=template.channel,
        kind=template.kind,
        fits=unfit is None and str(level) in {str(one) for one in template.levels},
        conflict=unfit,
    )
