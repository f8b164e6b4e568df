"""Every text of the form is written back into the file where it came from."""

from datetime import date

import pytest

from engine.knowledge_base.checks import read_entry_text
from engine.knowledge_base.filling import fill, next_version
from engine.knowledge_base.form_kinds import entry_form, new_row
from engine.knowledge_base.forms import Control, FormField
from engine.knowledge_base.places import EntryKind, place_of
from engine.knowledge_base.preview import preview
from engine.knowledge_base.skeleton import new_incident
from engine.knowledge_base.yaml_edit import TextEditError, add_row
from knowledge.loader import load_knowledge
from knowledge.schema import Template
from knowledge.topics import load_topics
from rules.document import parse_document

KNOWLEDGE = load_knowledge()
SAMPLE = (
    "tpl.fee_dispute.weibo",
    "tpl.holding.wechat",
    "pb.fee_dispute",
    "inc.fee_dispute.double_debit",
    "reg.pipl_breach_notice",
)


def fields_of(entry: str, text: str) -> list[FormField]:
    form = entry_form(place_of(entry).kind, parse_document("", text))
    return [field for section in form for field in section.fields]


@pytest.mark.parametrize("entry", SAMPLE)
def test_what_a_field_shows_written_back_changes_nothing(entry: str) -> None:
    text = KNOWLEDGE.documents[entry].text
    fields = fields_of(entry, text)
    assert len(fields) > 6
    for field in fields:
        value = "\n".join(field.value) if field.control is Control.lines else field.value
        assert parse_document("", fill(text, field, value)).data == parse_document("", text).data, field.place


@pytest.mark.parametrize("entry", SAMPLE)
def test_another_word_in_a_field_stands_in_the_file_and_nowhere_else(entry: str) -> None:
    text = KNOWLEDGE.documents[entry].text
    for field in fields_of(entry, text):
        if field.control in (Control.line, Control.text):
            after = fill(text, field, "新的说法：甲, 乙 # 丙")
            assert [one.value for one in fields_of(entry, after) if one.place == field.place] == [
                "新的说法：甲, 乙 # 丙"
            ]
            kept = [line for line in text.splitlines() if line in after.splitlines()]
            assert len(text.splitlines()) - len(kept) <= 2, field.place


def test_what_must_be_there_is_not_emptied_and_what_may_be_missing_goes() -> None:
    text = KNOWLEDGE.documents["inc.fee_dispute.double_debit"].text
    fields = {field.place: field for field in fields_of("inc.fee_dispute.double_debit", text)}
    with pytest.raises(TextEditError, match="不能空着"):
        fill(text, fields[("title",)], "  ")
    first = fill(text, fields[("first_response",)], "3小时")
    assert "\nfirst_response: 3小时\n" in first
    assert fill(first, fields[("first_response",)], "") == fill(text, fields[("first_response",)], "")
    with pytest.raises(TextEditError, match="日期"):
        fill(text, fields[("occurred_on",)], "昨天")


def test_topics_and_questions_of_an_incident_are_chosen_changed_and_taken_away() -> None:
    entry = "inc.fee_dispute.double_debit"
    text = KNOWLEDGE.documents[entry].text.replace("topics: [double_charge", "topics: [no_such_topic")
    topics = {field.place: field for field in fields_of(entry, text)}[("topics",)]
    assert topics.value == ("no_such_topic", "overpayment")
    assert topics.options["overpayment"] == load_topics()["overpayment"].title
    assert topics.options["no_such_topic"] == "no_such_topic", "it is shown, so that it can be taken out"
    assert set(topics.options) == {*load_topics(), "no_such_topic"}
    better = fill(text, topics, ["double_charge", "overpayment"])
    assert better == KNOWLEDGE.documents[entry].text
    bare = fill(better, topics, [])
    asked = {field.place: field for field in fields_of(entry, bare)}[("asked_as",)]
    bare = fill(bare, asked, "")
    data = parse_document("", better).data
    assert parse_document("", bare).data == {key: data[key] for key in data if key not in ("topics", "asked_as")}
    again = fill(fill(bare, topics, ["overpayment"]), asked, "扣了两次\n\n 为什么 又扣 ")
    assert parse_document("", again).data == {
        **data,
        "topics": ["overpayment"],
        "asked_as": ["扣了两次", "为什么 又扣"],
    }


