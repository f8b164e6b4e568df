"""Optional and repeated parts: active as a function of template and register, unique references, provable, bounded."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drafting.composing import DraftRequest, draft
from engine.drafting.slots import offered, ways
from engine.drafting.template_check import check_template
from engine.drafting.template_program import ItemPart, LiteralPart, SlotPart, load_template, parts_of
from engine.drafting.verification import verify
from engine.errors import InputError
from engine.model import FactStatus, SpanOrigin
from engine.signing import Signer
from knowledge.body import read_body
from knowledge.schema import ChoiceSlot, FactKey, Strategy

SOURCE = (Path(__file__).parent / "programs" / "parts.yaml").read_text(encoding="utf-8")
TEMPLATE = load_template(SOURCE)


def text_of(kit: Any, *facts: Any) -> str:
    return str(written(kit, *facts).text)


def written(kit: Any, *facts: Any, source: str = SOURCE) -> Any:
    register = (kit.fact(FactKey.company, "云岭消费金融有限公司", kind="registry"), *facts)
    return draft(DraftRequest(kit.incident, load_template(source), source, register, "r"), None, kit.signer)


def test_a_part_under_a_condition_stands_only_while_the_fact_is_confirmed(kit: Any) -> None:
    cause = kit.fact(FactKey.cause, "系统升级")
    assert "原因是系统升级。" in text_of(kit, cause)
    assert "原因正在核实。" not in text_of(kit, cause)
    for unknown in ((), (kit.fact(FactKey.cause, "系统升级", FactStatus.reported),)):
        assert "原因正在核实。" in text_of(kit, *unknown)
        assert "系统升级" not in text_of(kit, *unknown)


def test_one_of_several_facts_is_enough(kit: Any) -> None:
    for key, value in ((FactKey.affected_count, "12位用户"), (FactKey.amount, "3万元")):
        assert value in text_of(kit, kit.fact(key, value))
    assert "涉及" not in text_of(kit)


def test_a_contradicted_fact_opens_no_condition(kit: Any) -> None:
    twice = (kit.fact(FactKey.cause, "升级"), kit.fact(FactKey.cause, "断电", number=1))
    assert "原因正在核实。" in text_of(kit, *twice)


def test_a_part_is_repeated_for_each_confirmed_value_and_proves_itself(kit: Any) -> None:
    measures = [kit.fact(FactKey.measure, f"第{sign}项整改", number=n) for n, sign in enumerate("甲乙丙丁")]
    doubtful = kit.fact(FactKey.measure, "第戊项整改", FactStatus.reported, number=9)
    result = written(kit, *measures, doubtful)
    assert "已采取的措施：\n· 第甲项整改\n· 第乙项整改\n· 第丙项整改\n· 第丁项整改\n" in result.text
    assert "戊" not in result.text
    assert verify(result.to_json(), kit.trusted).ok
    assert [span.ref for span in result.spans if span.text.startswith("第")] == [fact.id for fact in measures]


def test_repetition_is_bounded(kit: Any) -> None:
    many = [kit.fact(FactKey.measure, f"措施{letter}", number=n) for n, letter in enumerate("甲乙丙丁戊己庚辛壬癸子丑")]
    assert sum(isinstance(part, ItemPart) for part in parts_of(TEMPLATE, many)) == 10


def test_every_literal_has_a_reference_of_its_own(kit: Any) -> None:
    register = [kit.fact(FactKey.measure, f"措施{n}", number=n) for n in (1, 2)] + [kit.fact(FactKey.cause, "升级")]
    refs = [part.ref for part in parts_of(TEMPLATE, register) if isinstance(part, LiteralPart)]
    assert len(refs) == len(set(refs))


def test_a_tag_on_a_line_of_its_own_leaves_no_empty_line(kit: Any) -> None:
    assert "\n\n\n" not in text_of(kit)
    assert "\n\n\n" not in text_of(kit, kit.fact(FactKey.measure, "整改"))


def test_a_draft_that_leaves_an_active_part_out_is_refused(kit: Any) -> None:
    facts = (kit.fact(FactKey.cause, "系统升级"),)
    good, other = written(kit, *facts), written(kit)
    swapped = other.model_copy(update={"register_": good.register_, "hashes": good.hashes})
    assert not verify(swapped.to_json(), kit.trusted).ok


BODY_FAULTS = [
    ("{{#if cause}}", "{{#if casue}}", "“casue”不是已定义的事实键，是否想写“cause”", "{{#if casue}}"),
    ("{{#if cause}}", "{{#if}}", "没有写事实键", "{{#if}}"),
    ("{{#if cause}}", "{{#when cause}}", "没有“#when”这种写法", "{{#when cause}}"),
    ("{{#each measure}}\n", "{{#each cause}}\n", "只会有一个值", "{{#each cause}}"),
    ("{{#each measure}}\n", "{{#each measure remedy}}\n", "只能写一个事实键", "{{#each measure remedy}}"),
    ("· {{measure}}", "· 一项", "里面没有用到 {{measure}}", "{{#each measure}}"),
    ("{{/each}}\n", "", "{{#each}} 没有用 {{/each}} 结束", "{{#each measure}}"),
    ("{{/if}}\n  {{#each", "{{#each", "{{#each}} 不能写在 {{#if}} 里面", "{{#each measure}}"),
    ("{{/unless}}", "{{/if}}", "{{/if}} 没有对应的 {{#if}}", "{{#unless cause}}"),
    ("{{#if cause}}", "{{#if hotline}}", "总是成立", "{{#if hotline}}"),
    ("{{#unless cause}}", "{{#unless company}}", "永远不成立", "{{#unless company}}"),
    ("原因正在核实。", "", "里面没有内容", "{{#unless cause}}"),
    ("原因正在核实。", "{{else}}", "未定义的填空“else”", "{{else}}"),
    ("kind: statement", "kind: holding", "不能以需要确认的事实为条件", "{{#if cause}}"),
    ("strategies: [diminish]}", "strategies: [deny]}", "不会用到", "strategies: [deny]}"),
]


@pytest.mark.parametrize(("old", "new", "message", "at"), BODY_FAULTS)
def test_what_is_wrong_with_a_part_is_said_at_its_line(old: str, new: str, message: str, at: str) -> None:
    assert old in SOURCE
    source = SOURCE.replace(old, new)
    found = [str(fault) for fault in check_template(load_template(source), source, "parts.yaml")]
    lines = source.splitlines()
    named = [int(fault.split(" ")[0].rpartition(":")[2]) for fault in found if message in fault]
    assert named, found
    assert any(at in lines[number - 1] for number in named), found


def test_the_template_itself_has_no_fault() -> None:
    assert check_template(TEMPLATE, SOURCE, "parts.yaml") == ()


def test_a_body_that_cannot_be_read_makes_no_draft(kit: Any) -> None:
    source = SOURCE.replace("{{/each}}\n", "")
    with pytest.raises(InputError):
        written(kit, source=source)


def test_a_strategy_takes_what_was_made_for_it_and_refuses_what_was_made_for_others() -> None:
    part = next(part for part in parts_of(TEMPLATE, ()) if isinstance(part, SlotPart) and part.name == "attitude")
    assert isinstance(part.slot, ChoiceSlot)
    under = {strategy: [way.span.text for way in ways(part, (), strategy)] for strategy in Strategy}
    assert under[Strategy.rebuild] == ["我们深表歉意。", "我们正在处理。"]
    assert under[Strategy.diminish] == ["我们理解大家的关切。", "我们正在处理。"]
    assert under[Strategy.deny] == ["我们正在处理。"]
    assert [way.span.ref for way in offered(part, (), Strategy.rebuild)] == ["attitude:1", "attitude:2"]
    assert len(ways(part, ())) == 3, "drafts without a strategy verify as before"


HOSTILE = [
    "{{#if" + " " * 50_000,
    "{{#" + "a" * 50_000,
    "{{" * 30_000,
    "{{#if cause}}" * 4_000,
    "{{/if}}\n" * 8_000,
    "{{#each measure}}{{measure}}{{/each}}" * 1_500,
    " " * 60_000 + "{{",
]


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_bodies_are_read_in_time(body: str) -> None:
    started = time.perf_counter()
    read_body(body)
    assert time.perf_counter() - started < 5


PIECES = ["文字。", "\n", "{{a}}", "{{measure}}", "{{#if cause}}", "{{/if}}", "{{#unless cause}}", "{{/unless}}"]
PIECES += ["{{#each measure}}", "{{/each}}", "{{", "}}", "{{#if x}}", "{{else}}"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_body_reads_without_raising_and_keeps_its_text(body: str) -> None:
    read = read_body(body)
    assert "".join(words.text for words in read.words()).count("文字。") <= body.count("文字。")
    if not read.faults:
        assert "{{" not in "".join(words.text for words in read.words())
        numbers = [words.number for words in read.words()]
        assert numbers == sorted(set(numbers))


KEYS = st.sampled_from(["cause", "measure", "amount", "affected_count"])


@given(st.lists(st.tuples(KEYS, st.booleans()), max_size=8))
@settings(max_examples=60, deadline=None)
def test_whatever_is_known_the_draft_proves_itself(kit: Any, known: list[tuple[str, bool]]) -> None:
    facts = [
        kit.fact(FactKey(key), f"值{number}", FactStatus.confirmed if sure else FactStatus.reported, number)
        for number, (key, sure) in enumerate(known)
    ]
    result = written(kit, *facts)
    assert verify(result.to_json(), kit.trusted).ok
    assert all(span.origin is not SpanOrigin.unresolved for span in result.spans)
    assert not verify(result.to_json(), type(kit.trusted).of(Signer.generate())).ok
