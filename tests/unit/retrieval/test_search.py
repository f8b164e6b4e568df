"""Search over made entries with the hashing embedder: filters, reasons, order, cache, and queries meant to hurt."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.schema import Category, IncidentStep, Level, PastIncident, Strategy
from retrieval.calibrate import NOT_FITTED
from retrieval.embedder import Counter, Vectors
from retrieval.errors import NotCalibrated, QueryError
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine

CAUSES = {
    "fee": (Category.fee_dispute, Level.medium, "会员费默认勾选，借款页面没有提示"),
    "calls": (Category.debt_collection, Level.high, "外包催收团队爆通讯录，半夜打电话骚扰"),
    "outage": (Category.system_outage, Level.low, "机房故障，系统登录不上，还款失败"),
    "leak": (Category.privacy_leak, Level.high, "员工倒卖客户名单，个人信息泄露"),
}


def incident(name: str) -> PastIncident:
    category, level, cause = CAUSES[name]
    step = IncidentStep(after="1小时", actor="公关", action="发布说明", material="说明文稿")
    return PastIncident(
        id=f"inc.{category}.{name}",
        title=cause[:8],
        owner="公关",
        reviewed_on=date(2025, 1, 1),
        category=category,
        level=level,
        occurred_on=date(2024, 1, 1),
        platforms=("微博",),
        scale="两天内一千条",
        summary=f"{cause}。" * 5,
        cause=cause,
        turning_point="公司公布处理结果",
        strategy=Strategy.rebuild,
        steps=(step, step, step),
        outcome="两周后平息",
        outcome_grade="平息",
        lessons=("及早说明",),
        voices=(f"我遇到了{cause}", "没有人管"),
    )


ENTRIES = [incident(name) for name in CAUSES]


class CountingEmbedder(HashingEmbedder):
    """Remembers how many passages it embedded."""

    def __init__(self, dimension: int = 256) -> None:
        super().__init__(dimension)
        self.embedded = 0

    def passages(self, texts: Sequence[str], progress: Counter | None = None) -> Vectors:
        self.embedded += len(texts)
        return super().passages(texts, progress)


@pytest.fixture(scope="module")
def engine() -> SearchEngine:
    return SearchEngine.build(ENTRIES, HashingEmbedder(), cache=None)


@pytest.mark.parametrize("name", CAUSES)
def test_an_entry_is_found_by_its_cause(engine: SearchEngine, name: str) -> None:
    result = engine.search(CAUSES[name][2])
    assert result.hits[0].id == incident(name).id
    assert not result.no_precedent


def test_hits_are_scored_downwards_between_zero_and_one(engine: SearchEngine) -> None:
    scores = [hit.score for hit in engine.search("半夜打电话催收", k=4).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_reasons_name_the_passage_the_words_and_the_category(engine: SearchEngine) -> None:
    hit = engine.search("爆通讯录催收", category=Category.debt_collection).hits[0]
    assert hit.reasons == (
        "含义最接近的是典型声音：“我遇到了外包催收团队爆通讯录，半夜打电话骚扰”",
        "共同的词：催收、爆通讯录",
        "同属催收争议",
        "2024年1月发生，当时致歉整改，结果平息",
    )


def test_filters_narrow_and_an_empty_choice_is_no_precedent(engine: SearchEngine) -> None:
    assert {hit.level for hit in engine.search("客户", level="high").hits} == {"high"}
    assert [hit.category for hit in engine.search("客户", category="privacy_leak").hits] == ["privacy_leak"]
    nothing = engine.search("客户", kinds=frozenset({"template"}))
    assert nothing.no_precedent
    assert nothing.hits == ()


def test_k_limits_the_hits(engine: SearchEngine) -> None:
    assert len(engine.search("客户", k=2).hits) == 2
    assert engine.search("客户", k=0).hits == ()
    assert len(engine.search("客户", k=1000).hits) == 4


def test_an_empty_knowledge_base_has_no_precedent() -> None:
    result = SearchEngine.build([], HashingEmbedder(), cache=None).search("催收")
    assert result.no_precedent
    assert result.hits == ()


@pytest.mark.parametrize("query", ["", "   \n", "。！？……", "\x00\x07\x1b", "的了吗", "🙂🙂"])
def test_a_query_without_a_word_is_refused(engine: SearchEngine, query: str) -> None:
    with pytest.raises(QueryError, match="没有可用的文字"):
        engine.search(query)


@pytest.mark.parametrize(
    "query", ["催" * 100_000, "爆通讯录\x00\x1b[31m", "催收\ud800", "a" * 100_000, "'; DROP TABLE--"]
)
def test_a_hostile_query_with_words_gets_an_ordinary_answer(engine: SearchEngine, query: str) -> None:
    assert len(engine.search(query).hits) == 4


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered_or_refused_in_chinese(engine: SearchEngine, query: str) -> None:
    try:
        assert engine.search(query).query == query
    except QueryError as error:
        assert "检索内容" in str(error)  # noqa: PT017 - both outcomes are right


def test_the_order_of_entries_does_not_matter(engine: SearchEngine) -> None:
    turned = SearchEngine.build(ENTRIES[::-1], HashingEmbedder(), cache=None)
    for _, _, cause in CAUSES.values():
        assert turned.search(cause) == engine.search(cause)


def test_threads_get_the_same_answers(engine: SearchEngine) -> None:
    queries = [cause for _, _, cause in CAUSES.values()] * 8
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(engine.search, queries)) == [engine.search(query) for query in queries]


def test_a_cache_embeds_only_what_is_new(tmp_path: Path) -> None:
    first = CountingEmbedder()
    SearchEngine.build(ENTRIES[:3], first, cache=tmp_path)
    again = CountingEmbedder()
    SearchEngine.build(ENTRIES[:3], again, cache=tmp_path)
    grown = CountingEmbedder()
    cached = SearchEngine.build(ENTRIES, grown, cache=tmp_path)
    assert first.embedded > again.embedded == 0
    assert 0 < grown.embedded < 12
    fresh = SearchEngine.build(ENTRIES, HashingEmbedder(), cache=None)
    assert cached.search("客户信息") == fresh.search("客户信息")


def test_what_left_the_knowledge_base_leaves_the_cache(tmp_path: Path) -> None:
    SearchEngine.build(ENTRIES, HashingEmbedder(), cache=tmp_path)
    engine = SearchEngine.build(ENTRIES[:1], HashingEmbedder(), cache=tmp_path)
    assert [hit.id for hit in engine.search("催收", k=9).hits] == [ENTRIES[0].id]


def test_a_cache_of_another_embedder_or_a_damaged_one_is_built_again(tmp_path: Path) -> None:
    SearchEngine.build(ENTRIES, HashingEmbedder(64), cache=tmp_path, calibration=NOT_FITTED)
    other = CountingEmbedder(256)
    SearchEngine.build(ENTRIES, other, cache=tmp_path)
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        file.write_bytes(b"broken")
    repaired = CountingEmbedder(256)
    SearchEngine.build(ENTRIES, repaired, cache=tmp_path)
    assert other.embedded == repaired.embedded > 0


def test_an_embedder_that_nobody_calibrated_is_refused_and_told_what_to_run() -> None:
    with pytest.raises(NotCalibrated, match="crisisdesk reindex"):
        SearchEngine.build(ENTRIES, HashingEmbedder(64), cache=None)
