"""Everything a person can do, each taking an Actor: the one place that authorises.

Pages, the programming interface and the command line all call the one `Desk`. Each command checks
`engine.permissions`, does one thing in one transaction, and leaves an entry in the audit chain.
"""

from dataclasses import dataclass

from engine.decision_reads import DecisionReads
from engine.drafting.commands import Company
from engine.drafting.exports.desk import ExportCommands
from engine.facts.question_commands import QuestionCommands
from engine.incident_commands import IncidentCommands
from engine.knowledge_base.proposals import KnowledgeProposals
from engine.knowledge_base.reads import KnowledgeReads
from engine.knowledge_base.reviews import KnowledgeReviews
from engine.learning.desk import LearningCommands
from engine.mapping_commands import MappingCommands
from engine.moment_reads import MomentReads
from engine.precedents.desk import PrecedentCommands
from engine.precheck.desk import PrecheckCommands
from engine.publishing.statement_set_commands import StatementSetCommands
from engine.releases.commands import ReleaseCommands
from engine.releases.trials import ReleaseTrials
from engine.rule_testing.draft_commands import CaseDraftCommands
from engine.workbench.edits import RuleEditCommands
from engine.workbench.reads import RuleReads
from engine.workbench.versions import RuleHistory

__all__ = ["Company", "Desk"]


@dataclass(frozen=True)
class Desk(
    IncidentCommands,
    QuestionCommands,
    ExportCommands,
    StatementSetCommands,
    LearningCommands,
    MappingCommands,
    RuleEditCommands,
    RuleReads,
    RuleHistory,
    DecisionReads,
    MomentReads,
    KnowledgeReads,
    KnowledgeReviews,
    KnowledgeProposals,
    ReleaseCommands,
    ReleaseTrials,
    CaseDraftCommands,
    PrecedentCommands,
    PrecheckCommands,
):
    """One installation: reads, and commands on incidents, facts, drafts, column mappings, rules, the knowledge base
    and releases.
    """
