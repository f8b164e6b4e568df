"""From a text to an assessment and its files: places, verdict, precedents, the same bytes."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document

from engine.errors import InputError
from engine.model import Actor, Role
from engine.precheck.assessing import LONGEST_TEXT, Search, assess
from engine.precheck.documents import read_document
from engine.precheck.exporting import UNVERIFIED, AssessmentFormat, export
from engine.precheck.loader import bundled_checks
from engine.precheck.model import Assessment, TextKind, Verdict
from engine.precheck.precedents import not_searched, precedents
from knowledge.loader import load_knowledge
from retrieval.errors import EmbedderUnavailable
from retrieval.search import SearchResult

KNOWLEDGE = load_knowledge()
AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
ADVERT = "急用钱找小禾！\r\n最高可借20万，秒\u200b批，央企背书。\n联系王经理139 0000 0000"
CLEAN = (
    "小禾分期最高可借20万，年化利率（单利）7.2%-24%，除利息外不收取其他费用，"
    "贷款由澄禾消费金融有限公司发放，额度以审批为准，请理性借贷。"
)


def assessed(
    text: str,
    kind: TextKind | None = TextKind.advert,
    search: Search | None = None,
    unread: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
) -> Assessment:
    return assess(
        text,
        kind,
        title="五一\n活动 13900000000",
        checks=bundled_checks(),
        regulations=KNOWLEDGE.regulations,
        release="f" * 32,
        actor=Actor(name="市场小李", role=Role.department, department="市场"),
        at=AT,
        search=search or (lambda *_: not_searched()),
        unread=unread,
        remarks=remarks,
    )


def test_every_place_is_the_very_span_of_the_original() -> None:
    found = {one.check: one for one in assessed(ADVERT).findings}
    instant = found["wording.instant_approval"].places[0]
    assert ADVERT[instant.start : instant.end] == "秒\u200b批"
    assert (instant.line, instant.column) == (2, 9)
    phone = found["wording.personal_data"].places[0]
    assert ADVERT[phone.start : phone.end] == "139 0000 0000"
    assert phone.quote == "[手机号]"
    trigger = found["disclosure.annual_rate"].places[0]
    assert ADVERT[trigger.start : trigger.end] == "急用钱"


def test_the_verdict_follows_from_the_findings_alone() -> None:
    assert assessed(ADVERT).verdict is Verdict.stop
    assert assessed(CLEAN.replace("请理性借贷", "")).verdict is Verdict.change
    hurried = assessed(f"{CLEAN}仅剩最后一天！")
    assert (hurried.verdict, hurried.must_change, len(hurried.findings)) == (Verdict.publish, 0, 1)
    assert assessed(CLEAN).verdict_reason == "没有发现必须修改的内容"


def test_the_notes_say_what_was_guessed_hidden_and_not_confirmed() -> None:
    notes = "；".join(assessed(ADVERT, None).notes)
    assert "按“广告”检查" in notes
    assert "1 个看不见的字符" in notes
    assert UNVERIFIED in notes
    contract = "借款合同摘要：甲方贷款人，乙方借款人，年化18%，逾期收取罚息。"
    assert assessed(contract, None).kind is TextKind.contract
    assert assessed("关于系统故障的公告：2026年5月1日，我们致歉。", None).kind is TextKind.announcement


@pytest.mark.parametrize("text", ["", " \n", "！？。", "\u200b\u200b", "长" * (LONGEST_TEXT + 1)])
def test_a_text_with_nothing_to_assess_or_without_end_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        assessed(text)


def test_files_repeat_byte_for_byte_and_hold_neither_text_nor_personal_data() -> None:
    one = assessed(ADVERT)
    for form in AssessmentFormat:
        content = export(one, form).content
        assert content == export(assessed(ADVERT), form).content
        whole = content.decode("utf-8", "ignore")
        if form is AssessmentFormat.docx:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                whole = packed.read("word/document.xml").decode()
        assert "急用钱找小禾" not in whole
        assert "139" not in whole.replace(one.text_hash, "").replace(one.checks_hash, "")
        assert one.text_hash in whole
        assert UNVERIFIED in whole
        assert "不宜发布" in whole
    data = json.loads(export(one, AssessmentFormat.json).content)
    assert (data["by"], data["at"], data["title"]) == ("市场小李", "2026-05-01T09:30:00Z", "五一 活动 [手机号]")


def test_what_people_wrote_stays_text_in_markdown() -> None:
    hostile = assessed("最高可借 <img src=x onerror=alert(1)> | `秒批` # 人人可贷")
    text = export(hostile, AssessmentFormat.md).content.decode()
    assert "<img" not in text


def test_precedents_are_asked_for_each_category_and_their_lack_is_told() -> None:
    asked: list[tuple[str, str | None]] = []

    def ask(query: str, category: str | None) -> SearchResult:
        asked.append((query, category))
        return SearchResult(query=query, no_precedent=True, hits=())

    found = assessed(ADVERT, search=lambda findings, text: precedents(findings, text, ask, lambda _: None)).precedents
    assert (found.no_precedent, found.note) == (True, "没有相近先例")
    assert [category for _, category in asked] == ["regulatory_action", "interest_dispute", "false_advertising"]
    assert "央企背书" in asked[0][0]


def test_an_embedder_that_is_not_there_does_not_stop_an_assessment() -> None:
    def ask(query: str, category: str | None) -> SearchResult:
        raise EmbedderUnavailable("模型未准备")

    found = assessed(ADVERT, search=lambda findings, text: precedents(findings, text, ask, lambda _: None))
    assert found.findings
    assert "没有查找历史事件：模型未准备" in found.precedents.note


def test_texts_come_from_utf8_gb18030_utf16_and_word() -> None:
    said = "最高可借20万\n秒批"
    assert read_document("a.txt", said.encode()).text == said
    assert read_document("a.txt", b"\xef\xbb\xbf" + said.replace("\n", "\r\n").encode()).text == said
    assert read_document("a.MD", said.encode("gb18030")).text == said
    assert read_document("a.txt", said.encode("utf-16")).text == said
    written = Document()
    written.add_paragraph("最高可借20万")
    cells = written.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "利率", "日息万五"
    written.sections[0].footer.paragraphs[0].text = "理性借贷"
    content = io.BytesIO()
    written.save(content)
    assert read_document("a.docx", content.getvalue()).text.splitlines() == [
        "最高可借20万",
        "利率｜日息万五",
        "理性借贷",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.7", "只能读取"),
        ("a.txt", b"", "文件是空的"),
        ("a.txt", "\ufeff".encode(), "没有文字"),
        ("a.txt", b"%PDF-1.7 x", "不是文本文件"),
        ("a.txt", b"MZ\0\0\1", "不是文本文件"),
        ("a.txt", bytes(range(128, 256)) * 4, "编码认不出来"),
        ("a.docx", b"PK\x03\x04 broken", "读不出来"),
        ("a.docx", "只是文字".encode(), "读不出来"),
        ("a.txt", b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(name: str, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_document(name, content)
