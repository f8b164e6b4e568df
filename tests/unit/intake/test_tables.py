"""Spreadsheets of monitoring tools, each with its own columns."""

import csv
import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from pydantic import ValidationError

from engine.errors import InputError
from engine.intake import CHINA, Accepted, ColumnMapping, Outcome, Rejected, open_records, suggest_mapping
from engine.model import AuthorKind

NOW = datetime(2026, 3, 5, 10, 30, tzinfo=CHINA)
HEADERS = ["标题", "正文", "发布时间", "媒体名称", "粉丝数", "转发数", "情感", "来源", "原文链接", "备注"]
ROW = [
    "标题一",
    "多收了会员费",
    "2026/3/5 9:00",
    "南屏财经",
    "1.2万",
    "1,024",
    "负面",
    "微博",
    "http://a.example.com/1",
    "忽略",
]


def records(path: Path, mapping: ColumnMapping | None = None) -> list[Outcome]:
    return list(open_records(path, mapping, clock=lambda: NOW))


def written(folder: Path, *rows: list[str], encoding: str = "utf-8", name: str = "导出.csv") -> Path:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    path = folder / name
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def workbook(folder: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(folder / "导出.xlsx")
    return folder / "导出.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_export_with_usual_chinese_headers_needs_no_mapping(tmp_path: Path, encoding: str) -> None:
    (found,) = records(written(tmp_path, HEADERS, ROW, encoding=encoding))
    assert isinstance(found, Accepted), str(found)
    mention = found.mention
    assert mention.text == "标题一\n多收了会员费"
    assert (mention.author.name, mention.author.followers, mention.engagement.reposts) == ("南屏财经", 12_000, 1024)
    assert (mention.platform, mention.source, found.place) == ("微博", "导出", "导出.csv:2")
    assert mention.upstream is not None
    assert mention.upstream.negativity == 0.9
    assert mention.published_at == datetime(2026, 3, 5, 9, tzinfo=CHINA)


def test_a_mapping_says_which_column_is_which_and_what_its_values_mean(tmp_path: Path) -> None:
    mapping = ColumnMapping(
        source="监测乙",
        columns={"话": "text", "谁": "author.kind", "何时": "published_at", "涉及": "brands"},
        values={"author.kind": {"报社": "media"}},
        time_format="%d.%m.%Y %H:%M",
    )
    path = written(tmp_path, ["话", "谁", "何时", "涉及"], ["多收费", "报社", "04.03.2026 08:15", "澄禾、栈桥"])
    (found,) = records(path, mapping)
    assert isinstance(found, Accepted), str(found)
    assert found.mention.author.kind is AuthorKind.media
    assert found.mention.published_at == datetime(2026, 3, 4, 8, 15, tzinfo=CHINA)
    assert (found.mention.brands, found.mention.source) == (("澄禾", "栈桥"), "监测乙")


def test_a_wrong_cell_names_its_row_and_column_and_the_rest_is_read(tmp_path: Path) -> None:
    bad_count, bad_mood, extra = [*ROW], [*ROW], [*ROW, "多一列"]
    bad_count[4], bad_mood[6] = "很多", "说不清"
    found = records(written(tmp_path, HEADERS, bad_count, bad_mood, extra, ROW))
    assert [type(item) for item in found] == [Rejected, Rejected, Rejected, Accepted]
    assert [item.place for item in found] == ["导出.csv:2", "导出.csv:3", "导出.csv:4", "导出.csv:5"]
    assert isinstance(found[0], Rejected)
    assert isinstance(found[1], Rejected)
    assert (found[0].field, found[1].field) == ("粉丝数", "情感")


def test_line_breaks_in_cells_keep_the_line_numbers_right(tmp_path: Path) -> None:
    found = records(written(tmp_path, ["正文"], ["第一行\n第二行"], ["", ""], ["第三条"]))
    assert [item.place for item in found] == ["导出.csv:2", "导出.csv:5"]


def test_a_cell_that_is_no_text_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("正文\n" + f"{'好' * 300}\n" * 100).encode() + b"\xff\xfe\n" + "好\n".encode())
    found = records(path)
    assert next(item for item in found if isinstance(item, Rejected)).reason.startswith("含有无法解码的字节")
    assert isinstance(found[-1], Accepted)


def test_an_unclosed_quote_does_not_swallow_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('正文\n"没有结束' + "费\n" * 10, encoding="utf-8")
    (found,) = records(path)
    assert isinstance(found, Rejected)
    assert "引号" in found.reason


def test_excel_dates_numbers_and_blanks_are_understood(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["编号", "内容", "发布时间", "点赞数"],
        [17, "多收费", datetime(2026, 3, 5, 9, 5), 12.0],  # noqa: DTZ001 - Excel knows no zone
        [None, None, None, None],
        [1234567890123456789.0, "编号坏了", None, None],
    )
    first, second = records(path)
    assert isinstance(first, Accepted), str(first)
    assert (first.mention.external_id, first.mention.engagement.likes) == ("17", 12)
    assert first.mention.published_at == datetime(2026, 3, 5, 9, 5, tzinfo=CHINA)
    assert isinstance(second, Rejected)
    assert "超过15位" in second.reason
    assert second.place == "导出.xlsx:4"


def test_a_file_that_cannot_be_read_says_why_at_once(tmp_path: Path) -> None:
    (tmp_path / "空.csv").touch()
    (tmp_path / "假.xlsx").write_text("x", encoding="utf-8")
    (tmp_path / "a.pdf").write_text("x", encoding="utf-8")
    (tmp_path / "b.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    complaints = {"没有.csv": "不存在", "空.csv": "空的", "假.xlsx": "不是有效的", "a.pdf": "不支持", "b.csv": "正文列"}
    for name, says in complaints.items():
        with pytest.raises(InputError, match=says):
            open_records(tmp_path / name, clock=lambda: NOW)


def test_a_mapped_column_that_is_missing_is_named_with_the_nearest(tmp_path: Path) -> None:
    mapping = ColumnMapping(source="s", columns={"正文内容": "text"})
    with pytest.raises(InputError, match="缺少列“正文内容”，是否想写“正文”"):
        open_records(written(tmp_path, HEADERS, ROW), mapping, clock=lambda: NOW)


def test_a_mapping_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValidationError, match="缺少正文列"):
        ColumnMapping(source="s", columns={"a": "url"})
    with pytest.raises(ValidationError, match="对应了多列"):
        ColumnMapping(source="s", columns={"a": "text", "b": "text"})
    with pytest.raises(ValidationError):
        ColumnMapping.model_validate({"source": "s", "columns": {"a": "txt"}})


def test_suggested_mappings_survive_being_stored() -> None:
    suggested = suggest_mapping("监测甲", HEADERS)
    assert ColumnMapping.model_validate_json(suggested.model_dump_json()) == suggested
    assert "备注" not in suggested.columns


def test_standard_input_is_json_lines() -> None:
    stream = io.BytesIO('\ufeff{"text": "一"}\n'.encode() + b'{"text": "' + b"x" * 10_000_000 + b'"}\n{"text": "3"}')
    found = list(open_records("-", clock=lambda: NOW, stdin=stream))
    assert [item.place for item in found] == ["标准输入:1", "标准输入:2", "标准输入:3"]
    assert [type(item) for item in found] == [Accepted, Rejected, Accepted]
