"""The table of facts: one incident's against another's, in words."""

from collections.abc import Callable, Sequence

from engine.intake.masking import mask_personal_data
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Category, FactStatus, Level
from engine.precedents.live import LiveIncident
from engine.precedents.views import Trait
from engine.precedents.wording import after, minutes_of, share
from knowledge.schema import STRATEGY_TITLES, FactKey, PastIncident

_NONE_SAID = "没有公开回应"
_SHOWN_PLATFORMS = 6


def live_traits(ours: LiveIncident, theirs: PastIncident) -> tuple[Trait, ...]:
    """An incident of our own beside a past one."""
    incident = ours.incident
    return (
        Trait(name="时间", ours=_since(ours), theirs=f"{theirs.occurred_on}"),
        _category(incident.category, theirs),
        _level(incident.level, theirs),
        _platforms([name for name, _ in ours.platforms], [_counted(*one) for one in ours.platforms], theirs.platforms),
        Trait(name="规模", ours=_scale(ours), theirs=theirs.scale),
        Trait(name="起因", ours=_fact(ours, FactKey.cause, "尚未登记"), theirs=theirs.cause),
        _strategy(ours, theirs),
        Trait(name="首次回应", ours=_live_response(ours), theirs=_past_response(theirs)),
        Trait(name="结果", ours="已结束，尚未复盘" if ours.is_over else "进行中", theirs=_outcome(theirs)),
    )


def past_traits(ours: PastIncident, theirs: PastIncident) -> tuple[Trait, ...]:
    """Two past incidents beside each other."""
    same_strategy, strategy = ours.strategy is theirs.strategy, STRATEGY_TITLES
    return (
        Trait(name="时间", ours=f"{ours.occurred_on}", theirs=f"{theirs.occurred_on}"),
        _category(Category(ours.category), theirs),
        _level(Level(ours.level), theirs),
        _platforms(ours.platforms, ours.platforms, theirs.platforms),
        _both("规模", lambda one: one.scale, ours, theirs),
        _both("起因", lambda one: one.cause, ours, theirs),
        _both("转折", lambda one: one.turning_point, ours, theirs),
        Trait(name="策略", ours=strategy[ours.strategy], theirs=strategy[theirs.strategy], same=same_strategy),
        _both("首次回应", _past_response, ours, theirs),
        _both("结果", _outcome, ours, theirs),
    )


def _both(name: str, told: Callable[[PastIncident], str], ours: PastIncident, theirs: PastIncident) -> Trait:
    return Trait(name=name, ours=told(ours), theirs=told(theirs))


def _category(category: Category, theirs: PastIncident) -> Trait:
    other = Category(theirs.category)
    return Trait(name="类别", ours=CATEGORY_TITLES[category], theirs=CATEGORY_TITLES[other], same=category is other)


def _level(level: Level, theirs: PastIncident) -> Trait:
    other = Level(theirs.level)
    return Trait(name="等级", ours=LEVEL_TITLES[level], theirs=LEVEL_TITLES[other], same=level is other)


def _platforms(names: Sequence[str], told: Sequence[str], theirs: Sequence[str]) -> Trait:
    more = f"等{len(told)}个平台" if len(told) > _SHOWN_PLATFORMS else ""
    ours = "、".join(told[:_SHOWN_PLATFORMS]) + more if told else "尚无提及"
    return Trait(name="平台", ours=ours, theirs="、".join(theirs), same=bool({*names} & {*theirs}))


def _counted(name: str, count: int) -> str:
    return f"{mask_personal_data(name)}（{count}条）"


def _since(live: LiveIncident) -> str:
    length = after(live.elapsed_minutes)
    return f"历时{length}" if live.is_over else f"开始于{length}前"


def _scale(live: LiveIncident) -> str:
    within = [one for one in live.talk if one.at >= live.started_at]
    counted, said = sum(one.counted for one in within), sum(one.said for one in within)
    negative = sum(one.negative for one in within) / said if said else None
    return f"相关负面提及{counted}条；同期本品牌提及{said}条，负面占{share(negative)}"


def _fact(live: LiveIncident, key: FactKey, missing: str) -> str:
    for status, ending in ((FactStatus.confirmed, ""), (FactStatus.reported, "（待确认）")):
        found = [fact.value for fact in live.facts if fact.key == key and fact.status is status]
        if found:
            return mask_personal_data("；".join(found)) + ending
    return missing


def _strategy(live: LiveIncident, theirs: PastIncident) -> Trait:
    told = STRATEGY_TITLES[theirs.strategy]
    if live.plan is None:
        return Trait(name="策略", ours="预案没有该等级的策略", theirs=told)
    ours = f"{STRATEGY_TITLES[live.plan.strategy]}（预案建议）"
    return Trait(name="策略", ours=ours, theirs=told, same=live.plan.strategy is theirs.strategy)


def _live_response(live: LiveIncident) -> str:
    if live.first_response is not None:
        done = "发布" if live.is_published else "批准"
        return f"{after(live.after(live.first_response))}后{done}首份对外声明"
    return f"已过{after(live.elapsed_minutes)}，尚无获批的对外声明"


def _past_response(entry: PastIncident) -> str:
    return _NONE_SAID if entry.first_response is None else f"{after(minutes_of(entry.first_response))}后"


def _outcome(entry: PastIncident) -> str:
    return f"{entry.outcome_grade}：{entry.outcome}"
