"""What can be said of a rule while it is being edited: its faults, what it says, and what changed in meaning."""

from dataclasses import dataclass
from datetime import date

from rules.diff import RuleChange, changes_levels, rule_changes
from rules.errors import Fault
from rules.lint import lint_source
from rules.loader import parse_rule
from rules.schema import Rule


@dataclass(frozen=True, slots=True)
class RuleReading:
    """`rule` is None while the text has faults that leave no rule; `changes` is then empty. `two_people` says why two
    people have to approve; it is empty when one is enough.
    """

    faults: tuple[Fault, ...]
    rule: Rule | None
    changes: tuple[RuleChange, ...] = ()
    two_people: tuple[str, ...] = ()


def read_rule(path: str, text: str, tests: str | None, before: Rule | None, on: date) -> RuleReading:
    """Read one edited rule file against the rule in force (None: it is new)."""
    faults = lint_source(path, text, tests, on)
    rule, _ = parse_rule(path, text)
    if rule is None:
        return RuleReading(faults, None)
    old = () if before is None else (before,)
    return RuleReading(faults, rule, rule_changes(old, (rule,), on), changes_levels(old, (rule,), on))
