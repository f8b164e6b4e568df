"""A rule that speaks more often than its weekly budget: its owner is told once a week, and nothing is muted."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.backtesting.episodes import decisions_of, week_name
from engine.incident_book import CHINA
from engine.model import Category, Finding, Notification, Realm
from engine.rule_set import RuleSet
from engine.store import outcomes
from engine.store.tables import findings, notifications
from rules.schema import Rule

_WEEK = timedelta(days=7)


def warn_owners(
    connection: Connection,
    realm: Realm,
    rules: RuleSet,
    found: Iterable[Finding],
    homes: Mapping[Category, str | None],
    at: datetime,
) -> None:
    """Tell the owner of each rule whose findings, kept by now, make more alerts in their ISO week than its budget.

    An alert is a decision of `engine.backtesting.episodes`. The message is for `at` and points to the incident that the
    finding went to. Its id is (rule, week): doing this again changes nothing.
    """
    for finding in found:
        rule = rules.rule(finding.rule)
        monday = _monday(finding.at)
        identity = f"budget:{realm}:{rule.id}:{week_name(monday.date())}"
        if rule.alert_budget_per_week is None or _told(connection, identity):
            continue
        alerts = _alerts(connection, realm, rule.id, monday)
        if alerts > rule.alert_budget_per_week:
            incident = homes.get(finding.category) or ""
            outcomes.add_notifications(connection, realm, [_warning(rule, identity, incident, alerts, at)])


def _monday(moment: datetime) -> datetime:
    local = moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return local - timedelta(days=local.weekday())


def _alerts(connection: Connection, realm: Realm, rule: str, monday: datetime) -> int:
    """How many alerts began in a week; one that began before it and goes on is not counted again."""
    rows = connection.execute(
        select(findings.c.document).where(
            findings.c.realm == realm,
            findings.c.rule == rule,
            findings.c.at >= int((monday - _WEEK).timestamp()),
            findings.c.at < int((monday + _WEEK).timestamp()),
        )
    )
    decisions = decisions_of(Finding.model_validate_json(document) for document in rows.scalars())
    return sum(one.start >= monday for one in decisions)


def _told(connection: Connection, identity: str) -> bool:
    return connection.execute(select(notifications.c.id).where(notifications.c.id == identity)).first() is not None


def _warning(rule: Rule, identity: str, incident: str, alerts: int, at: datetime) -> Notification:
    return Notification(
        id=identity,
        incident=incident,
        at=at,
        to=rule.owner,
        title=f"规则“{rule.title}”本周告警超过预算",
        body=f"本周已告警 {alerts} 次，预算为每周 {rule.alert_budget_per_week} 次。告警照常发出；请核对门槛是否合适。",
    )
