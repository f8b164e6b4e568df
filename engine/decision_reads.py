"""One decision as people look at it: why, what the next level still needed, the mentions behind it, and its proof."""

from engine.decision_log import Reproduction, reproduce
from engine.errors import NotFound, ReleaseError
from engine.explaining import MentionBehind, explain_at
from engine.model import Actor, Finding, Frozen
from engine.permissions import Permission, require
from engine.reads import Reads
from engine.store.rule_findings import load_finding
from rules.explain import Explanation, explain


class DecisionView(Frozen):
    """A stored finding with the explanation of its own release (None when this program cannot read that any more), and
    the mentions that counted at the moment. `alerted` is False for a draft or shadow rule.
    """

    finding: Finding
    incident: str | None
    alerted: bool
    explanation: Explanation | None
    mentions: tuple[MentionBehind, ...]


class DecisionReads(Reads):
    """See `engine.commands.Desk`."""

    def decision(self, actor: Actor, decision: str) -> DecisionView:
        """One decision with all that speaks for it. Raises NotFound."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            found, incident, alerted = load_finding(connection, decision)
        try:
            rules = self.shelf.get(found.release).rules
            explanation = explain(rules.rule(found.rule), found.facts.values, found.facts.day)
            seen = explain_at(self.database, rules, found.realm, found.brand, found.category, found.at)
        except (NotFound, ReleaseError):
            return DecisionView(finding=found, incident=incident, alerted=alerted, explanation=None, mentions=())
        return DecisionView(
            finding=found, incident=incident, alerted=alerted, explanation=explanation, mentions=seen.mentions
        )

    def reproduce_decision(self, actor: Actor, decision: str) -> Reproduction:
        """Decide it again from the log and its release. Raises NotFound or ReleaseError."""
        require(actor, Permission.read)
        return reproduce(self.database, decision)
