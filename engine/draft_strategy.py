"""Which response strategy fits an incident now: what the playbook plans, unless what is confirmed refuses it.

After Situational Crisis Communication Theory (Coombs 2007, Corporate Reputation Review 10(3)): denial only while
nothing confirmed puts responsibility on the company; no diminishing once people were harmed; rebuilding before
anything is confirmed is care without admission. 不公开回应 and 私下沟通 are strategies too: then nothing goes to the
public channels.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from engine.draft_facts import refuse_reason
from engine.errors import InputError
from engine.model import Fact, FactStatus, Frozen
from knowledge.schema import (
    CHANNEL_TITLES,
    FACT_TITLES,
    STRATEGY_TITLES,
    Category,
    Channel,
    FactKey,
    Level,
    Strategy,
    Template,
)
from knowledge.slots import REGISTRY_FACTS

INWARD_CHANNELS: Final = frozenset({Channel.service_script, Channel.internal_notice, Channel.regulator_report})
"""Where speaking is not a public response: one user at a time, the own people, the authority."""
SILENT: Final = frozenset({Strategy.no_public_response, Strategy.private_communication})

OWN_FAULT: Final = (FactKey.cause, FactKey.complaint, FactKey.person_role, FactKey.document)
"""Facts that, once confirmed, can put responsibility on the company: then it may not deny."""
HARM: Final = (FactKey.affected_count, FactKey.data_kinds, FactKey.amount)
"""Facts that, once confirmed, say that people were harmed: then it may not be played down."""
DECIDING: Final = frozenset({*OWN_FAULT, *HARM})
"""Facts that a draft's file carries for the strategy's sake, whether its template asks for them or not."""

_OUTSIDER: Final = re.compile(
    r"(?:经.{0,4})?(?:不法|诈骗|犯罪|仿冒|冒用|假冒|冒充|他人|外部|黑客|黑产|不明|网络攻击|自然灾害|地震|洪水|台风|市政|供电|运营商)"
)
_OWN: Final = re.compile(
    r"我司|我们|本公司|我公司|员工|外包|合作|内部|管理|审核|权限|漏洞|疏|未及时|不当|不严|不足|离职"
)
_SANCTION: Final = re.compile(r"处罚|决定书|责令|整改|警示|通报|判决|裁定")
_OTHERS_DOING: Final = frozenset({Category.impersonation})
"""Categories in which what is complained of is, by definition, somebody else's deed."""

_NOT_PEOPLES_MONEY: Final = frozenset({Category.regulatory_action, Category.corporate_governance})
"""Categories in which an amount is a fine or a balance, not what people lost."""
_FALLBACK: Final = (Strategy.diminish, Strategy.rebuild)


class StrategyNote(Frozen):
    """The strategy a draft was written under, as its file carries it; `reason` is plain Chinese.

    `category` and `level` are the incident's at that moment: verification judges the strategy again with them.
    """

    strategy: Strategy
    title: str
    reason: str
    category: Category
    level: Level


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

    @property
    def note(self) -> StrategyNote:
        """What a draft's file keeps of it."""
        title = STRATEGY_TITLES[self.strategy]
        return StrategyNote(
            strategy=self.strategy, title=title, reason=self.reason, category=self.category, level=self.level
        )


class Plan(Protocol):
    """What advice needs of a playbook's plan for a level."""

    @property
    def strategy(self) -> Strategy:
        """The planned strategy."""

    @property
    def reason(self) -> str:
        """Why, in Chinese."""


def advise(category: Category, level: Level, plan: Plan | None, register: Sequence[Fact]) -> StrategyAdvice:
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
    care_only = strategy is Strategy.rebuild and not _confirmed(register)
    if care_only:
        reason += "（目前没有已确认的事实：只表达关切和安排，不承认责任）"
    return StrategyAdvice(strategy, reason, refused, category, level, care_only)


def choose(advice: StrategyAdvice, strategy: Strategy, reason: str) -> StrategyAdvice:
    """Another strategy than the advised one, for a stated reason. Raises InputError when the facts refuse it."""
    if strategy in advice.refused:
        raise InputError(f"不能用“{STRATEGY_TITLES[strategy]}”：{advice.refused[strategy]}", field="策略")
    stated = f"由起草人选定：{reason}（建议的是“{STRATEGY_TITLES[advice.strategy]}”）"
    return StrategyAdvice(strategy, stated, advice.refused, advice.category, advice.level)


def _planned(level: Level, plan: Plan | None) -> tuple[Strategy, str]:
    if plan is not None:
        return plan.strategy, plan.reason
    if level is Level.low:
        return Strategy.private_communication, "没有预案；影响轻微，先与当事人一对一沟通"
    return Strategy.diminish, "没有预案；先说明情况和已做的安排"


def refusals(category: Category, level: Level, register: Sequence[Fact]) -> dict[Strategy, str]:
    """The strategies that the confirmed facts (and the level) rule out, each with its reason in Chinese."""
    refused = {}
    if fault := next(_faults(category, register), None):
        refused[Strategy.deny] = f"已确认{_cited(fault)}，责任可能在公司，不能否认"
    if harm := next(_harms(category, register), None):
        refused[Strategy.diminish] = f"已确认{_cited(harm)}，有人因此受损，不能淡化"
        refused[Strategy.no_public_response] = f"已确认{_cited(harm)}，有人因此受损，不能不回应"
    elif level is Level.high:
        refused[Strategy.diminish] = "事件为严重等级，不能淡化"
    return refused


def _cited(fact: Fact) -> str:
    return f"“{FACT_TITLES[FactKey(fact.key)]}：{fact.value}”"


def _confirmed(register: Sequence[Fact]) -> list[Fact]:
    """Confirmed facts of the incident itself."""
    return [
        fact
        for fact in register
        if fact.status is FactStatus.confirmed and fact.key not in REGISTRY_FACTS and refuse_reason(fact) is None
    ]


def deciding(register: Sequence[Fact]) -> tuple[str, ...]:
    """The ids of the confirmed facts that decide which strategies are refused: a draft's file carries them."""
    return tuple(fact.id for fact in _confirmed(register) if fact.key in DECIDING)


def _faults(category: Category, register: Sequence[Fact]) -> Iterator[Fact]:
    confirmed = _confirmed(register)
    yield from (fact for fact in confirmed if fact.key == FactKey.cause and is_own_cause(fact.value))
    yield from (fact for fact in confirmed if fact.key == FactKey.person_role)
    yield from (fact for fact in confirmed if fact.key == FactKey.document and _SANCTION.search(fact.value))
    if category not in _OTHERS_DOING:
        yield from (fact for fact in confirmed if fact.key == FactKey.complaint)


def _harms(category: Category, register: Sequence[Fact]) -> Iterator[Fact]:
    confirmed = _confirmed(register)
    keys = [key for key in HARM if key is not FactKey.amount or category not in _NOT_PEOPLES_MONEY]
    return (fact for key in keys for fact in confirmed if fact.key == key)


def is_own_cause(cause: str) -> bool:
    """Whether a cause lies, or may lie, with the company: only one that begins with an outsider and names nothing of
    the company's own does not.
    """
    outside = _OUTSIDER.match(cause) is not None
    return not outside or _OWN.search(cause) is not None


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
