"""Files that people assess → their text: .txt and .md in UTF-8 or GB18030, .docx. Every refusal says what to do."""

import struct
import zipfile
import zlib
from pathlib import PurePath
from typing import Final
from xml.parsers.expat import ExpatError

from engine.errors import InputError
from engine.model import Frozen
from engine.precheck.assessing import LONGEST_TEXT, TOO_LONG
from engine.precheck.word_file import walk_word
from engine.precheck.word_walk import Unusable

TYPES: Final = (".txt", ".md", ".docx")
MOST_BYTES: Final = 5 * 1024 * 1024
_BINARY: Final = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF")
_ODD_SHARE: Final = 0.02
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    EOFError,
    OSError,
    RuntimeError,  # encrypted, unknown packing
    ValueError,
    LookupError,
)
"""What reading a damaged or protected zip file or its XML raises."""


class Document(Frozen):
    """The text of a file; `unread` names what else is in it (pictures, charts…), `remarks` are for the assessment."""

    text: str
    unread: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read_document(name: str, content: bytes) -> Document:
    """The text of a file. Raises InputError for a type, an encoding, a length or a content that cannot be taken."""
    kind = PurePath(name).suffix.lower()
    if kind not in TYPES:
        raise InputError(f"只能读取 {'、'.join(TYPES)} 文件，请另存为其中一种，或粘贴文字", place=name)
    if len(content) > MOST_BYTES:
        raise InputError(f"文件超过 {MOST_BYTES // (1024 * 1024)} MB，请只保留要发布的文字", place=name)
    if not content.strip():
        raise InputError("文件是空的，请写入要发布的内容", place=name)
    read = _from_docx(name, content) if kind == ".docx" else Document(text=_from_text(name, content))
    text = read.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("文件里没有文字（图片里的文字读不出来），请粘贴要发布的文字", place=name)
    if len(text) > LONGEST_TEXT:
        raise InputError(TOO_LONG, place=name)
    return read.model_copy(update={"text": text})


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


def _from_docx(name: str, content: bytes) -> Document:
    try:
        walk = walk_word(content)
    except Unusable as error:
        raise InputError(str(error), place=name) from error
    except _DAMAGED as error:
        raise InputError("这份 .docx 读不出来（可能损坏或有密码），请另存一份或粘贴文字", place=name) from error
    return Document(text=walk.text(), unread=tuple(walk.unread), remarks=tuple(walk.remarks))
