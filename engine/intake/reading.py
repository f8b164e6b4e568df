"""Files, standard input and requests become a stream of accepted and rejected records."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from engine.errors import InputError
from engine.intake.mapping import ColumnMapping, refuse_missing, suggest_mapping
from engine.intake.outcomes import Accepted, Outcome, rejected
from engine.intake.parsing import bounded_lines, parse_record
from engine.intake.records import Reading, to_mention
from engine.intake.tables import Row, csv_rows, xlsx_rows
from engine.intake.times import Arrival, Clock

REQUEST_LIMIT = 1_000
"""Records of one request."""

RowReader = Callable[[Path, ColumnMapping | None], Iterator[Row]]
_ROWS: dict[str, RowReader] = {
    ".csv": csv_rows,
    ".tsv": csv_rows,
    ".xlsx": xlsx_rows,
}
_LINES = {".jsonl", ".ndjson", ".json", ""}


def read_jsonl(
    lines: Iterable[bytes | str], *, source: str, place: str, clock: Clock, replay: bool = False, history: bool = False
) -> Iterator[Outcome]:
    """Mentions of JSON Lines, one by one; blank lines are passed over. `place` is the name shown before `:line`."""
    return _lines(lines, Reading(source, Arrival(clock, replay), history), place)


def read_objects(
    records: Sequence[Mapping[str, object]],
    *,
    source: str,
    clock: Clock,
    place: str = "请求",
    replay: bool = False,
    history: bool = False,
) -> Iterator[Outcome]:
    """Mentions of parsed JSON objects; their place is their number from 1.

    Raises:
        InputError: more than 1,000 records; nothing is taken then.

    """
    if len(records) > REQUEST_LIMIT:
        raise InputError(f"一次最多提交 {REQUEST_LIMIT} 条，实际 {len(records)} 条", place=place)
    reading = Reading(source, Arrival(clock, replay), history)
    return (_outcome(record, reading, f"{place}:{number}", record) for number, record in enumerate(records, start=1))


def read_csv(
    path: Path, mapping: ColumnMapping | None, *, clock: Clock, replay: bool = False, history: bool = False
) -> Iterator[Outcome]:
    """Mentions of a CSV file; without a mapping the headers' usual meanings are taken.

    Raises:
        InputError: no header, or a mapped column is missing.

    """
    return _read_table(path, csv_rows, mapping, Reading(path.stem, Arrival(clock, replay), history))


def read_xlsx(
    path: Path, mapping: ColumnMapping | None, *, clock: Clock, replay: bool = False, history: bool = False
) -> Iterator[Outcome]:
    """Mentions of a sheet of an Excel workbook; as `read_csv`."""
    return _read_table(path, xlsx_rows, mapping, Reading(path.stem, Arrival(clock, replay), history))


def open_records(
    path: Path | str,
    mapping: ColumnMapping | None = None,
    *,
    clock: Clock,
    source: str | None = None,
    replay: bool = False,
    history: bool = False,
    stdin: BinaryIO | None = None,
) -> Iterator[Outcome]:
    """Mentions of a file by its suffix (.jsonl .csv .tsv .xlsx), or of standard input (`-`, JSON Lines).

    `source` defaults to the mapping's, then to the file's name without suffix. The file is opened at once and read
    as the mentions are taken.

    Raises:
        InputError: no such file, empty, a wrong kind, or a header that does not fit.

    """
    name = source or (mapping.source if mapping else None)
    if str(path) == "-":
        stream = stdin or sys.stdin.buffer
        return read_jsonl(
            bounded_lines(stream),
            source=name or "标准输入",
            place="标准输入",
            clock=clock,
            replay=replay,
            history=history,
        )
    file = _checked_file(Path(path))
    suffix = file.suffix.lower()
    reading = Reading(name or file.stem, Arrival(clock, replay), history)
    if suffix in _LINES:
        return _read_file(file, reading)
    if suffix not in _ROWS:
        raise InputError(f"不支持的文件类型“{suffix}”，可用：.jsonl .csv .tsv .xlsx", place=file.name)
    named = mapping.model_copy(update={"source": name}) if mapping and name else mapping
    return _read_table(file, _ROWS[suffix], named, reading)


def _checked_file(path: Path) -> Path:
    if not path.is_file():
        raise InputError("文件不存在或不是普通文件", place=str(path))
    if path.stat().st_size == 0:
        raise InputError("文件是空的", place=path.name)
    return path


def _read_file(path: Path, reading: Reading) -> Iterator[Outcome]:
    with path.open("rb") as stream:
        yield from _lines(bounded_lines(stream), reading, path.name)


def _lines(lines: Iterable[bytes | str], reading: Reading, place: str) -> Iterator[Outcome]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _line_outcome(line, reading, f"{place}:{number}")


def _read_table(path: Path, rows_of: RowReader, mapping: ColumnMapping | None, reading: Reading) -> Iterator[Outcome]:
    """The header is read and checked now, the rows when they are taken."""
    rows = rows_of(path, mapping)
    headers, place = _headers(path, rows, mapping.header_row if mapping else 1)
    used = mapping or suggest_mapping(reading.source, headers)
    refuse_missing(used, headers, place)
    settled = replace(reading, source=used.source, time_format=used.time_format)
    return (
        _row_outcome(cells, headers, used, settled, row_place)
        for row_place, cells in rows
        if isinstance(cells, InputError) or any(cell not in {None, ""} for cell in cells)
    )


def _headers(path: Path, rows: Iterator[Row], header_row: int) -> tuple[list[str], str]:
    for number, (place, cells) in enumerate(rows, start=1):
        if number == header_row:
            if isinstance(cells, InputError):
                raise InputError(cells.reason, place=place)
            return ["" if cell is None else str(cell).strip() for cell in cells], place
    raise InputError(f"没有第 {header_row} 行表头", place=path.name)


def _line_outcome(line: bytes | str, reading: Reading, place: str) -> Outcome:
    try:
        record = parse_record(line)
    except InputError as error:
        return rejected(error, place, line)
    return _outcome(record, reading, place, line)


def _row_outcome(
    cells: list[object] | InputError, headers: list[str], mapping: ColumnMapping, reading: Reading, place: str
) -> Outcome:
    if isinstance(cells, InputError):
        return rejected(cells, place, "")
    if len(cells) > len(headers) and any(cell not in {None, ""} for cell in cells[len(headers) :]):
        return rejected(InputError(f"有 {len(cells)} 列，表头只有 {len(headers)} 列"), place, repr(cells))
    row = dict(zip(headers, cells, strict=False))
    try:
        record = mapping.to_record(row)
    except InputError as error:
        return rejected(error, place, repr(row))
    return _outcome(record, reading, place, repr(row))


def _outcome(record: Mapping[str, object], reading: Reading, place: str, raw: object) -> Outcome:
    if not isinstance(record, Mapping):
        return rejected(InputError("每条记录应为一个对象"), place, raw)
    try:
        return Accepted(mention=to_mention(record, reading), place=place)
    except InputError as error:
        return rejected(error, place, raw)
