"""What the model is asked: the paragraph it writes in, wordings that repeat least, fit the channel and the strategy."""

from engine.drafting.context import INSTRUCTION, prefix_at
from engine.drafting.repetition import freshest
from engine.drafting.slots import Way
from engine.drafting.template_program import load_template, parts_of
from engine.drafting.writing import Pen, Sheet
from engine.language_model.protocol import ScriptedModel
from engine.model import Fact, Span, SpanOrigin
from knowledge.schema import Strategy

SOURCE = """
id: tpl.fee_dispute.weibo
title: 收费争议微博短声明
owner: 公关部
reviewed_on: 2026-03-18
category: fee_dispute
channel: weibo
levels: [low, medium, high]
strategies: [rebuild, diminish]
slots:
  tone:
    type: choice
    options:
      - 我们正在核对有关情况。
      - {text: 对此我们深表歉意。, strategies: [rebuild]}
      - {text: 相关收费以合同约定为准。, strategies: [diminish]}
  end:
    type: choice
    options: [感谢监督。, 感谢大家一直以来的关心和监督。]
body: |
  关于收费情况的说明

  近日有用户反映收费问题。{{tone}}

  后续情况将在本账号说明。{{end}}
"""
NOTHING: tuple[Fact, ...] = ()


def ways(*texts: str) -> list[Way]:
    return [Way(Span(text=text, origin=SpanOrigin.choice, ref="x:0")) for text in texts]


def texts(among: tuple[Way, ...]) -> list[str]:
    return [way.span.text for way in among]


def sheet(strategy: Strategy | None = None, max_chars: int | None = None) -> Sheet:
    return Sheet.of(parts_of(load_template(SOURCE), NOTHING), NOTHING, strategy, max_chars)


def test_only_the_paragraph_is_shown() -> None:
    prefix = prefix_at(
        "微博", ["关于收费的说明\n\n近日有用户反映收费问题。", "对此我们致歉。\n\n后续情况将在本账号说明。"]
    )
    assert prefix.segments == ("后续情况将在本账号说明。",)
    assert (prefix.instruction, prefix.topic) == (INSTRUCTION, "微博")


def test_a_paragraph_that_has_hardly_begun_brings_the_one_before_it() -> None:
    before = ["关于收费的说明\n\n近日有用户反映收费问题。", "对此我们致歉。\n\n二、安排\n"]
    assert prefix_at("微博", before).segments == ("近日有用户反映收费问题。", "对此我们致歉。\n\n二、安排\n")


def test_what_was_asked_before_in_the_paragraph_keeps_its_pieces() -> None:
    earlier = ["近日有用户反映了一些收费问题。"]
    later = [*earlier, "对此我们致歉。现将情况"]
    assert prefix_at("微博", later).segments[:1] == prefix_at("微博", earlier).segments


def test_wordings_that_repeat_the_rest_of_the_draft_are_left_out_but_one_always_stays() -> None:
    among = ways("我们正在逐笔核对收费", "我们已经着手处理")
    assert texts(freshest(among, ["相关人员正在逐笔核对收费"], [])) == ["我们已经着手处理"]
    assert texts(freshest(among[:1], ["我们正在逐笔核对收费"], [])) == ["我们正在逐笔核对收费"]


def test_what_a_fact_says_may_stand_twice() -> None:
    among = ways("我们已暂停会员服务费的收取", "我们已着手处理")
    rest = ["有用户反映暂停会员服务费的收取"]
    assert len(freshest(among, rest, ["暂停会员服务费的收取"])) == 2


def test_options_made_for_the_strategy_come_alone() -> None:
    found = {strategy: texts(sheet(strategy).offers[1]) for strategy in (None, Strategy.rebuild, Strategy.deny)}
    assert found[Strategy.rebuild] == ["对此我们深表歉意。"]
    assert found[Strategy.deny] == ["我们正在核对有关情况。"]
    assert len(found[None]) == 3


def test_wordings_too_long_for_the_channel_are_not_offered_to_the_model() -> None:
    model = ScriptedModel(answers=(1, 1))
    page = sheet(max_chars=56)
    spans = page.write(Pen(model, "微博", []), None)
    assert "感谢监督。" in "".join(span.text for span in spans)
    assert page.shortened


def test_without_a_model_the_first_wordings_are_taken_unasked() -> None:
    pen = Pen(None, "微博", [])
    text = "".join(span.text for span in sheet().write(pen, None))
    assert "我们正在核对有关情况。" in text
    assert pen.answered is None