def test_a_new_incident_says_what_is_still_to_be_filled_in() -> None:
    entry = "inc.fee_dispute.brand_new"
    text = new_incident(entry, "标题：带冒号 # 井号", date(2026, 3, 1))
    assert parse_document("", text).data["title"] == "标题：带冒号 # 井号"
    faults = [fault.message for fault in read_entry_text(place_of(entry), text, KNOWLEDGE).faults]
    assert "还没有填写：概述" in faults
    assert faults.count("还没有填写：部门") == 4
    assert faults.count("还没有填写：材料") == 4
    added = add_row(text, ("course",), new_row(("course",)))
    assert len(parse_document("", added).data["course"]) == 5


def test_the_version_counts_up_from_what_is_in_force() -> None:
    without = "id: x\ntitle: 甲乙\nowner: 合规部\n"
    assert next_version(without, 1) == "id: x\ntitle: 甲乙\nversion: 2\nowner: 合规部\n"


def test_a_preview_counts_what_the_channel_counts() -> None:
    template = KNOWLEDGE.templates["tpl.fee_dispute.weibo"]
    shown = preview(template)
    assert shown is not None
    assert "云岭消费金融有限公司" in shown.text
    assert (shown.limit, shown.channel) == (140, "微博短声明")
    assert shown.texts[0].length <= shown.longest
    assert not shown.is_too_long
    long = template.model_copy(update={"body": template.body + "多说几句。" * 40})
    assert isinstance(long, Template)
    assert (too_long := preview(long)) is not None
    assert too_long.is_too_long


def test_a_preview_shows_what_is_left_open_while_few_facts_are_known() -> None:
    shown = preview(KNOWLEDGE.templates["tpl.fee_dispute.wechat"])
    assert shown is not None
    assert [one.title for one in shown.texts] == ["事实齐全", "只确认了少数事实", "事实都未确认"]
    assert [one.open for one in shown.texts][:2] == [0, 0]
    assert shown.texts[2].open > 0
    assert "处理办法确定后" in shown.texts[1].text
    assert shown.texts[1].unsaid == ("退费办法（严重时必备）",)
    holding = preview(KNOWLEDGE.templates["tpl.holding.wechat"])
    assert holding is not None
    assert [(one.open, one.unsaid) for one in holding.texts] == [(0, ())]


def test_a_body_that_cannot_be_read_has_no_preview() -> None:
    template = KNOWLEDGE.templates["tpl.fee_dispute.weibo"]
    assert preview(template.model_copy(update={"body": template.body + "{{#if cause}}原因"})) is None


def test_options_made_for_a_strategy_are_fields_of_their_own() -> None:
    tagged = "- {text: 这一情况我们认真对待。, strategies: [diminish]}"
    text = KNOWLEDGE.documents["tpl.fee_dispute.weibo"].text.replace("- 这一情况我们认真对待。", tagged)
    assert tagged in text
    fields = {field.title: field for field in fields_of("tpl.fee_dispute.weibo", text)}
    assert fields["措辞 1"].value == "这一情况我们认真对待。"
    assert fields["措辞 1 的策略"].value == ("diminish",)
    better = fill(text, fields["措辞 1 的策略"], ["diminish", "rebuild"])
    options = parse_document("", better).data["slots"]["tone"]["options"]
    assert options[0] == {"text": "这一情况我们认真对待。", "strategies": ["diminish", "rebuild"]}


def test_a_form_of_a_faulty_file_leaves_out_what_it_does_not_understand() -> None:
    text = "id: tpl.a.b\nslots: [1, 2]\nbody: {a: b}\ntitle: [x]\n"
    assert [section.title for section in entry_form(EntryKind.template, parse_document("", text))] == [
        "基本信息",
        "正文",
    ]
    for kind in EntryKind:
        assert entry_form(kind, parse_document("", "- 1\n"))
