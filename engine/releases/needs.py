"""How many people must approve a change."""

from datetime import date

from engine.releases.record import Comparison
from engine.releases.release import Release
from rules.diff import changes_levels

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
