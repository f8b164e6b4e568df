"""What a statement must say is known for each category, level, kind and channel, and is checked without a model."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.approval import ensure_submittable
from engine.drafting.composing import DraftRequest, draft, edit
from engine.drafting.elements import elements_for, judge, missing, says
from engine.drafting.samples import EARLY, sample_register
from engine.drafting.slots import ways
from engine.drafting.template_program import load_template, parts_of
from engine.drafting.template_review import review_template
from engine.drafting.verification import verify
from engine.errors import Conflict
from engine.model import Actor, Element, ElementVerdict, Role, Span, SpanOrigin
from knowledge.elements import element_faults, load_elements, read_elements
from knowledge.errors import BadKnowledgeError
from knowledge.loader import load_knowledge
from knowledge.schema import Category, FactKey, Level, Template, Tone
from knowledge.tones import load_tones

KNOWLEDGE = load_knowledge()
SOURCE = (Path(__file__).parent / "programs" / "parts.yaml").read_text(encoding="utf-8")
PHONE = Element(id="phone", title="联系方式", facts=("hotline",))
CAUSE = Element(id="cause", title="原因", facts=("cause",), wording=("原因…核实",))


def plain(template: Template, register: tuple[Any, ...]) -> tuple[Span, ...]:
    return tuple(ways(part, register)[0].span for part in parts_of(template, register))


def verdicts(template: Template, *, confirmed: bool = True) -> tuple[ElementVerdict, ...]:
    category = Category.fee_dispute if template.category == "any" else Category(template.category)
    register = sample_register(category, "i", confirmed=confirmed)
    return judge(elements_for(template), plain(template, register), register)


def test_with_complete_facts_every_carried_template_says_all_that_it_must() -> None:
    found = {
        name: [one for one in verdicts(template) if not one.present] for name, template in KNOWLEDGE.templates.items()
    }
    assert {name: unsaid for name, unsaid in found.items() if unsaid} == {}
    assert all(
        len(elements_for(template)) >= 5 for template in KNOWLEDGE.templates.values() if template.channel != "weibo"
    )


def test_the_law_on_personal_information_is_met_element_by_element() -> None:
    required = elements_for(KNOWLEDGE.templates["tpl.privacy_leak.wechat"], Level.high)
    by_law = {one.title for one in required if one.clause == "reg.pipl_breach_notice"}
    assert by_law == {
        "涉及的信息种类",
        "泄露的原因",
        "可能造成的危害",
        "已采取的补救措施",
        "个人可以采取的减轻危害的措施",
    }


def test_levels_kinds_and_channels_ask_for_different_things() -> None:
    leak = KNOWLEDGE.templates["tpl.privacy_leak.wechat"]
    at = {level: {one.id for one in elements_for(leak, level)} for level in Level}
    assert at[Level.high] - at[Level.medium] == {"leak_count"}
    short = {one.id for one in elements_for(KNOWLEDGE.templates["tpl.privacy_leak.weibo"])}
    assert len(short) < len(at[Level.medium])
    holding = {one.id for one in elements_for(KNOWLEDGE.templates["tpl.privacy_leak.holding_wechat"])}
    assert {"holding_checking", "holding_next_word"} <= holding
    assert not any(one.startswith("leak_") for one in holding)


def test_with_few_facts_statements_still_read_as_such() -> None:
    marks: Counter[str] = Counter()
    for template in KNOWLEDGE.templates.values():
        if template.kind == "statement":
            spans = plain(template, sample_register(Category(template.category), "i", only=EARLY))
            marks[template.id] = sum(span.origin is SpanOrigin.unresolved for span in spans)
    assert sum(marks.values()) <= len(marks) * 0.7
    assert max(marks.values()) <= 4
    assert sum(count == 0 for count in marks.values()) >= 40


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("请修改登录密码。", "修改登录密码", True),
        ("核对以合同和记录为依据。", "核对以…为依据", True),
        ("核对以合同为准。另以记录为依据。", "核对以…为依据", False),
        ("为依据，核对以合同。", "核对以…为依据", False),
    ],
)
def test_a_phrase_with_a_gap_stands_within_one_sentence(text: str, phrase: str, said: bool) -> None:
    assert says(text, phrase) is said


def request(kit: Any, *facts: Any, elements: tuple[Element, ...]) -> DraftRequest:
    register = (kit.fact(FactKey.company, "云岭消费金融有限公司", kind="registry"), *facts)
    return DraftRequest(kit.incident, load_template(SOURCE), SOURCE, register, "r", elements=elements)


def test_what_is_missing_blocks_the_release_and_is_named(kit: Any) -> None:
    result = draft(request(kit, elements=(PHONE, CAUSE)), None, kit.signer)
    proof = verify(result.to_json(), kit.trusted)
    assert proof.ok
    assert not proof.releasable
    assert missing(proof) == ("联系方式",)
    assert [one.how for one in proof.elements] == ["全文没有写到", "措辞：原因…核实"]
    with pytest.raises(Conflict, match="缺少必备内容：联系方式"):
        ensure_submittable(result, (), kit.trusted)


def test_a_person_may_write_what_was_missing(kit: Any) -> None:
    facts = (kit.fact(FactKey.cause, "系统升级"),)
    before = draft(
        request(kit, *facts, elements=(Element(id="x", title="补救", wording=("原路退回",)),)), None, kit.signer
    )
    assert not before.proof.releasable
    after = edit(before, 0, "关于原路退回的说明\n", Actor(name="王敏", role=Role.pr), kit.signer)
    assert missing(after.proof) == ()


def test_elements_are_signed_and_a_draft_without_any_is_as_before(kit: Any) -> None:
    result = draft(request(kit, elements=(PHONE,)), None, kit.signer)
    document = result.to_json()
    assert not verify(document.replace('"联系方式"', '"别的"'), kit.trusted).ok
    bare = draft(request(kit, elements=()), None, kit.signer)
    assert "elements" not in bare.model_dump()
    assert bare.proof.releasable


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("elements: [{id: a, title: 甲乙}]", "facts 和 wording"),
        ("elements: [{id: a, title: 甲乙, facts: [casue]}]", "casue"),
        ("elements: [{id: a, title: 甲乙, facts: [cause]}, {id: a, title: 丙丁, facts: [cause]}]", "重复"),
        ("elements: 3", "elements"),
        ("[]", "."),
        ("a: &x [1]\nb: *x", "别名"),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(BadKnowledgeError, match=r"elements.yaml:\d ") as caught:
        read_elements("elements.yaml", text)
    assert message in str(caught.value) or "不合要求" in str(caught.value)


def test_the_carried_table_names_regulations_that_are_there() -> None:
    assert list(element_faults(KNOWLEDGE)) == []
    assert {one for element in load_elements().values() for one in element.categories} == set(Category)


def reviewed(entry: str, *pairs: tuple[str, str]) -> list[str]:
    text = KNOWLEDGE.documents[entry].text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return [str(fault) for fault in review_template(load_template(text), text, "t.yaml")]


def at_line(entry: str, words: str) -> int:
    lines = KNOWLEDGE.documents[entry].text.splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_a_denial_does_not_apologise() -> None:
    line = at_line("tpl.impersonation.wechat", "怎样识别真假")
    found = reviewed("tpl.impersonation.wechat", ("怎样识别真假", "我们深表歉意，怎样识别真假"))
    assert found == [f"t.yaml:{line} 正文有与{what}不合的“歉意”" for what in ("策略“澄清否认”", "语气“强硬澄清”")]


def test_who_makes_amends_does_not_call_it_untrue() -> None:
    entry = "tpl.fee_dispute.media_qa"
    found = reviewed(entry, ("收费情况的媒体问答", "收费情况不实说法的媒体问答"))
    assert any("与策略“致歉整改”不合的“不实”" in fault for fault in found)


def test_harm_is_not_made_little_of() -> None:
    found = reviewed("tpl.privacy_leak.wechat", ("四、您可以怎样保护自己", "四、影响有限，您可以怎样保护自己"))
    assert any("用“影响有限”淡化了已造成的影响" in fault for fault in found)


def test_what_the_own_people_are_told_not_to_say_is_no_fault() -> None:
    entry = "tpl.fee_dispute.internal_notice"
    assert reviewed(entry, ("不说合同里都写了", "不说网传不实，不说合同里都写了")) == []


def test_an_option_without_a_required_element_is_named() -> None:
    found = reviewed(
        "tpl.holding.weibo", ("近日有用户反映与我司有关的问题，我们正在核实。", "近日有用户反映与我司有关的问题。")
    )
    assert len(found) == 1
    assert "也不是每种措辞都写到必备内容“正在核实”" in found[0]


def test_a_required_fact_is_not_silently_dropped() -> None:
    found = reviewed("tpl.privacy_leak.wechat", ("{{cause}}。", "{{#if cause}}{{cause}}。{{/if}}"))
    assert len(found) == 1
    assert "“泄露的原因”既没有写到，也没有标为待核实" in found[0]


def test_every_carried_template_says_in_which_tone_it_speaks() -> None:
    assert all(template.tone is not None for template in KNOWLEDGE.templates.values())
    assert set(load_tones().tones) == set(Tone)
    found = reviewed("tpl.fee_dispute.weibo", ("tone: apologetic\n", ""))
    assert [fault.partition(" ")[2] for fault in found] == ["没有写明语气（tone）"]
