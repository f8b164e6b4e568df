"""Word files as people and attackers make them: all that Word shows is read, or the assessment says what is not."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from docx import Document

from engine.errors import InputError
from engine.precheck.assessing import LONGEST_TEXT
from engine.precheck.documents import read_document
from engine.precheck.model import TextKind, Verdict
from engine.precheck.verdict import verdict_of
from tests.unit.precheck.test_assessing import CLEAN, assessed

SPACES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(files: dict[str, str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as written:
        for name, text in files.items():
            written.writestr(name, text)
    return content.getvalue()


def word(body: str, beside: dict[str, tuple[str, str]] | None = None, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A Word file with this body; `beside` are parts by relationship id: (kind, XML inside its root)."""
    files = {
        "_rels/.rels": RELATIONS.format(
            f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
    }
    rows = ""
    for name, (kind, inside) in (beside or {}).items():
        rows += f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{name}.xml"/>'
        files[f"word/{name}.xml"] = f"<w:root {SPACES}>{inside}</w:root>"
    files["word/_rels/document.xml.rels"] = RELATIONS.format(rows)
    return packed(files, packing)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(inside: str) -> str:
    return f"<w:p>{inside}</w:p>"


def box(text: str) -> str:
    return f"<w:txbxContent>{paragraph(run(text))}</w:txbxContent>"


def cell(inside: str) -> str:
    return f"<w:tc>{inside}</w:tc>"


def table(*cells: str) -> str:
    return f"<w:tbl><w:tr>{''.join(map(cell, cells))}</w:tr></w:tbl>"


TWICE = (
    f"<mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{box('秒批')}</wps:txbx></mc:Choice>"
    f"<mc:Fallback><w:pict><v:textbox>{box('秒批')}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (paragraph(run("秒") + f"<w:ins>{run('批')}</w:ins>"), ["秒批"]),
        (paragraph(run("秒") + "<w:del><w:r><w:delText>慢</w:delText></w:r></w:del>" + run("批")), ["秒批"]),
        (paragraph(f"<w:moveFrom>{run('旧')}</w:moveFrom><w:moveTo>{run('新')}</w:moveTo>"), ["新"]),
        (paragraph("<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run("秒")) + paragraph(run("批")), ["秒批"]),
        (f"<w:sdt><w:sdtContent>{paragraph(run('秒批'))}</w:sdtContent></w:sdt>", ["秒批"]),
        (paragraph(f"<w:sdt><w:sdtContent>{run('秒批')}</w:sdtContent></w:sdt>"), ["秒批"]),
        (paragraph(f"<w:hyperlink>{run('秒')}</w:hyperlink><w:smartTag>{run('批')}</w:smartTag>"), ["秒批"]),
        (paragraph(run("甲") + f"<w:r>{TWICE}</w:r>" + run("乙")), ["甲乙", "秒批"]),
        (paragraph(f"<w:r>{TWICE.replace('秒批', '另写', 1)}</w:r>"), ["另写", "秒批"]),
        (table(paragraph(run("利率")), table(paragraph(run("日息")), paragraph(run("万五")))), ["利率", "日息｜万五"]),
        (table(paragraph(run("甲")) + paragraph(run("乙")), "<w:p/>", paragraph(run("丙"))), ["甲", "乙｜丙"]),
        (paragraph("<m:oMath><m:r><m:t>年利率=36%</m:t></m:r></m:oMath>"), ["年利率=36%"]),
        (paragraph("<w:r><w:pict><v:shape><v:textpath string='秒批'/></v:shape></w:pict></w:r>"), ["秒批"]),
        (paragraph("<w:r><w:t>秒</w:t><w:br/><w:t>批</w:t><w:tab/><w:t>到</w:t></w:r>"), ["秒", "批\t到"]),
        (paragraph("<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>" + run("秒批")), ["秒批"]),
    ],
)
def test_what_word_shows_with_revisions_accepted_is_read_once(body: str, lines: list[str]) -> None:
    assert read_document("a.docx", word(body)).text.split("\n") == lines


def test_notes_and_the_headers_that_are_used_are_read_after_the_body() -> None:
    body = paragraph(run("正文")) + '<w:sectPr><w:headerReference r:id="h1"/><w:footerReference r:id="f1"/></w:sectPr>'
    beside = {
        "h1": ("header", table(paragraph(run("页眉")))),
        "h2": ("header", paragraph(run("没有用到"))),
        "f1": ("footer", paragraph(f"<w:ins>{run('页脚')}</w:ins>")),
        "notes": ("footnotes", f"<w:footnote>{paragraph(run('脚注'))}</w:footnote>"),
        "ends": ("endnotes", f"<w:endnote>{paragraph(run('尾注'))}</w:endnote>"),
    }
    assert read_document("a.docx", word(body, beside)).text.split("\n") == ["正文", "脚注", "尾注", "页眉", "页脚"]


@pytest.mark.parametrize(
    ("inside", "unread"),
    [
        ("<a:graphic><a:graphicData uri='http://x/drawingml/2006/picture'/></a:graphic>", "图片"),
        ("<w:pict><v:imagedata/></w:pict>", "图片"),
        ("<a:graphic><a:graphicData uri='http://x/drawingml/2006/chart'/></a:graphic>", "图表"),
        ("<a:graphic><a:graphicData uri='http://x/drawingml/2006/diagram'/></a:graphic>", "SmartArt 图形"),
        ("<a:graphic><a:graphicData uri='http://x/unheard'/></a:graphic>", "嵌入的对象"),
        ("<w:object/>", "嵌入的对象"),
        ("<w:sym w:char='F0FE'/>", "符号字体的字符"),
    ],
)
def test_what_cannot_be_read_stands_beside_the_verdict(inside: str, unread: str) -> None:
    read = read_document("a.docx", word(paragraph(run(CLEAN)) + paragraph(f"<w:r>{inside}</w:r>")))
    assert read.unread == (unread,)
    found = assessed(read.text, TextKind.advert, unread=read.unread)
    assert found.verdict is Verdict.publish
    assert f"{unread}没有读取" in found.verdict_reason
    assert f"文件里的{unread}没有读取" in found.notes[0]


def test_nothing_is_said_of_unread_parts_where_all_was_read() -> None:
    read = read_document("a.docx", word(paragraph(f"<w:r>{TWICE}</w:r>")))
    assert (read.unread, read.remarks) == ((), ())
    assert verdict_of(()) == (Verdict.publish, "没有发现必须修改的内容")


def test_revisions_hidden_words_and_comments_are_remarked() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>年化利率</w:t></w:r>"
    body = paragraph(f"<w:ins>{run('秒批')}</w:ins>{hidden}<w:r><w:commentReference/></w:r>")
    read = read_document("a.docx", word(body))
    assert [one[:8] for one in read.remarks] == ["文档有未接受的修", "文档有隐藏文字，", "文档有批注，批注"]
    assert assessed(read.text, TextKind.advert, remarks=read.remarks).notes[:3] == read.remarks


HUGE = "<w:p/>" * 1_000_000


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: word(HUGE), "解压后太大"),
        (lambda: word("<w:p/>" * 30_000), "超过 20000 段"),
        (lambda: word(paragraph(run("长" * (LONGEST_TEXT + 1)))), "文字超过 100000 个字符"),
        (lambda: word(paragraph(run("长" * 300_000))), "文字超过 100000 个字符"),
        (lambda: word("<w:sdt>" * 600 + "</w:sdt>" * 600), "嵌套太深"),
        (lambda: word("<w:sdt>" * 600), "嵌套太深"),
        (lambda: word("<w:b/>" * 410_000), "太复杂"),
        (lambda: packed({"_rels/.rels": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "DOCTYPE"),
    ],
)
def test_a_file_beyond_measure_is_refused_at_once(make: Callable[[], bytes], said: str) -> None:
    content = make()
    before = time.process_time()
    with pytest.raises(InputError, match=said):
        read_document("a.docx", content)
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    "body",
    [
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='100000'/></w:tcPr>"
        + paragraph(run("秒批"))
        + "</w:tc></w:tr></w:tbl>",
        "<w:tbl>"
        + f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph(run('秒批'))}</w:tc></w:tr>" * 1_500
        + "</w:tbl>",
    ],
)
def test_merged_cells_cost_no_more_than_their_text(body: str) -> None:
    before = time.process_time()
    assert set(read_document("a.docx", word(body)).text.split("\n")) == {"秒批"}
    assert time.process_time() - before < 5


