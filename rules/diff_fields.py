"""What was edited in the texts and settings of a rule, in plain Chinese; none of it moves a level."""

from collections.abc import Iterator
from typing import Final

from rules.schema import Deprecation, Rule
from rules.vocabulary import CATEGORY_TITLES

STATUS_TITLES: Final = {"active": "生效", "shadow": "试运行", "draft": "草稿", "deprecated": "停用"}


def field_sentences(old: Rule, new: Rule) -> Iterator[str]:
    """A sentence for each edited field beside levels, exemptions and status, in the order of the file."""
    if old.title != new.title:
        yield f"标题由“{old.title}”改为“{new.title}”"
    if old.category != new.category:
        yield f"类别由“{CATEGORY_TITLES[old.category]}”改为“{CATEGORY_TITLES[new.category]}”"
    if old.owner != new.owner:
        yield f"负责部门由“{old.owner}”改为“{new.owner}”"
    if old.rationale != new.rationale:
        yield f"设立理由改为：{new.rationale}"
    yield from _listed("依据", old.references, new.references)
    yield from _listed("已知误报", old.false_positives, new.false_positives)
    yield from _dates(old, new)
    yield from _announcing(old, new)
    if old.quiet_days_before_active != new.quiet_days_before_active:
        yield (
            f"试运行转为生效前要安静的天数由 {old.quiet_days_before_active} 天改为 {new.quiet_days_before_active} 天"
        )
    if new.deprecated is not None and old.deprecated != new.deprecated:
        yield _deprecation(new.deprecated)


def _listed(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    for text in new:
        if text not in old:
            yield f"{name}增加：{text}"
    for text in old:
        if text not in new:
            yield f"{name}删去：{text}"


def _dates(old: Rule, new: Rule) -> Iterator[str]:
    if old.effective_from != new.effective_from:
        yield f"生效日期由 {old.effective_from} 改为 {new.effective_from}（只供查阅，不影响判定）"
    if old.review_by != new.review_by:
        later = "推迟" if new.review_by > old.review_by else "提前"
        yield f"复核日期由 {old.review_by} {later}到 {new.review_by}"


def _announcing(old: Rule, new: Rule) -> Iterator[str]:
    if old.cooldown_minutes != new.cooldown_minutes:
        more = "多" if new.cooldown_minutes < old.cooldown_minutes else "少"
        yield (
            f"同一等级再次提醒的间隔由 {_minutes(old.cooldown_minutes)}"
            f"改为 {_minutes(new.cooldown_minutes)}，提醒变{more}"
        )
    if old.alert_budget_per_week != new.alert_budget_per_week:
        yield f"{_budget(old.alert_budget_per_week, new.alert_budget_per_week)}（超出时提醒负责人，不影响告警）"


def _budget(old: int | None, new: int | None) -> str:
    if old is None:
        return f"设定每周告警预算 {new} 次"
    return "取消每周告警预算" if new is None else f"每周告警预算由 {old} 次改为 {new} 次"


def _minutes(minutes: int) -> str:
    for size, unit in ((1440, "天"), (60, "小时")):
        if minutes >= size and minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} 分钟"


def _deprecation(deprecated: Deprecation) -> str:
    follower = f"，由规则“{deprecated.replaced_by}”接替" if deprecated.replaced_by else "，没有规则接替"
    return f"停用原因：{deprecated.reason}{follower}"
