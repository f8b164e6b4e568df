"""Rows of CSV and Excel files, streamed, with the place of each row."""

import csv
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import InputError
from engine.intake.mapping import ColumnMapping
from engine.intake.parsing import LINE_LIMIT, bounded_lines

Row = tuple[str, list[object] | InputError]
"""Where a row starts, and its cells or why they cannot be read."""

_SNIFFED = 1 << 16
_UNPACKED_LIMIT = 2_000_000_000
_UNDECODED = re.compile("[\udc80-\udcff]")


def csv_rows(path: Path, mapping: ColumnMapping | None) -> Iterator[Row]:
    """Rows of a CSV file (header included) in the order of the file. Tabs separate in a .tsv file."""
    delimiter = "\t" if path.suffix.lower() == ".tsv" else (mapping.delimiter if mapping else ",")
    csv.field_size_limit(LINE_LIMIT)
    with path.open("rb") as stream:
        encoding = mapping.encoding if mapping and mapping.encoding != "auto" else _encoding_of(stream)
        reader = csv.reader(_decoded_lines(stream, encoding), delimiter=delimiter, strict=True)
        while True:
            place = f"{path.name}:{reader.line_num + 1}"
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield place, InputError(_csv_reason(str(error)))
                continue
            yield place, (_checked(cells) if cells else [])


def xlsx_rows(path: Path, mapping: ColumnMapping | None) -> Iterator[Row]:
    """Rows of one sheet of an Excel workbook (.xlsx), the first unless the mapping names one.

    Raises:
        InputError: not a workbook, or no such sheet.

    """
    _refuse_bomb(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise InputError(f"不是有效的 Excel 文件（.xlsx）：{type(error).__name__}", place=path.name) from None
        try:
            sheet_name = mapping.sheet if mapping and mapping.sheet else book.sheetnames[0]
            if sheet_name not in book.sheetnames:
                raise InputError(f"没有工作表“{sheet_name}”，现有：{'、'.join(book.sheetnames)}", place=path.name)
            for number, cells in enumerate(book[sheet_name].iter_rows(values_only=True), start=1):
                yield f"{path.name}:{number}", cast("list[object]", list(cells))
        finally:
            book.close()


def _refuse_bomb(path: Path) -> None:
    """A workbook is a zip archive: a small file may unpack to something that fills the memory."""
    if not zipfile.is_zipfile(path):
        raise InputError("不是有效的 Excel 文件（.xlsx）；旧版 .xls 请另存为 .xlsx", place=path.name)
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_LIMIT:
            raise InputError("Excel 文件解压后过大，请拆分或改用 CSV", place=path.name)


def _encoding_of(stream: BinaryIO) -> str:
    """UTF-8 where the beginning is valid UTF-8, else GB18030, which Chinese Excel writes."""
    head = stream.read(_SNIFFED)
    stream.seek(0)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_at_the_end = len(head) == _SNIFFED and error.start > _SNIFFED - 4
        return "utf-8" if cut_at_the_end else "gb18030"
    return "utf-8"


def _decoded_lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines as text; bytes that are no text become lone surrogates, so that only their row is refused."""
    for number, line in enumerate(bounded_lines(stream)):
        text = line.decode(encoding, errors="surrogateescape")
        yield text.removeprefix("\ufeff") if number == 0 else text


def _checked(cells: list[str]) -> list[object] | InputError:
    if any(_UNDECODED.search(cell) for cell in cells):
        return InputError("含有无法解码的字节，请确认文件编码为 UTF-8 或 GB18030")
    if sum(map(len, cells)) >= LINE_LIMIT:
        return InputError(f"单行超过上限 {LINE_LIMIT} 字节")
    return list(cells)


def _csv_reason(message: str) -> str:
    if "field larger" in message:
        return f"单元格超过上限 {LINE_LIMIT} 字节，或引号没有结束"
    if "end of data" in message:
        return "引号没有结束"
    return "CSV 格式有误：引号或分隔符不成对"
