"""Files that people assess → their text: .txt and .md in UTF-8 or GB18030, .docx. Every refusal says what to do."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import Final

from engine.errors import InputError

TYPES: Final = (".txt", ".md", ".docx")
MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_UNPACKED: Final = 50 * 1024 * 1024
_BINARY: Final = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF")
_ODD_SHARE: Final = 0.02


def read_document(name: str, content: bytes) -> str:
    """The text of a file. Raises InputError for a type, an encoding or a content that cannot be read."""
    kind = PurePath(name).suffix.lower()
    if kind not in TYPES:
        raise InputError(f"只能读取 {'、'.join(TYPES)} 文件，请另存为其中一种，或粘贴文字", place=name)
    if len(content) > MOST_BYTES:
        raise InputError(f"文件超过 {MOST_BYTES // (1024 * 1024)} MB，请只保留要发布的文字", place=name)
    if not content.strip():
        raise InputError("文件是空的，请写入要发布的内容", place=name)
    text = _from_docx(name, content) if kind == ".docx" else _from_text(name, content)
    if not text.strip():
        raise InputError("文件里没有文字（图片里的文字读不出来），请粘贴要发布的文字", place=name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_text(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(name, content, "utf-16")
    if content.startswith(_BINARY) or b"\0" in content:
        raise InputError("这不是文本文件，请另存为 .txt、.md 或 .docx", place=name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(name, content, "gb18030")


def _decoded(name: str, content: bytes, encoding: str) -> str:
    """GB18030 accepts nearly everything: what reads as odd characters was another encoding."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError("编码认不出来，请以 UTF-8 或 GB18030 保存", place=name) from error
    odd = sum(not (char.isprintable() or char in "\r\n\t\u3000") for char in text)
    if odd > len(text) * _ODD_SHARE:
        raise InputError("编码认不出来，请以 UTF-8 或 GB18030 保存", place=name)
    return text


def _from_docx(name: str, content: bytes) -> str:
    """Paragraphs and tables in reading order, headers and footers after them."""
    from docx import Document  # noqa: PLC0415 - slow to import, and only for this type
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415

    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise InputError("文档解压后太大，请只保留要发布的文字", place=name)
        document = Document(BytesIO(content))
        return "\n".join(_lines(document))
    except (zipfile.BadZipFile, PackageNotFoundError, SyntaxError, KeyError, ValueError, EOFError) as error:
        raise InputError("这份 .docx 读不出来（可能损坏或有密码），请另存一份或粘贴文字", place=name) from error


def _lines(document: object) -> Iterator[str]:
    from docx.document import Document  # noqa: PLC0415
    from docx.table import Table  # noqa: PLC0415

    if not isinstance(document, Document):
        return
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield "｜".join(filter(None, cells))
        else:
            yield block.text
    for section in document.sections:
        for part in (section.header, section.footer):
            yield from (paragraph.text for paragraph in part.paragraphs if paragraph.text.strip())
