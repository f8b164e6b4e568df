"""How each rule is doing: silent, drowned out by others, too loud, louder or quieter than it used to be.

An alert is a decision of `engine.backtesting.episodes`: hours of the same finding count once. Draft and shadow rules
are measured by what they would have announced.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import comb
from typing import Final

from pydantic import AwareDatetime
from sqlalchemy import Connection, Table, func, select

from engine.backtesting.episodes import Decision, decisions_of
from engine.incident_book import CHINA
from engine.model import Finding, Frozen, Realm
from engine.rule_set import RuleSet
from engine.rule_standing import standing_since
from engine.store.tables import findings, log, shadow_findings
from rules.schema import Rule, RuleStatus

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
BASELINE: Final = timedelta(days=28)
_READ: Final = WEEK + BASELINE + WEEK
DRIFT_CHANCE: Final = 0.01
"""Below this chance, a week as far from the weeks before it as this one is called a drift."""
_TESTED: Final = (RuleStatus.draft, RuleStatus.shadow)


class RuleHealth(Frozen):
    """One rule. `usual_per_week` is its mean over the (up to four) weeks before the last one, None where it has not
    stood for a week before that. `shadow_quiet_days` counts the days as shadow since it last exceeded its budget.
    """

    rule: str
    title: str
    status: RuleStatus
    owner: str
    alerts_7d: int
    alerts_30d: int
    last_fired: AwareDatetime | None
    budget: int | None
    usual_per_week: float | None
    never_fired: bool
    always_shadowed: bool
    shadowed_by: tuple[str, ...]
    over_budget: bool
    drifting: bool
    shadow_quiet_days: int | None
    sentences: tuple[str, ...]


def rule_health(connection: Connection, realm: Realm, rules: RuleSet, now: datetime) -> tuple[RuleHealth, ...]:
    """The health of every rule that is looked at, in the order of their ids."""
    looked_at = [rule for rule in rules.rules if rule.status is not RuleStatus.deprecated]
    spoken = _by_rule(_decisions(connection, findings, realm, now))
    whispered = _by_rule(_decisions(connection, shadow_findings, realm, now))
    last = {table: _last_fired(connection, table, realm) for table in (findings, shadow_findings)}
    since = standing_since(connection, realm, looked_at)
    begun = _begun(connection, realm)
    found = []
    for rule in looked_at:
        table = shadow_findings if rule.status in _TESTED else findings
        own = (whispered if rule.status in _TESTED else spoken).get(rule.id, [])
        known = max((one for one in (since.get(rule.id), begun) if one), default=None)
        found.append(_health(rule, own, spoken, last[table].get(rule.id), known, now))
    return tuple(found)


def promotion_fault(connection: Connection, realm: Realm, rule: Rule, now: datetime) -> str | None:
    """Why a rule must not become active yet, in one sentence that says what is missing; None when it may.

    It must have stood as shadow, with these conditions, for `quiet_days_before_active` days up to now without more
    would-be alerts within any seven days than its budget.
    """
    wanted = rule.quiet_days_before_active
    if not wanted:
        return None
    if rule.alert_budget_per_week is None:
        return f"“{rule.title}”没有写明每周告警预算（alert_budget_per_week），无法判断试运行是否安静"
    since = standing_since(connection, realm, [rule], RuleStatus.shadow).get(rule.id)
    if since is None:
        return f"“{rule.title}”现在的条件还没有以影子状态（shadow）运行过，须先试运行满 {wanted} 天"
    decisions = [one for one in _stored(connection, shadow_findings, realm, rule.id) if one.start >= since]
    breach = _last_breach(decisions, rule.alert_budget_per_week)
    days = (now - (breach or since)).days
    if days >= wanted:
        return None
    limit = f"每周最多 {rule.alert_budget_per_week} 次告警"
    if breach:
        return (
            f"“{rule.title}”试运行期间在 {_day(breach)} 超过了{limit}，"
            f"此后安静了 {days} 天，须满 {wanted} 天，还差 {wanted - days} 天"
        )
    return f"“{rule.title}”从 {_day(since)} 起试运行，至今 {days} 天，须满 {wanted} 天，还差 {wanted - days} 天"


def drifts(this_week: int, before: int, weeks_before: float) -> bool:
    """Whether a week's alerts are out of line with those before, were they all as likely at any time.

    Given their sum, this week's share is then binomial with probability 1 / (1 + weeks): the usual comparison of two
    Poisson rates (Przyborowski & Wilenski 1940). Both tails count, at `DRIFT_CHANCE`.
    """
    total, share = this_week + before, 1 / (1 + weeks_before)
    chances = [comb(total, count) * share**count * (1 - share) ** (total - count) for count in range(total + 1)]
    tail = min(sum(chances[this_week:]), sum(chances[: this_week + 1]))
    return 2 * tail < DRIFT_CHANCE


def _health(
    rule: Rule,
    own: Sequence[Decision],
    spoken: Mapping[str, Sequence[Decision]],
    last: datetime | None,
    known: datetime | None,
    now: datetime,
) -> RuleHealth:
    week = [one for one in own if now - WEEK < one.start <= now]
    month = [one for one in own if now - MONTH < one.start <= now]
    weeks = min(BASELINE, now - WEEK - known) / WEEK if known else 0.0
    before = [one for one in own if now - WEEK - BASELINE < one.start <= now - WEEK]
    shadowed_by = _louder(rule, month, spoken)
    quiet = _quiet_days(rule, own, known, now) if rule.status is RuleStatus.shadow else None
    found = RuleHealth(
        rule=rule.id,
        title=rule.title,
        status=rule.status,
        owner=rule.owner,
        alerts_7d=len(week),
        alerts_30d=len(month),
        last_fired=last,
        budget=rule.alert_budget_per_week,
        usual_per_week=len(before) / weeks if weeks >= 1 else None,
        never_fired=last is None,
        always_shadowed=bool(shadowed_by),
        shadowed_by=shadowed_by,
        over_budget=rule.alert_budget_per_week is not None and len(week) > rule.alert_budget_per_week,
        drifting=weeks >= 1 and drifts(len(week), len(before), weeks),
        shadow_quiet_days=quiet,
        sentences=(),
    )
    return found.model_copy(update={"sentences": tuple(_sentences(rule, found))})


def _sentences(rule: Rule, found: RuleHealth) -> Iterable[str]:
    verb = "本会告警" if rule.status in _TESTED else "告警"
    if found.last_fired is None:
        yield f"还没有{verb}过"
    else:
        yield f"近7天{verb} {found.alerts_7d} 次，近30天 {found.alerts_30d} 次，最近一次在 {_day(found.last_fired)}"
    if found.shadowed_by:
        yield f"近30天每次{verb}时，{'、'.join(found.shadowed_by)} 都以同样或更高的等级告警了，请看是否还需要这条规则"
    if found.over_budget:
        yield f"近7天超过了每周最多 {found.budget} 次的告警预算，请负责人（{found.owner}）核对；告警照常发出"
    if found.drifting and found.usual_per_week is not None:
        change = "明显变多" if found.alerts_7d > found.usual_per_week else "明显变少"
        yield f"近7天{verb} {found.alerts_7d} 次，此前平均每周 {found.usual_per_week:.1f} 次，{change}"
    if found.shadow_quiet_days is not None:
        yield f"已安静试运行 {found.shadow_quiet_days} 天，满 {rule.quiet_days_before_active} 天可以申请启用"


def _louder(rule: Rule, own: Sequence[Decision], spoken: Mapping[str, Sequence[Decision]]) -> tuple[str, ...]:
    """The rules that said it too, at least as gravely, within this rule's cooldown, at each of its alerts; none when
    one of them stands alone.
    """
    near = timedelta(minutes=rule.cooldown_minutes)
    covering: list[set[str]] = []
    for one in own:
        names = {
            name
            for name, decisions in spoken.items()
            if name != rule.id and any(_covers(other, one, near) for other in decisions)
        }
        if not names:
            return ()
        covering.append(names)
    return tuple(sorted(set().union(*covering)))


def _covers(other: Decision, one: Decision, near: timedelta) -> bool:
    same = (other.brand, other.category) == (one.brand, one.category)
    return same and other.level.rank >= one.level.rank and other.start - near <= one.start <= other.end + near


def _quiet_days(rule: Rule, own: Sequence[Decision], since: datetime | None, now: datetime) -> int:
    if since is None:
        return 0
    budget = rule.alert_budget_per_week
    breach = _last_breach([one for one in own if one.start >= since], budget) if budget is not None else None
    return (now - (breach or since)).days


def _last_breach(decisions: Sequence[Decision], budget: int) -> datetime | None:
    """When more than `budget` alerts had last begun within seven days."""
    starts = [one.start for one in decisions]
    late = [last for first, last in zip(starts, starts[budget:], strict=False) if last - first < WEEK]
    return max(late, default=None)


def _decisions(connection: Connection, table: Table, realm: Realm, now: datetime) -> tuple[Decision, ...]:
    rows = connection.execute(
        select(table.c.document).where(
            table.c.realm == realm, table.c.at > int((now - _READ).timestamp()), table.c.at <= int(now.timestamp())
        )
    )
    return decisions_of(Finding.model_validate_json(document) for document in rows.scalars())


def _stored(connection: Connection, table: Table, realm: Realm, rule: str) -> tuple[Decision, ...]:
    rows = connection.execute(select(table.c.document).where(table.c.realm == realm, table.c.rule == rule))
    return decisions_of(Finding.model_validate_json(document) for document in rows.scalars())


def _last_fired(connection: Connection, table: Table, realm: Realm) -> dict[str, datetime]:
    query = select(table.c.rule, func.max(table.c.at)).where(table.c.realm == realm).group_by(table.c.rule)
    return {rule: datetime.fromtimestamp(at, CHINA) for rule, at in connection.execute(query)}


def _begun(connection: Connection, realm: Realm) -> datetime | None:
    """When a realm's log begins."""
    at = connection.execute(select(func.min(log.c.at_seconds)).where(log.c.realm == realm)).scalar_one()
    return datetime.fromtimestamp(at, CHINA) if at is not None else None


def _by_rule(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = {}
    for one in decisions:
        found.setdefault(one.rule, []).append(one)
    return found


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%m月%d日 %H:%M}"
