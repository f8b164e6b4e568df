"""Word documents are written here: A4, Chinese fonts by name, the same bytes for the same content."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell

BODY_FONT: Final = "宋体"
HEADING_FONT: Final = "黑体"
_WIDTH_CM: Final = 16.0
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_INK: Final = RGBColor(0x1C, 0x24, 0x30)
_WARNING: Final = RGBColor(0xA1, 0x1D, 0x17)
_SHADE: Final = "E4EEF5"
_CUSTOM: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


class Report:
    """A document that is written from top to bottom; `content` gives its bytes."""

    def __init__(self, title: str, at: datetime) -> None:
        """`at` is the time that the document's properties give."""
        self._document = Document()
        self._set_page()
        self._set_fonts()
        self._set_properties(title, at)
        self._document.add_heading(clean(title), level=0)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1 to 3."""
        self._document.add_heading(clean(text), level=level)

    def paragraph(self, text: str) -> None:
        """A paragraph."""
        self._document.add_paragraph(clean(text))

    def bullets(self, items: Iterable[str]) -> None:
        """A list."""
        for item in items:
            self._document.add_paragraph(clean(item), style="List Bullet")

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names with their values, as a table of two columns without a head."""
        rows = [*pairs]
        table = self._new_table(len(rows), (0.2, 0.8))
        for row, (name, value) in zip(table.rows, rows, strict=True):
            first, second = row.cells
            _fill(first, name, bold=True)
            _fill(second, value)
        self._document.add_paragraph()

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose head is repeated on every page; `widths` are shares of the page's width."""
        body = [*rows]
        table = self._new_table(len(body) + 1, widths)
        first, *others = table.rows
        for cell, name in zip(first.cells, head, strict=True):
            _fill(cell, name, bold=True)
            _shade(cell)
        _repeat(table)
        for row, values in zip(others, body, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                _fill(cell, value)
        self._document.add_paragraph()

    def notice(self, text: str) -> None:
        """A paragraph that is not overlooked."""
        run = self._document.add_paragraph().add_run(clean(text))
        run.bold, run.font.color.rgb = True, _WARNING

    def signature(self, lines: Iterable[str]) -> None:
        """Who says it, and when: at the right end, together on one page."""
        for line in lines:
            paragraph = self._document.add_paragraph(clean(line))
            paragraph.alignment, paragraph.paragraph_format.keep_together = WD_ALIGN_PARAGRAPH.RIGHT, True

    def every_page(self, top: str, bottom: str) -> None:
        """What stands above and below the text of each page; an empty one is left out."""
        section = self._document.sections[0]
        for text, part in ((top, section.header), (bottom, section.footer)):
            if text:
                paragraph = part.paragraphs[0]
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                run = paragraph.add_run(clean(text))
                run.font.size = Pt(9)

    def describe(self, keywords: str, properties: Mapping[str, str]) -> None:
        """The document's keywords and its own properties (docProps/custom.xml)."""
        self._document.core_properties.keywords = clean(keywords)[:255]
        package = self._document.part.package
        part = Part(PackURI("/docProps/custom.xml"), _CUSTOM_TYPE, _custom_properties(properties), package)
        package.relate_to(part, RT.CUSTOM_PROPERTIES)

    def content(self) -> bytes:
        """The file; its archive bears no time of its own, so that the same content gives the same bytes."""
        written = io.BytesIO()
        self._document.save(written)
        return _without_times(written.getvalue())

    def _new_table(self, rows: int, widths: Sequence[float]) -> Table:
        table: Table = self._document.add_table(rows=rows, cols=len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(_WIDTH_CM * width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(_WIDTH_CM * width)
        return table

    def _set_page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2.5)

    def _set_fonts(self) -> None:
        styles = self._document.styles
        sizes = {"Normal": 10.5, "Title": 18.0, "Heading 1": 14.0, "Heading 2": 12.0, "Heading 3": 10.5}
        for name, size in sizes.items():
            style = styles[name]
            if isinstance(style, ParagraphStyle):
                _set_font(style, BODY_FONT if name == "Normal" else HEADING_FONT, size)

    def _set_properties(self, title: str, at: datetime) -> None:
        properties, moment = self._document.core_properties, at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        properties.title, properties.author, properties.last_modified_by = (
            clean(title)[:200],
            "CrisisDesk",
            "CrisisDesk",
        )
        properties.comments, properties.language, properties.revision = "", "zh-CN", 1
        properties.created = properties.modified = moment


def clean(text: str) -> str:
    """The text without what a document cannot hold: control characters and half characters."""
    flat = " ".join(text.split())
    return "".join(char for char in flat if unicodedata.category(char) not in ("Cc", "Cs", "Cn"))


def _custom_properties(properties: Mapping[str, str]) -> bytes:
    """Numbered from 2: the format keeps 0 and 1 for itself."""
    rows = "".join(
        f'<property fmtid="{_FORMAT}" pid="{number}" name="{escape(clean(name))}">'
        f"<vt:lpwstr>{escape(clean(value))}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(properties.items(), 2)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<Properties xmlns="{_CUSTOM}" xmlns:vt="{_VALUES}">{rows}</Properties>'.encode()


def _set_font(style: ParagraphStyle, font: str, size: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), _INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [one for one in fonts.attrib if str(one).endswith("Theme")]:
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), font)


def _fill(cell: _Cell, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(clean(text))
    run.bold, run.font.size = bold, Pt(9)


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", _SHADE)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(table: Table) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def _without_times(archive: bytes) -> bytes:
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as found, zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(found.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            kept.writestr(entry, found.read(name))
    return plain.getvalue()
