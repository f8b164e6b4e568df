"""Which response strategy fits an incident now: what the playbook plans, unless what is confirmed refuses it.

After Situational Crisis Communication Theory (Coombs 2007, Corporate Reputation Review 10(3)): denial only while
nothing confirmed puts responsibility on the company; no diminishing once people were harmed; rebuilding before
anything is confirmed is care without admission. 不公开回应 and 私下沟通 are strategies too: then nothing goes to the
public channels.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.drafting.strategy_refusals import confirmed_facts, refusals
from engine.errors import InputError
from engine.model import Fact, Frozen
from knowledge.schema import (
    CHANNEL_TITLES,
    STRATEGY_TITLES,
    Category,
    Channel,
    Level,
    LevelPlan,
    Playbook,
    Strategy,
    Template,
)

INWARD_CHANNELS: Final = frozenset({Channel.service_script, Channel.internal_notice, Channel.regulator_report})
"""Where speaking is not a public response: one user at a time, the own people, the authority."""
SILENT: Final = frozenset({Strategy.no_public_response, Strategy.private_communication})

_FALLBACK: Final = (Strategy.diminish, Strategy.rebuild)


class StrategyNote(Frozen):
    """The strategy a draft was written under, as its file carries it; `reason` is plain Chinese.

    `category` and `level` are the incident's at that moment: verification judges the strategy again with them.
    `chosen_for` is why a person chose another one than was advised; None when the advice was taken.
    """

    strategy: Strategy
    title: str
    reason: str
    category: Category
    level: Level
    chosen_for: str | None = None

    @property
    def choice(self) -> "StrategyChoice | None":
        """What the person chose, to draft again in the same manner."""
        return None if self.chosen_for is None else StrategyChoice(self.strategy, self.chosen_for)


@dataclass(frozen=True, slots=True)
class StrategyChoice:
    """A strategy that a person wants, with the reason."""

    strategy: Strategy
    reason: str


@dataclass(frozen=True, slots=True)
class StrategyAdvice:
    """What to say in which manner. `refused` says in Chinese why each other strategy is out of the question.

    `care_only`: rebuilding, with nothing of the incident confirmed: concern and arrangements, no admission.
    """

    strategy: Strategy
    reason: str
    refused: Mapping[Strategy, str]
    category: Category
    level: Level
    care_only: bool = False
    chosen_for: str | None = None

    @property
    def title(self) -> str:
        """The strategy in Chinese."""
        return STRATEGY_TITLES[self.strategy]

    @property
    def note(self) -> StrategyNote:
        """What a draft's file keeps of it."""
        return StrategyNote(
            strategy=self.strategy,
            title=self.title,
            reason=self.reason,
            category=self.category,
            level=self.level,
            chosen_for=self.chosen_for,
        )


def advise(category: Category, level: Level, plan: LevelPlan | None, register: Sequence[Fact]) -> StrategyAdvice:
    """The plan's strategy, or where confirmed facts refuse it the next one that they allow.

    Without a plan: private communication at the low level, else explaining.
    """
    category, level = Category(category), Level(level)
    refused = refusals(category, level, register)
    planned, why = _planned(level, plan)
    strategy = next(one for one in (planned, *_FALLBACK) if one not in refused)
    reason = why if strategy is planned else f"预案原定“{STRATEGY_TITLES[planned]}”，但{refused[planned]}"
    if strategy is not planned:
        reason += f"，改为“{STRATEGY_TITLES[strategy]}”"
    care_only = strategy is Strategy.rebuild and not confirmed_facts(register)
    if care_only:
        reason += "（目前没有已确认的事实：只表达关切和安排，不承认责任）"
    return StrategyAdvice(strategy, reason, refused, category, level, care_only)


def chosen(name: str, reason: str) -> StrategyChoice:
    """A choice by the strategy's name, English or Chinese. Raises InputError when there is none of that name."""
    for strategy, title in STRATEGY_TITLES.items():
        if name in (strategy.value, title):
            return StrategyChoice(strategy, reason)
    known = "、".join(f"{title}（{strategy.value}）" for strategy, title in STRATEGY_TITLES.items())
    raise InputError(f"没有“{name[:20]}”这种策略，可以是：{known}", field="策略")


def choose(advice: StrategyAdvice, choice: StrategyChoice) -> StrategyAdvice:
    """Another strategy than the advised one, for a stated reason. Raises InputError when the facts refuse it."""
    title = STRATEGY_TITLES[choice.strategy]
    if choice.strategy in advice.refused:
        raise InputError(f"不能用“{title}”：{advice.refused[choice.strategy]}", field="策略")
    if not choice.reason.strip():
        raise InputError(f"改用“{title}”要写明理由", field="策略")
    stated = f"由起草人选定：{choice.reason}（建议的是“{advice.title}”）"
    return replace(advice, strategy=choice.strategy, reason=stated, care_only=False, chosen_for=choice.reason)


def plan_for(playbooks: Iterable[Playbook], category: Category, level: Level) -> LevelPlan | None:
    """The plan of the category's playbook for a level; None when there is none."""
    found = next((one for one in playbooks if one.category == category), None)
    return None if found is None else found.plans.get(Level(level))


def _planned(level: Level, plan: LevelPlan | None) -> tuple[Strategy, str]:
    if plan is not None:
        return plan.strategy, plan.reason
    if level is Level.low:
        return Strategy.private_communication, "没有预案；影响轻微，先与当事人一对一沟通"
    return Strategy.diminish, "没有预案；先说明情况和已做的安排"


# --- templates ---------------------------------------------------------------------------------


def conflict(template: Template, strategy: Strategy) -> str | None:
    """Why a template cannot be used under a strategy, in Chinese; None when it can."""
    title, channel = STRATEGY_TITLES[strategy], CHANNEL_TITLES[template.channel]
    if strategy in SILENT:
        if template.channel in INWARD_CHANNELS or strategy in template.strategies:
            return None
        return f"策略是“{title}”，不发{channel}"
    if strategy in template.strategies:
        return None
    made_for = "、".join(STRATEGY_TITLES[one] for one in template.strategies)
    return f"策略是“{title}”，这份模板是为“{made_for}”写的"


def fitting(
    templates: Iterable[Template], category: Category, level: Level, strategy: Strategy
) -> tuple[Template, ...]:
    """The templates for a category and level that can be used under a strategy; the category's own first."""
    found = [
        one
        for one in templates
        if one.category in (category, "any") and level in one.levels and conflict(one, strategy) is None
    ]
    return tuple(sorted(found, key=lambda one: (one.category == "any", one.kind == "holding", one.id)))


def note_problems(note: StrategyNote, template: Template, register: Sequence[Fact]) -> list[str]:
    """What is wrong with a draft's strategy, in Chinese: it is refused by the facts, or the template is for others."""
    problems = []
    if note.title != STRATEGY_TITLES[note.strategy]:
        problems.append("策略的名称与策略不符")
    refused = refusals(note.category, note.level, register).get(note.strategy)
    if refused is not None:
        problems.append(f"不能用“{STRATEGY_TITLES[note.strategy]}”：{refused}")
    unfit = conflict(template, note.strategy)
    if unfit is not None:
        problems.append(f"模板与策略冲突：{unfit}")
    if template.category not in ("any", note.category):
        problems.append("模板不属于本事件的类别")
    return problems
