"""How many people must approve a change, and which of its rules begin to alarm."""

from datetime import date

from engine.release import Release
from engine.release_record import Comparison
from rules.diff import changes_levels
from rules.schema import Rule, RuleStatus

NEW_CONTENT = "没有可以比较的上一个发布"


def two_because(old: Release | None, new: Release, comparison: Comparison | None, today: date) -> tuple[str, ...]:
    """Why two people must approve; empty when one is enough."""
    if old is None:
        return (NEW_CONTENT,)
    reasons = list(changes_levels(old.rules.rules, new.rules.rules, today))
    if old.rules.handling != new.rules.handling:
        reasons.append("分级处置时限与责任部门有变")
    if (old.content.scorer, old.content.vocabulary) != (new.content.scorer, new.content.vocabulary):
        reasons.append("改按另一版本程序的评分参数或事实词表判断")
    if comparison is not None and comparison.changes_levels:
        reasons.append("历史对比显示有决策的等级升高或降低")
    return tuple(reasons)


def beginning_to_alarm(old: Release | None, new: Release, bundled: Release) -> tuple[Rule, ...]:
    """The rules that begin to alarm, except those that came with the program just like this (their quiet days are the
    project's own), and those that were switched off: they have alarmed before.
    """
    before = {rule.id: rule for rule in old.rules.rules} if old else {}
    known = {rule.id: rule for rule in bundled.rules.rules}
    return tuple(
        rule
        for rule in new.rules.rules
        if rule.status is RuleStatus.active
        and (rule.id not in before or before[rule.id].status in (RuleStatus.draft, RuleStatus.shadow))
        and rule != known.get(rule.id)
    )
