"""Exports hold what was seen, open where they are meant to open, and carry no formula and nobody's data."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import docx
import pytest

from engine.model import Category, Level, Role
from engine.precedents.compare import compare_live, compare_past
from engine.precedents.finding import Found, browse, closeness, found, overview, within
from engine.precedents.query import PrecedentQuery
from engine.precedents.reports import comparison_report, found_report
from engine.precedents.tables import comparison_csv, found_csv, safe_cell
from retrieval.search import Hit, SearchResult
from tests.unit.precedents.support import live, past, statement, task

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ENTRY = past()
HOSTILE = '=HYPERLINK("http://x.example","点我")<script>alert(1)</script>\x00\u200b我的手机13812345678'


def answer(query: str = "多收会员费", *, no_precedent: bool = False, title: str = ENTRY.title) -> Found:
    hits = (
        Hit(
            id=ENTRY.id,
            kind="incident",
            title=title,
            score=0.91,
            reasons=("同属收费争议", "共同的词：会员费"),
            category="fee_dispute",
            level="high",
        ),
        Hit(
            id="pb.fee_dispute",
            kind="playbook",
            title="收费争议预案",
            score=0.4,
            reasons=(),
            category="fee_dispute",
            level=None,
        ),
    )
    asked = PrecedentQuery(q=query, categories=(Category.fee_dispute,), outcomes=("平息",))
    return found(asked, SearchResult(query=query, no_precedent=no_precedent, hits=hits), {ENTRY.id: ENTRY}, AT)


def rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_spreadsheet_has_a_row_for_every_hit_with_its_facts_and_reasons() -> None:
    head, first, second = rows(found_csv(answer()))
    told = dict(zip(head, first, strict=True))
    assert told["标题"] == ENTRY.title
    assert (told["等级"], told["结果"], told["首次回应"]) == ("严重", "平息", "2小时后首次回应")
    assert told["理由"] == "同属收费争议；共同的词：会员费"
    assert told["筛选条件"] == "类别：收费争议；结果：平息"
    assert told["检索时间"] == "2026-03-02 09:30"
    assert dict(zip(head, second, strict=True))["种类"] == "预案"


def test_no_precedent_is_said_on_every_row() -> None:
    head, *found_rows = rows(found_csv(answer(no_precedent=True)))
    assert {row[head.index("判断")] for row in found_rows} == {"没有相近先例，仅供参考"}


@pytest.mark.parametrize("cell", ["=1+1", "+8613", "-2", "@SUM(A1)", " =1", "\u3000=1", "＝1", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert safe_cell("多收 1=2 元") == "多收 1=2 元"


def test_hostile_words_stay_one_harmless_cell_and_lose_personal_data() -> None:
    head, first, _ = rows(found_csv(answer(HOSTILE, title=HOSTILE)))
    for name in ("检索内容", "标题"):
        assert first[head.index(name)].startswith("'=HYPERLINK")
    assert "13812345678" not in first[head.index("检索内容")]


def test_a_word_report_tells_the_question_the_verdict_and_the_nearest_in_full() -> None:
    told = words(found_report(answer(), {ENTRY.id: ENTRY}, Role.analyst))
    for part in ("案例检索报告", "多收会员费", "类别：收费争议", "分析师", "2026-03-02 09:30"):
        assert part in told
    for part in (ENTRY.summary.strip(), "先退费再解释", "取消默认勾选", "一周后平息", "4,000", "40%"):
        assert part in told


def test_a_list_without_words_has_no_closeness_and_says_how_many_there_are() -> None:
    listed = browse(PrecedentQuery(levels=(Level.high,)), [ENTRY, past("inc.fee_dispute.low", level="low")], AT, 10)
    assert [one.hit.id for one in listed.entries] == [ENTRY.id]
    head, first = rows(found_csv(listed))
    assert (first[head.index("相近度")], first[head.index("判断")]) == ("", "")
    assert "符合筛选条件的共1条，列出1条。" in words(found_report(listed, {ENTRY.id: ENTRY}, Role.analyst))


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({"categories": ("fee_dispute",)}, True),
        ({"categories": ("privacy_leak",)}, False),
        ({"platforms": ("抖音", "知乎")}, True),
        ({"platforms": ("知乎",)}, False),
        ({"outcomes": ("恶化",)}, False),
        ({"strategies": ("rebuild",)}, True),
        ({"since": "2023-05-06", "until": "2023-05-06"}, True),
        ({"since": "2023-05-07"}, False),
        ({"until": "2023-05-05"}, False),
    ],
)
def test_filters_keep_and_drop_past_incidents(filters: dict[str, object], passes: bool) -> None:
    assert within(PrecedentQuery.model_validate(filters), ENTRY) is passes


def test_a_word_report_is_a4_with_named_chinese_fonts() -> None:
    document = docx.Document(io.BytesIO(found_report(answer(), {ENTRY.id: ENTRY}, Role.analyst)))
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    fonts = document.styles["Normal"].element.xml
    assert 'w:eastAsia="宋体"' in fonts
    assert 'w:eastAsia="黑体"' in document.styles["Heading 1"].element.xml


def test_the_same_findings_give_the_same_bytes_and_properties_that_name_nobody() -> None:
    first, again = (found_report(answer(), {ENTRY.id: ENTRY}, Role.pr) for _ in range(2))
    assert first == again
    properties = docx.Document(io.BytesIO(first)).core_properties
    assert (properties.author, properties.created) == ("CrisisDesk", AT)
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_word_report_takes_hostile_words_as_text() -> None:
    told = words(found_report(answer(HOSTILE, no_precedent=True), {}, Role.analyst))
    assert "<script>alert(1)</script>" in told
    assert "13812345678" not in told
    assert "没有相近先例；下表为相距最近的条目" in told


def test_a_comparison_goes_to_word_with_both_timelines_both_curves_and_the_moment() -> None:
    content = comparison_report(compare_live(live(statements=(statement(60),)), past()), Role.analyst, AT)
    told = words(content)
    for part in ("先例对照报告", "此刻（起点后3小时30分）", "批准声明：微博短声明", "归并同类帖文", "先退费再解释"):
        assert part in told
    assert "任务2（未完成，此为时限）" in told
    assert "林舟" not in told
    assert content == comparison_report(compare_live(live(statements=(statement(60),)), past()), Role.analyst, AT)


def test_a_comparison_goes_to_a_spreadsheet_line_by_line() -> None:
    head, *found_rows = rows(comparison_csv(compare_live(live(), past())))
    assert {len(row) for row in found_rows} == {len(head)}
    assert {row[0] for row in found_rows} == {"要点", "时间线", "走势", "此刻", "教训"}
    assert ["时间线", "先例", "120", "2小时", "步骤", "公关部", "发布致歉说明", "说明文稿"] in found_rows


def test_titles_that_people_typed_lose_personal_data_in_both_files() -> None:
    typed = "王小明13812345678投诉"
    ours = live(
        incident=live().incident.model_copy(update={"title": typed}),
        tasks=(task(1, 60).model_copy(update={"title": typed}),),
        statements=(statement(60).model_copy(update={"title": typed}),),
    )
    found = compare_live(ours, past())
    for told in (comparison_csv(found).decode(), words(comparison_report(found, Role.pr, AT))):
        assert "138" not in told
        assert told.count("[手机号]投诉") >= 3


def test_two_past_incidents_go_to_word_without_a_now() -> None:
    told = words(comparison_report(compare_past(past(), past("inc.fee_dispute.b", course=())), Role.pr, AT))
    assert "此刻" not in told
    assert "没有记录走势" in told


@pytest.mark.parametrize(("score", "word"), [(0.99, "很相近"), (0.7, "相近"), (0.4, "有些相近"), (0.0, "相距较远")])
def test_closeness_is_a_word(score: float, word: str) -> None:
    assert closeness(score) == word


def test_an_overview_counts_and_names_the_newest_own_the_worst_and_the_best() -> None:
    own = past("inc.fee_dispute.own", source="own", occurred_on=AT.date())
    bad = past("inc.fee_dispute.bad", outcome_grade="恶化", occurred_on=AT.date() - timedelta(days=9))
    told = overview([past(), own, bad], 12, 60)
    assert dict(told.by_category)[Category.fee_dispute] == 3
    assert [one.id for one in told.newest_own] == [own.id]
    assert [one.id for one in told.worst] == [bad.id]
    assert [one.id for one in told.best] == [own.id, past().id]
    assert told.platforms == ("微博", "抖音")


def test_a_query_says_its_filters_in_words_and_as_an_address() -> None:
    query = PrecedentQuery.model_validate(
        {"q": "多收", "categories": ["fee_dispute", "fee_dispute"], "since": "2024-01-01", "kinds": ["incident"]}
    )
    assert query.words() == ("种类：历史事件", "类别：收费争议", "时间：2024-01-01以后")
    assert query.filter_count == 3
    assert PrecedentQuery(q="多收").address() == "q=%E5%A4%9A%E6%94%B6"
    assert "since=2024-01-01" in query.address([("format", "csv")])
