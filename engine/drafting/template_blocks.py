"""Faults of a template's conditional and repeated parts, and of choices that are made for a strategy."""

from collections.abc import Iterator
from typing import Final

from knowledge.body import Block, Body, Mark, is_item
from knowledge.schema import STRATEGY_TITLES, ChoiceSlot, FactKey, Template

ALWAYS_KNOWN: Final = frozenset({FactKey.company, FactKey.hotline, FactKey.statement_date})
"""The company's own registry states these of every incident."""


def block_faults(template: Template, body: Body) -> Iterator[tuple[int, str]]:
    """Lines of the body (from 1) with what is wrong there: conditions that cannot matter, parts that say nothing."""
    for block in body.blocks():
        tag = f"{{{{#{block.kind}}}}}"
        if block.kind != "each" and (known := ALWAYS_KNOWN & set(block.keys)):
            held = "总是成立" if block.kind == "if" else "永远不成立"
            yield block.line, f"{tag} 的条件{held}：“{min(known)}”由公司登记，总是已知"
        if not any(isinstance(node, Mark) or node.text.strip() for node in block.inner):
            yield block.line, f"{tag} 里面没有内容"
        if template.kind == "holding" and not ALWAYS_KNOWN.issuperset(block.keys):
            yield block.line, "应急声明不能以需要确认的事实为条件"
        yield from _item_faults(template, block)


def _item_faults(template: Template, block: Block) -> Iterator[tuple[int, str]]:
    if block.kind != "each":
        return
    if not any(isinstance(node, Mark) and is_item(block, node) for node in block.inner):
        yield block.line, f"{{{{#each}}}} 里面没有用到 {{{{{block.keys[0]}}}}}，每一项都会是同样的文字"
    if block.keys[0] in template.slots:
        yield block.line, f"“{block.keys[0]}”同时是填空的名称，在 {{{{#each}}}} 里面分不清，请给填空改名"


def choice_faults(template: Template) -> Iterator[tuple[tuple[str, ...], str]]:
    """Options that no strategy of the template ever allows, and strategies that are left without an option."""
    for name, slot in template.slots.items():
        if not isinstance(slot, ChoiceSlot):
            continue
        for index, option in enumerate(slot.options):
            if not isinstance(option, str) and not set(option.strategies) & set(template.strategies):
                place = ("slots", name, "options", str(index))
                yield place, f"填空“{name}”的措辞“{option.text}”不会用到：模板没有它所属的策略"
        for strategy in template.strategies:
            if not slot.allowed(strategy):
                yield ("slots", name), f"填空“{name}”在策略“{STRATEGY_TITLES[strategy]}”下没有可用的措辞"
