"""Exports of a draft: the same bytes for the same draft, marked, never mistaken for an approved statement."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from docx import Document

from engine.approval import ensure_current, ensure_submittable
from engine.drafting.composing import draft, edit
from engine.drafting.document import Draft
from engine.drafting.exports.exporting import ExportForm, Statement, export, to_post
from engine.drafting.exports.layout import as_posted, layout_of, visible_only
from engine.drafting.exports.length import fold_note, posted_length
from engine.drafting.exports.mark import APPROVED, UNAPPROVED
from engine.drafting.exports.markdown import escaped
from engine.drafting.exports.sources import sourced_sentences
from engine.drafting.exports.standing import NOT_APPROVED, NOT_REAL, OUTDATED, Standing, standing_of
from engine.drafting.facts import stated
from engine.drafting.samples import REGISTRY_VALUES
from engine.errors import Conflict
from engine.model import (
    Actor,
    Approval,
    ApprovalStatus,
    Element,
    FactStatus,
    Incident,
    IncidentStatus,
    Realm,
    Role,
    SpanOrigin,
)
from knowledge.schema import Category, Channel, FactKey, Level

AT = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)
FINAL = Standing(approved=True, warnings=())
NOT_YET = Standing(approved=False, warnings=(NOT_APPROVED,))
HOSTILE = "<script>alert(1)</script> [点我](http://a.b) **粗** | `x`\n# 标题\x00\x08\u202e倒写\u200b"


def statement(kit: Any, template: str = "formal", standing: Standing = FINAL, **fields: Any) -> Statement:
    return Statement(
        draft=draft(kit.request(template), None, kit.signer), standing=standing, at=AT, version=2, **fields
    )


def approval(written: Draft, status: ApprovalStatus = ApprovalStatus.approved, of: str | None = None) -> Approval:
    return Approval(
        id="a",
        draft="d",
        content_hash=of or written.content_hash,
        status=status,
        submitted_by="林舟",
        submitted_at=AT,
    )


def incident(kit: Any, realm: Realm) -> Incident:
    return Incident(
        id=kit.incident,
        realm=realm,
        brand="澄禾消费金融",
        category=Category.fee_dispute,
        level=Level.low,
        peak_level=Level.low,
        status=IncidentStatus.open,
        title="收费争议",
        opened_at=AT,
        changed_at=AT,
        last_finding_at=AT,
        rule=None,
    )


def words_of(content: bytes) -> tuple[str, str, str]:
    """Header, body and footer of a Word document."""
    document = Document(io.BytesIO(content))
    section = document.sections[0]
    body = [one.text for one in document.paragraphs]
    body += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return section.header.paragraphs[0].text, "\n".join(body), section.footer.paragraphs[0].text


def custom_properties(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("docProps/custom.xml"))  # noqa: S314 - written by ourselves
    return {one.attrib["name"]: one[0].text or "" for one in root}


@pytest.mark.parametrize("form", list(ExportForm))
def test_the_same_draft_gives_the_same_bytes(kit: Any, form: ExportForm) -> None:
    one = statement(kit, with_sources=True)
    assert export(one, form) == export(one.model_copy(), form)


@pytest.mark.parametrize(("standing", "line"), [(FINAL, APPROVED), (NOT_YET, UNAPPROVED)], ids=["final", "draft"])
@pytest.mark.parametrize("form", [ExportForm.docx, ExportForm.md, ExportForm.txt])
def test_every_form_says_what_it_is_and_bears_the_mark_twice(
    kit: Any, form: ExportForm, standing: Standing, line: str
) -> None:
    one = statement(kit, standing=standing)
    file = export(one, form)
    number = one.mark.number
    assert file.name == ("" if standing.is_final else "草稿-") + f"{one.template.title}-第2版.{form}"
    if form is ExportForm.docx:
        top, body, bottom = words_of(file.content)
        assert bottom == line
        assert (NOT_APPROVED in top, NOT_APPROVED in body) == (not standing.is_final, not standing.is_final)
        assert json.loads(custom_properties(file.content)["AIGC"])["ProduceID"] == number
        return
    text = file.content.decode()
    assert line in text
    assert (NOT_APPROVED in text) is not standing.is_final
    if form is ExportForm.md:
        front = yaml.safe_load(text.split("---")[1])
        assert front["AIGC"]["ProduceID"] == number
        assert front["fingerprint"] == one.draft.content_hash
    else:
        assert json.loads(text.splitlines()[-1].removeprefix("AIGC "))["ProduceID"] == number


@pytest.mark.parametrize("form", [ExportForm.docx, ExportForm.md, ExportForm.txt])
def test_hostile_words_of_a_person_do_nothing_in_any_form(kit: Any, form: ExportForm) -> None:
    before = draft(kit.request("formal"), None, kit.signer)
    index = next(number for number, span in enumerate(before.spans) if span.origin is SpanOrigin.choice)
    hostile = edit(before, index, HOSTILE, Actor(name="林舟", role=Role.pr), kit.signer)
    content = export(Statement(draft=hostile, standing=NOT_YET, at=AT, with_sources=True), form).content
    text = "\n".join(words_of(content)) if form is ExportForm.docx else content.decode()
    assert not set("\x00\x08\u202e\u200b") & set(text)
    assert "林舟" not in text
    if form is ExportForm.md:
        assert "<script" not in text
        assert "[点我](" not in text
        assert "http://" not in text
        assert not any(line.startswith("# 标题") for line in text.splitlines())


def test_markdown_leaves_plain_words_and_amounts_as_they_are() -> None:
    assert escaped("涉及36.8万元，年化利率18%（2026年3月20日）") == "涉及36.8万元，年化利率18%（2026年3月20日）"
    assert escaped("1. 不是列表\n- 也不是") == "1\\. 不是列表 - 也不是"


def test_the_words_of_a_statement_are_all_in_the_word_file(kit: Any) -> None:
    one = statement(kit, with_sources=True)
    _, body, _ = words_of(export(one, ExportForm.docx).content)
    for line in one.draft.text.splitlines():
        assert line.strip() in body
    assert "部门 客服，已确认" in body
    assert "李芳" not in body, "who confirmed a fact stays in the house"


def test_each_sentence_names_the_facts_that_it_states(kit: Any) -> None:
    written = draft(kit.request("formal"), None, kit.signer)
    rows = sourced_sentences(written)
    assert "".join(row.text for row in rows).replace("\n", "") == written.text.replace("\n", "")
    amount = stated(written.register_, FactKey.amount, as_reported=False)
    assert amount is not None
    telling = [row for row in rows if amount.text in row.text]
    assert telling
    assert all("涉及金额" in row.sources and "事实" in row.origins for row in telling)


def test_a_post_on_weibo_is_one_paragraph_within_the_limit(kit: Any) -> None:
    one = statement(kit, "short")
    assert one.template.channel is Channel.weibo
    posted = to_post(one).splitlines()
    assert len(posted) == 2
    assert len(posted[0]) <= (one.template.max_chars or 0) == 140
    assert posted[1] == f"（{APPROVED}）"
    assert as_posted("第一句。\n公司 日期\n尾", Channel.weibo) == "第一句。公司 日期 尾"


def too_long(kit: Any) -> Draft:
    """A post on Weibo that a person made longer than its channel allows, with words that are approved."""
    written = draft(kit.request("short"), None, kit.signer)
    index = next(number for number, span in enumerate(written.spans) if span.origin is SpanOrigin.choice)
    return edit(written, index, "我们正在核对。" * 33, Actor(name="林舟", role=Role.pr), kit.signer)


def test_a_text_over_the_limit_of_its_channel_is_not_final_and_cannot_be_submitted(kit: Any) -> None:
    over = too_long(kit)
    assert over.proof.releasable, "nothing else is wrong with it"
    standing = standing_of(over, [approval(over)], over.register_, kit.trusted)
    count = posted_length(over.text, Channel.weibo)
    assert standing.warnings == (f"正文 {count} 字，超过本渠道上限 140 字",)
    assert not standing.is_final
    exported = export(Statement(draft=over, standing=standing, at=AT), ExportForm.txt)
    assert exported.name.startswith("草稿-")
    assert standing.warnings[0] in exported.content.decode()
    with pytest.raises(Conflict, match="超过本渠道上限 140 字，请精简"):
        ensure_submittable(over, (), kit.trusted)


def test_weibo_counts_ascii_by_halves_and_folds_what_is_longer_with_its_required_lines(kit: Any) -> None:
    assert posted_length("声明2026", Channel.weibo) == 4
    assert posted_length("声明2026年", Channel.weibo) == 5
    assert posted_length("声明2026", Channel.wechat) == 6
    post = to_post(statement(kit, "short"))
    filled = "长" * (140 - posted_length(post, Channel.weibo)) + post
    assert fold_note(filled, Channel.weibo) == ""
    assert "共 141 字" in fold_note("长" + filled, Channel.weibo)
    assert fold_note("长" + filled, Channel.wechat) == ""


@pytest.mark.parametrize(("realm", "label"), NOT_REAL.items())
@pytest.mark.parametrize("form", list(ExportForm))
def test_a_statement_of_a_drill_a_demonstration_or_a_replay_is_never_final(
    kit: Any, form: ExportForm, realm: Realm, label: str
) -> None:
    written = draft(kit.request("formal"), None, kit.signer)
    standing = standing_of(written, [approval(written)], None, kit.trusted, incident(kit, realm))
    assert (standing.approved, standing.is_final, standing.is_ready) == (True, False, True)
    file = export(Statement(draft=written, standing=standing, at=AT), form)
    assert file.name.startswith(f"{label}-")
    if form is ExportForm.docx:
        top, body, _ = words_of(file.content)
        assert label in top
        assert label in body
    elif form is not ExportForm.json:
        assert f"{label} · 不是真实事件的声明，不得对外发布" in file.content.decode()


def test_a_text_is_read_as_title_paragraphs_and_signature() -> None:
    found = layout_of("关于某事的说明\n\n尊敬的用户：\n第一段。\n\n第二段。\n\n某公司\n2026年3月20日\n")
    assert found == ("关于某事的说明", ("尊敬的用户：", "第一段。", "第二段。"), ("某公司", "2026年3月20日"))
    assert layout_of("只有一段。") == ("", ("只有一段。",), ())
    assert layout_of("") == ("", (), ())
    assert visible_only("甲\u202e乙\r\n丙\x07") == "甲乙\n丙"


# --- may it be published ------------------------------------------------------------------------


def test_only_the_very_words_that_were_approved_are_final(kit: Any) -> None:
    written = draft(kit.request("formal"), None, kit.signer)
    register = written.register_
    assert standing_of(written, [approval(written)], register, kit.trusted).is_final
    for history in ([], [approval(written, of="0" * 32)], [approval(written, ApprovalStatus.submitted)]):
        found = standing_of(written, history, register, kit.trusted)
        assert not found.approved
        assert found.warnings == (NOT_APPROVED,)
    taken_back = [approval(written), approval(written, ApprovalStatus.returned)]
    assert not standing_of(written, taken_back, register, kit.trusted).is_final


def test_an_approved_draft_whose_fact_changed_since_is_not_final_any_more(kit: Any) -> None:
    written = draft(kit.request("formal"), None, kit.signer)
    register = [
        fact.model_copy(update={"status": FactStatus.disputed}) if fact.key == FactKey.amount else fact
        for fact in written.register_
    ]
    found = standing_of(written, [approval(written)], register, kit.trusted)
    assert (found.approved, found.is_final, found.warnings) == (True, False, (OUTDATED,))


def test_a_fact_confirmed_after_drafting_makes_an_approved_draft_an_old_one(kit: Any) -> None:
    facts = tuple(fact for fact in kit.request("short").register if fact.key != FactKey.fee_item)
    written = draft(kit.request("short", facts), None, kit.signer)
    history = [approval(written)]
    assert standing_of(written, history, facts, kit.trusted).is_final
    reported, unasked = kit.fact(FactKey.fee_item, "会员费", FactStatus.reported), kit.fact(FactKey.cause, "系统升级")
    assert standing_of(written, history, [*facts, reported, unasked], kit.trusted).is_final
    now = [*facts, kit.fact(FactKey.fee_item, "会员费")]
    assert standing_of(written, history, now, kit.trusted).warnings == (OUTDATED,)
    with pytest.raises(Conflict, match="起草之后，“收费项目”已确认为“会员费”"):
        ensure_current(written, now)


def test_a_draft_that_lacks_what_it_must_say_names_it(kit: Any) -> None:
    element = Element(id="el.remedy", title="退费办法", wording=("退费申请入口",))
    written = draft(replace(kit.request("formal"), elements=(element,)), None, kit.signer)
    assert standing_of(written, [], None, kit.trusted).warnings[1] == "缺少必备内容（退费办法），不得对外发布"


def test_a_draft_that_was_tampered_with_or_has_open_facts_says_so(kit: Any) -> None:
    registry = {key: value for key, value in REGISTRY_VALUES.items() if key is not FactKey.hotline}
    facts = tuple(kit.fact(key, value, kind="registry") for key, value in registry.items())
    unresolved = draft(kit.request("formal", facts), None, kit.signer)
    assert "待核实" in "".join(standing_of(unresolved, [], None, kit.trusted).warnings)
    changed = unresolved.model_copy(update={"text": unresolved.text + "。"})
    assert "核验未通过" in "".join(standing_of(changed, [approval(changed)], None, kit.trusted).warnings)
