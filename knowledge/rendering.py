"""A template filled with typical values: for measuring its length and for reading it aloud."""

from collections.abc import Callable, Mapping
from typing import Final

from knowledge.schema import ChoiceSlot, FactKey, FactSlot, Slot, Template
from knowledge.slots import HOLE_MARK, PHRASES, SLOT_MARK

UNKNOWN: Final = "【待核实】"
TYPICAL: Final[Mapping[str, str]] = {
    FactKey.company: "云岭消费金融有限公司",
    FactKey.hotline: "400-000-0000",
    FactKey.statement_date: "2026年5月7日",
    FactKey.product: "“安心分期”",
    FactKey.fee_item: "会员服务费",
    FactKey.rate: "年化利率（单利）24%",
    FactKey.amount: "3.2万元",
    FactKey.affected_count: "126笔",
    FactKey.event_date: "2026年5月6日",
    FactKey.event_place: "某市服务网点",
    FactKey.platform: "微博",
    FactKey.complaint: "被额外收取会员服务费、办理页面未明确提示",
    FactKey.data_kinds: "姓名、手机号码",
    FactKey.cause: "页面改版后费用提示被折叠",
    FactKey.measure: "暂停该项收费并逐笔核对订单",
    FactKey.remedy: "已收费用将原路退回",
    FactKey.completion_date: "2026年5月20日前",
    FactKey.authority: "当地金融监管部门",
    FactKey.document: "《行政处罚决定书》",
    FactKey.partner: "某数据服务公司",
    FactKey.fake_name: "“安心分期极速版”",
    FactKey.outage_start: "2026年5月6日9时20分",
    FactKey.outage_end: "2026年5月6日11时5分",
    FactKey.person_role: "客服岗",
}


def fill_pattern(pattern: str, values: Mapping[str, str], phrase: str = "") -> str:
    """A pattern with its holes filled; a fact without a value becomes 【待核实】."""
    return HOLE_MARK.sub(lambda hole: phrase if hole[1] == PHRASES else values.get(hole[1], UNKNOWN), pattern)


def model_free(template: Template, values: Mapping[str, str] = TYPICAL) -> str:
    """The wording without a model: first option, first pattern that the values allow, else 【待核实】."""
    return _render(template, lambda slot: _first_wording(slot, values))


def longest(template: Template, values: Mapping[str, str] = TYPICAL) -> str:
    """The longest wording that a model could choose with these values."""
    return _render(template, lambda slot: max(wordings(slot, values), key=len))


def wordings(slot: Slot, values: Mapping[str, str]) -> tuple[str, ...]:
    """Each wording of a slot; patterns with a `{phrases}` hole are filled with every phrase in turn."""
    if isinstance(slot, FactSlot):
        return (values.get(slot.fact, UNKNOWN),)
    if isinstance(slot, ChoiceSlot):
        return slot.options
    return tuple(
        fill_pattern(pattern, values, phrase)
        for pattern in slot.patterns
        for phrase in (slot.phrases if f"{{{PHRASES}}}" in pattern else ("",))
    )


def _first_wording(slot: Slot, values: Mapping[str, str]) -> str:
    return next((text for text in wordings(slot, values) if UNKNOWN not in text), UNKNOWN)


def _render(template: Template, write: Callable[[Slot], str]) -> str:
    return SLOT_MARK.sub(lambda mark: write(template.slots[mark[1]]), template.body).strip()
