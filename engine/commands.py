"""Everything a person can do, each taking an Actor: the one place that authorises.

Pages, the programming interface and the command line all call the one `Desk`. Each command checks
`engine.permissions`, does one thing in one transaction, and leaves an entry in the audit chain.
"""

from dataclasses import dataclass

from engine.case_draft_commands import CaseDraftCommands
from engine.decision_reads import DecisionReads
from engine.draft_commands import Company, DraftCommands
from engine.fact_commands import FactCommands
from engine.incident_commands import IncidentCommands
from engine.mapping_commands import MappingCommands
from engine.moment_reads import MomentReads
from engine.release_commands import ReleaseCommands
from engine.release_trials import ReleaseTrials
from engine.rule_edits import RuleEditCommands
from engine.rule_history import RuleHistory
from engine.rule_reads import RuleReads

__all__ = ["Company", "Desk"]


@dataclass(frozen=True)
class Desk(
    IncidentCommands,
    FactCommands,
    DraftCommands,
    MappingCommands,
    RuleEditCommands,
    RuleReads,
    RuleHistory,
    DecisionReads,
    MomentReads,
    ReleaseCommands,
    ReleaseTrials,
    CaseDraftCommands,
):
    """One installation: reads, and commands on incidents, facts, drafts, column mappings, rules and releases."""
