"""When a rule may begin to alarm: after its quiet days, in the realm where it shall or in realm live."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine.model import Realm
from engine.rule_health import promotion_fault
from engine.rule_standing import last_in_use
from rules.schema import Rule, RuleStatus


def promotion_faults(
    connection: Connection,
    nows: Mapping[Realm, datetime],
    old: Iterable[Rule],
    new: Iterable[Rule],
    bundled: Iterable[Rule],
) -> tuple[str, ...]:
    """Why rules that alarm in `new` but not in `old` must not, one sentence each; empty when all of them may.

    `nows` has the realms in which a trial counts, that of interest first, with the time there. Rules exactly as they
    came with the program are free: their quiet days are the project's own.
    """
    before = {rule.id: rule for rule in old}
    known = {rule.id: rule for rule in bundled}
    found = [
        _fault(connection, nows, _as_strict(rule, before.get(rule.id)), known.get(rule.id))
        for rule in new
        if rule.status is RuleStatus.active
        and rule != known.get(rule.id)
        and (rule.id not in before or before[rule.id].status is not RuleStatus.active)
    ]
    return tuple(one for one in found if one)


def _fault(connection: Connection, nows: Mapping[Realm, datetime], rule: Rule, bundled: Rule | None) -> str | None:
    """What is missing in the first realm; None where nothing is missing in one of them."""
    faults = list(_faults(connection, nows, rule, bundled))
    return None if None in faults else faults[0]


def _faults(
    connection: Connection, nows: Mapping[Realm, datetime], rule: Rule, bundled: Rule | None
) -> Iterator[str | None]:
    for realm, now in nows.items():
        last = last_in_use(connection, realm, rule.id, bundled)
        alarmed = last is not None and last.status is RuleStatus.active
        yield None if alarmed else promotion_fault(connection, realm, rule, now)


def _as_strict(rule: Rule, before: Rule | None) -> Rule:
    """The edit that lets a rule alarm cannot shorten the trial that it asks for."""
    days = max(rule.quiet_days_before_active, before.quiet_days_before_active if before else 0)
    return rule.model_copy(update={"quiet_days_before_active": days})
