"""Drafts read as a company's statements do: the check finds slips of wording, and the carried templates have none."""

from collections.abc import Iterator

import pytest

from engine.drafting.reading import misreadings
from engine.drafting.samples import EARLY, sample_register
from engine.drafting.slots import ways
from engine.drafting.template_program import Part, SlotPart, parts_of
from engine.model import Fact, Span, SpanOrigin
from knowledge.loader import load_knowledge
from knowledge.schema import Category, ChoiceSlot, Template

TEMPLATES = load_knowledge().templates


def literal(text: str) -> tuple[Span, ...]:
    return (Span(text=text, origin=SpanOrigin.literal, ref="literal:0"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("我们正在核实。。请留意公告。", "标点重叠"),
        ("我们正在核实，。请留意公告。", "标点重叠"),
        ("涉及用户、和商户。", "字词重叠"),
        ("公司已已关闭接口。", "字词重叠"),
        ("请留意公告 。", "标点前有空格"),
        ("请留意（。", "标点挤在一起"),
        ("原因为，\n请留意公告。", "句子没有写完"),
        ("，请留意公告。", "标点在行首"),
        ("请留意“公告。", "没有闭合"),
        ("请留意公告”。", "不成对"),
        ("请留意《公告”。", "不成对"),
        ("说明\n\n一、原因\n\n二、安排\n请留意公告。", "标题下面没有内容：“一、原因”"),
        ("问：原因是什么？\n答：\n\n问：怎么办？\n答：请来电。", "标题下面没有内容：“答：”"),
        ("对受影响的用户，对多收的费用原路退回。", "同一个介词"),
        ("据用户反映，有用户反映无法登录。", "说了两遍“反映”"),
        ("以上为初步判断，初步原因另行报告。", "说了两遍“初步”"),
        ("请以公司公告为准，内容以公司公告为准。", "一句里说了两遍“以公司公告"),
        ("说明\n\n请以本账号发布的信息为准。进展以本账号发布的信息为准。", "两句都说了“以本账号发布的信”"),
    ],
)
def test_slips_of_wording_are_named(text: str, message: str) -> None:
    assert any(message in found for found in misreadings(literal(text))), misreadings(literal(text))


@pytest.mark.parametrize(
    "text",
    [
        "关于收费的说明\n\n尊敬的用户：\n有用户反映“被收取会员费”。我们正在核实，请留意《公告》。\n\n公司\n2026年5月8日",
        "各位同事：\n\n一、情况\n公司正在核实；登记过的，凭工单查询。",
        "对照合同，对核算有异议的可以申请复核，和您看到的一样。",
    ],
)
def test_ordinary_statements_are_left_alone(text: str) -> None:
    assert misreadings(literal(text)) == ()


def test_what_a_fact_says_may_stand_twice() -> None:
    name = "关于高级管理人员变动的公告"
    text = f"以{name}为准。请看{name}。"
    assert misreadings(literal(text)) != ()
    assert misreadings(literal(text), (name,)) == ()
    facts = [
        Span(text=name, origin=SpanOrigin.fact, ref="a"),
        *literal("。请看"),
        Span(text=name, origin=SpanOrigin.fact, ref="a"),
    ]
    assert misreadings(facts) == ()


def registers(template: Template) -> Iterator[tuple[Fact, ...]]:
    """Everything confirmed, the little that is known early, nothing; holding statements ask for nothing."""
    category = Category.fee_dispute if template.category == "any" else Category(template.category)
    yield sample_register(category, "i", confirmed=template.kind != "holding")
    if template.kind != "holding":
        yield sample_register(category, "i", only=EARLY)
        yield sample_register(category, "i", confirmed=False)


def wordings(template: Template, register: tuple[Fact, ...]) -> Iterator[tuple[Span, ...]]:
    """The model-free wording with each option that a strategy allows."""
    parts = parts_of(template, register)
    for strategy in template.strategies:
        chosen = [ways(part, register, strategy) if is_choice(part) else ways(part, register)[:1] for part in parts]
        for option in range(max(map(len, chosen))):
            yield tuple(among[min(option, len(among) - 1)].span for among in chosen)


def is_choice(part: Part) -> bool:
    return isinstance(part, SlotPart) and isinstance(part.slot, ChoiceSlot)


def test_every_carried_template_reads_without_a_slip_whatever_is_known() -> None:
    found = {
        (template.id, message)
        for template in TEMPLATES.values()
        for register in registers(template)
        for spans in dict.fromkeys(wordings(template, register))
        for message in misreadings(spans, [fact.value for fact in register])
    }
    assert len(TEMPLATES) == 150
    assert found == set()


@pytest.mark.parametrize("text", ["“" * 100_000, "一、" * 50_000, "。，" * 50_000, "为准" * 50_000])
def test_long_hostile_texts_are_read_in_time(text: str) -> None:
    assert misreadings(literal(text)) != ()
