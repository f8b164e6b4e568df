"""Statements of one incident side by side: the same facts, or told in Chinese where they differ."""

from typing import Any

from engine.drafting.composing import draft, edit
from engine.drafting.samples import sample_register
from engine.model import Actor, Fact, FactStatus, Role, SpanOrigin
from engine.publishing.statement_set import ChannelStatement, StatementSet, compare_statements
from knowledge.schema import Category, Channel, FactKey

AMOUNT = FactKey.amount
FULL = sample_register(Category.fee_dispute, "inc-1")


def of(register: tuple[Fact, ...], key: FactKey, **fields: object) -> tuple[Fact, ...]:
    """The register with the facts of a key changed."""
    return tuple(fact.model_copy(update=fields) if fact.key == key else fact for fact in register)


def without(register: tuple[Fact, ...], key: FactKey) -> tuple[Fact, ...]:
    return tuple(fact for fact in register if fact.key != key)


def statement(kit: Any, channel: Channel, register: tuple[Fact, ...] = FULL) -> ChannelStatement:
    """The same template in every channel: what differs comes from the register alone."""
    return ChannelStatement(channel=channel, draft=draft(kit.request("formal", register), None, kit.signer))


def compared(*statements: ChannelStatement, register: tuple[Fact, ...] = FULL) -> StatementSet:
    return compare_statements(statements, register)


def told(found: StatementSet) -> list[str]:
    return [one.text for one in found.differences if one.kind == "contradiction"]


def test_statements_of_one_register_say_the_same(kit: Any) -> None:
    found = compared(statement(kit, Channel.wechat), statement(kit, Channel.weibo))
    assert found.agrees
    assert found.rows
    assert all(row.agrees for row in found.rows)
    assert not {row.key for row in found.rows} & {FactKey.company, FactKey.hotline}


def test_another_value_of_the_same_fact_is_a_contradiction_that_names_both(kit: Any) -> None:
    other = of(FULL, AMOUNT, value="另一说法", id="other")
    found = compared(statement(kit, Channel.wechat), statement(kit, Channel.weibo, other), register=other)
    assert not found.agrees
    assert any("说法不一" in text and "“另一说法”" in text for text in told(found))
    assert [row.agrees for row in found.rows if row.key is AMOUNT] == [False]


def test_a_number_that_another_channel_still_marks_is_a_contradiction(kit: Any) -> None:
    early = without(FULL, AMOUNT)
    found = compared(statement(kit, Channel.wechat, early), statement(kit, Channel.weibo, early), register=early)
    assert told(found) == [], "both leave it open"
    found = compared(statement(kit, Channel.wechat), statement(kit, Channel.weibo, early))
    assert any("仍标【待核实】" in text for text in told(found))
    cells = next(row.said for row in found.rows if row.key is AMOUNT)
    assert cells[1].words == "【待核实】"


def test_what_one_channel_tells_as_reported_and_another_leaves_open_is_a_contradiction(kit: Any) -> None:
    reported = of(FULL, FactKey.complaint, status=FactStatus.reported, confirmed_by=None)
    open_one = statement(kit, Channel.weibo, without(FULL, FactKey.complaint))
    found = compared(statement(kit, Channel.wechat, reported), open_one, register=reported)
    assert any("“反映的问题”有的写明、有的待核实" in text for text in told(found))


def test_a_fact_confirmed_after_drafting_makes_an_open_statement_an_old_one(kit: Any) -> None:
    early = without(FULL, AMOUNT)
    both = statement(kit, Channel.wechat, early), statement(kit, Channel.weibo, early)
    assert any("已确认为" in text and "较早的登记状态" in text for text in told(compared(*both)))


def test_a_fact_that_was_disputed_changed_or_taken_back_since_is_told(kit: Any) -> None:
    one = statement(kit, Channel.wechat)
    for register, words in (
        (of(FULL, AMOUNT, status=FactStatus.disputed), "现为有争议"),
        (of(FULL, AMOUNT, value="改过的值"), "现登记为“改过的值”"),
        (without(FULL, AMOUNT), "已没有这一条"),
    ):
        found = compared(one, register=register)
        assert len(told(found)) == 1
        assert words in told(found)[0]


def test_fewer_values_of_a_fact_that_may_have_several_is_only_a_remark(kit: Any) -> None:
    more = (*FULL, kit.fact(FactKey.measure, "逐笔核对订单", number=7))
    whole = statement(kit, Channel.wechat, more)
    found = compared(whole, telling_less(statement(kit, Channel.weibo, more)), register=more)
    assert found.agrees
    assert ["“已采取措施”多少不同" in one.text for one in found.differences] == [True]
    other = of(FULL, FactKey.measure, value="逐笔核对订单", id="other")
    clash = compared(statement(kit, Channel.wechat), statement(kit, Channel.weibo, other), register=(*FULL, *other))
    assert any("“已采取措施”说法不一" in text for text in told(clash))


def telling_less(one: ChannelStatement) -> ChannelStatement:
    """The same with only the first of several facts in each place."""
    spans = tuple(span.model_copy(update={"ref": span.ref.replace(",measure-7", "")}) for span in one.draft.spans)
    return one.model_copy(update={"draft": one.draft.model_copy(update={"spans": spans})})


def test_a_value_confirmed_after_drafting_is_told_though_nothing_was_left_open(kit: Any) -> None:
    more = (*FULL, kit.fact(FactKey.measure, "逐笔核对订单", number=7))
    early, late = statement(kit, Channel.weibo), statement(kit, Channel.wechat, more)
    assert any(
        "“逐笔核对订单”，微博短声明是在确认之前起草的" in text for text in told(compared(early, late, register=more))
    )
    assert told(compared(late, register=more)) == []


def test_statements_of_different_days_differ_in_their_date(kit: Any) -> None:
    later = of(FULL, FactKey.statement_date, value="2026年3月21日")
    found = compared(statement(kit, Channel.wechat), statement(kit, Channel.weibo, later))
    assert any("声明日期”说法不一" in text for text in told(found))


def test_words_by_hand_are_left_to_a_person(kit: Any) -> None:
    first, second = statement(kit, Channel.wechat), statement(kit, Channel.weibo)
    index = next(n for n, span in enumerate(first.draft.spans) if span.origin is not SpanOrigin.literal)
    edited = edit(first.draft, index, "我们重视此事。", Actor(name="林舟", role=Role.pr), kit.signer)
    found = compared(first.model_copy(update={"draft": edited}), second)
    assert any(one.kind == "remark" and "人工改写" in one.text for one in found.differences)


def test_nothing_to_compare_agrees() -> None:
    assert compare_statements([], FULL).agrees
