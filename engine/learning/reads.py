"""What was learned, to look at: outcomes of strategies, and entries that went stale."""

from datetime import date

from engine.intake.times import CHINA
from engine.knowledge_base.in_force import incidents_in_force, knowledge_in_force
from engine.learning.outcomes import CategoryOutcomes, StrategyOutcome, outcomes_of
from engine.learning.stale import StaleFlag, stale_flags
from engine.learning.wording import better_line, plan_lines
from engine.model import Actor, Category, Frozen, Incident, Level
from engine.permissions import Permission, require
from engine.reads import Reads
from engine.store import casework
from engine.store.knowledge_sources import sources
from knowledge.loader import Knowledge
from knowledge.schema import STRATEGY_TITLES, Strategy
from knowledge.schema import Level as PlanLevel


class PlanOutcomes(Frozen):
    """What the strategy that the playbook plans for an incident came to before; `strategy` is None without a plan.

    `better` is a strategy that is clearly better: a hint that changes nothing. `lines` say it in Chinese.
    """

    category: Category
    level: Level
    strategy: Strategy | None
    all_levels: CategoryOutcomes
    at_level: CategoryOutcomes
    better: StrategyOutcome | None
    lines: tuple[str, ...]


class LearningReads(Reads):
    """See `engine.commands.Desk`."""

    def strategy_outcomes(self, actor: Actor, category: Category, level: Level | None = None) -> CategoryOutcomes:
        """What strategies came to in a category, in the past incidents in force."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            _, incidents = incidents_in_force(connection, self.release.knowledge.incidents)
        return outcomes_of(incidents.values(), category, level)

    def incident_outcomes(self, actor: Actor, incident: str) -> PlanOutcomes:
        """What the planned strategy of an incident came to before. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            found = casework.load_incident(connection, incident)
            knowledge = knowledge_in_force(connection, self.shelf.in_force(found.realm))
        return plan_outcomes(knowledge, found)

    def stale_entries(self, actor: Actor, on: date | None = None) -> tuple[StaleFlag, ...]:
        """Entries that somebody should look at again on a day (None: today): what is late first."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            knowledge = knowledge_in_force(connection, self.release)
            learned_from = sources(connection)
        return stale_flags(knowledge, on or self.clock().astimezone(CHINA).date(), learned_from)


def plan_outcomes(knowledge: Knowledge, incident: Incident) -> PlanOutcomes:
    """What the planned strategy of an incident came to before."""
    playbook = knowledge.playbooks.get(f"pb.{incident.category}")
    plan = playbook.plans.get(PlanLevel(incident.level)) if playbook else None
    entries = tuple(knowledge.incidents.values())
    all_levels = outcomes_of(entries, incident.category)
    chosen = all_levels.of(plan.strategy) if plan else None
    better = all_levels.clearly_better(plan.strategy) if plan else None
    at_level = outcomes_of(entries, incident.category, incident.level)
    lines = plan_lines(all_levels, chosen, STRATEGY_TITLES[plan.strategy], at_level) if plan else ()
    return PlanOutcomes(
        category=incident.category,
        level=incident.level,
        strategy=plan.strategy if plan else None,
        all_levels=all_levels,
        at_level=at_level,
        better=better,
        lines=(*lines, better_line(better)) if better else lines,
    )