def test_text_beyond_the_limit_is_refused_in_every_kind_of_file() -> None:
    assert len(read_document("a.txt", ("长" * LONGEST_TEXT).encode()).text) == LONGEST_TEXT
    with pytest.raises(InputError, match=r"a\.txt 文字超过 100000 个字符，请分成几份评估"):
        read_document("a.txt", ("长" * (LONGEST_TEXT + 1)).encode())


def real() -> bytes:
    content = io.BytesIO()
    written = Document()
    written.add_paragraph("秒批" * 2_000)
    written.save(content)
    return content.getvalue()


def changed(content: bytes, part: str, offset: int, value: bytes) -> bytes:
    """Overwrite bytes of the header of a part in the directory at the end of the file, and in front of the part."""
    at = content.index(part.encode())
    directory = content.rindex(part.encode())
    damaged = bytearray(content)
    damaged[at - 30 + offset : at - 30 + offset + len(value)] = value
    damaged[directory - 46 + offset + 2 : directory - 46 + offset + 2 + len(value)] = value
    return bytes(damaged)


def cut_into(content: bytes, part: str) -> bytes:
    at = content.index(part.encode()) + len(part) + 5
    return content[:at] + b"\xff" * 8 + content[at + 8 :]


PART = "word/document.xml"


@pytest.mark.parametrize(
    "make",
    [
        lambda: cut_into(real(), PART),
        lambda: changed(real(), PART, 6, b"\x01\x00"),  # encrypted
        lambda: changed(real(), PART, 8, b"\x63\x00"),  # a packing of its own
        lambda: changed(real(), PART, 4, b"\x63\x00"),  # a version not known
        lambda: word(paragraph(run("秒批")), packing=zipfile.ZIP_BZIP2),
        lambda: word("<w:p>"),
        lambda: word('<w:sectPr><w:headerReference r:id="none"/></w:sectPr>'),
        lambda: packed({"a.txt": "秒批"}),
        lambda: packed({"_rels/.rels": RELATIONS.format('<Relationship Id="r1" Type="x/officeDocument"/>')}),
        lambda: packed({"_rels/.rels": "<?xml version='1.0' encoding='klingon'?><a/>"}),
        lambda: real()[:-200],
        lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
    ],
)
def test_a_damaged_or_protected_file_is_refused_with_what_to_do(make: Callable[[], bytes]) -> None:
    with pytest.raises(InputError, match=r"a\.docx 这份 \.docx 读不出来（可能损坏或有密码）"):
        read_document("a.docx", make())
