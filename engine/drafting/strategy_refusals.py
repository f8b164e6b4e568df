"""Which response strategies the confirmed facts rule out.

No denial once something confirmed puts responsibility on the company, no playing down once people were harmed (Coombs
2007: the strategy must not be weaker than the responsibility that is attributed).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from engine.drafting.facts import refuse_reason
from engine.model import Fact, FactStatus
from knowledge.schema import FACT_TITLES, Category, FactKey, Level, Strategy
from knowledge.slots import REGISTRY_FACTS

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


def confirmed_facts(register: Sequence[Fact]) -> list[Fact]:
    """Confirmed facts of the incident itself."""
    return [
        fact
        for fact in register
        if fact.status is FactStatus.confirmed and fact.key not in REGISTRY_FACTS and refuse_reason(fact) is None
    ]


def deciding(register: Sequence[Fact]) -> tuple[str, ...]:
    """The ids of the confirmed facts that decide which strategies are refused: a draft's file carries them."""
    return tuple(fact.id for fact in confirmed_facts(register) if fact.key in DECIDING)


def _faults(category: Category, register: Sequence[Fact]) -> Iterator[Fact]:
    confirmed = confirmed_facts(register)
    yield from (fact for fact in confirmed if fact.key == FactKey.cause and is_own_cause(fact.value))
    yield from (fact for fact in confirmed if fact.key == FactKey.person_role)
    yield from (fact for fact in confirmed if fact.key == FactKey.document and _SANCTION.search(fact.value))
    if category not in _OTHERS_DOING:
        yield from (fact for fact in confirmed if fact.key == FactKey.complaint)


def _harms(category: Category, register: Sequence[Fact]) -> Iterator[Fact]:
    confirmed = confirmed_facts(register)
    keys = [key for key in HARM if key is not FactKey.amount or category not in _NOT_PEOPLES_MONEY]
    return (fact for key in keys for fact in confirmed if fact.key == key)


def is_own_cause(cause: str) -> bool:
    """Whether a cause lies, or may lie, with the company: only one that begins with an outsider and names nothing of
    the company's own does not.
    """
    outside = _OUTSIDER.match(cause) is not None
    return not outside or _OWN.search(cause) is not None
