"""Outcomes in words."""

from typing import Final

from engine.learning.outcomes import CategoryOutcomes, StrategyOutcome
from engine.model import LEVEL_TITLES
from engine.precedents.wording import after, share
from knowledge.schema import STRATEGY_TITLES

CONFOUNDED: Final = (
    "做法是按当时的情形选的：事情轻的多半私下沟通，查实有错的才致歉。所以比例高不等于换成它就会好，只能作提醒。"
)
WRITTEN: Final = "本公司经历过的有 {own} 件；其余是为案例库编写的，计算时两件抵一件。"
NONE_OWN: Final = "都是为案例库编写的案例，还没有本公司经历过的；本公司案例入库后，一件抵两件。"


def strategy_line(one: StrategyOutcome) -> str:
    """`致歉整改 5 件，好转或平息 4 件（估计 71%，区间 52%–86%）`."""
    told = f"{STRATEGY_TITLES[one.strategy]} {one.cases} 件，好转或平息 {one.good} 件"
    return f"{told}（估计 {share(one.estimate)}，区间 {share(one.low)}–{share(one.high)}）"


def response_line(one: StrategyOutcome) -> str:
    """How soon people spoke, and whether the good ones were sooner; empty when nobody ever spoke."""
    if one.response is None:
        return "都没有公开回应"
    told = f"首次回应中位 {after(one.response)}"
    compared = [
        f"{name} {after(value)}"
        for name, value in (("好的", one.response_good), ("差的", one.response_bad))
        if value is not None
    ]
    told += f"，{'、'.join(compared)}" if len(compared) == 2 else ""
    return told + (f"；{one.silent} 件没有公开回应" if one.silent else "")


def mood_line(one: StrategyOutcome) -> str:
    """How far the mood turned; empty when it is not known."""
    if one.peak is None or one.end is None:
        return ""
    return f"负面占比由最高 {share(one.peak)} 到结束时 {share(one.end)}（中位）"


def little_line(one: StrategyOutcome) -> str:
    """A word of caution where there are few cases."""
    return f"只有 {one.cases} 件，仅供参考" if one.is_little else ""


def basis_line(outcomes: CategoryOutcomes) -> str:
    """What the figures rest on."""
    return WRITTEN.format(own=outcomes.own) if outcomes.own else NONE_OWN


def plan_lines(
    outcomes: CategoryOutcomes, chosen: StrategyOutcome | None, strategy_title: str, at_level: CategoryOutcomes
) -> tuple[str, ...]:
    """What a plan's strategy came to, in sentences; `at_level` are the outcomes at the plan's level alone."""
    if chosen is None:
        return (f"同类 {outcomes.cases} 件中没有用“{strategy_title}”的，无从比较。",)
    told = f"同类 {outcomes.cases} 件中，{strategy_line(chosen)}；{response_line(chosen)}。"
    return tuple(line for line in (told, _level_line(at_level, chosen), mood_line(chosen), little_line(chosen)) if line)


def _level_line(at_level: CategoryOutcomes, chosen: StrategyOutcome) -> str:
    """How many of the cases were at the plan's level; empty when all were."""
    if at_level.level is None or (same := at_level.of(chosen.strategy)) is None or same.cases == chosen.cases:
        return ""
    return f"其中同为“{LEVEL_TITLES[at_level.level]}”的：{strategy_line(same)}"


def better_line(better: StrategyOutcome) -> str:
    """A hint that changes nothing by itself."""
    return f"提醒：同类中{strategy_line(better)}，明显好于预案的策略，值得看看这些案例。"
