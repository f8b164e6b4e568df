"""Filters name what is allowed when they are wrong, and the verdict is about what passes them."""

from datetime import date
from typing import Any

import pytest

from knowledge.schema import Category, Level, PastIncident, Strategy
from retrieval.errors import QueryError
from retrieval.filters import SearchFilters
from retrieval.hashing_embedder import HashingEmbedder
from retrieval.search import SearchEngine

from .test_search import ENTRIES

CHANGES: dict[str, dict[str, Any]] = {
    "inc.fee_dispute.fee": {"occurred_on": date(2021, 5, 6), "platforms": ("微博", "黑猫"), "outcome_grade": "恶化"},
    "inc.debt_collection.calls": {"occurred_on": date(2023, 7, 8), "strategy": Strategy.deny},
    "inc.system_outage.outage": {"occurred_on": date(2024, 2, 29), "platforms": ("抖音",)},
    "inc.privacy_leak.leak": {"occurred_on": date(2025, 1, 1), "platforms": ("家长微信群",)},
}
PAST: list[PastIncident] = [one.model_copy(update=CHANGES[one.id]) for one in ENTRIES]


@pytest.fixture(scope="module")
def engine() -> SearchEngine:
    return SearchEngine.build(PAST, HashingEmbedder(), cache=None)


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({"categories": "收费争议"}, {"fee"}),
        ({"categories": ["fee_dispute", "系统故障"]}, {"fee", "outage"}),
        ({"levels": "严重"}, {"calls", "leak"}),
        ({"platforms": "微信"}, {"leak"}),
        ({"platforms": ["抖音", "黑猫"]}, {"fee", "outage"}),
        ({"outcomes": "恶化"}, {"fee"}),
        ({"strategies": "澄清否认"}, {"calls"}),
        ({"since": "2024"}, {"outage", "leak"}),
        ({"since": "2023-07", "until": "2024-02"}, {"calls", "outage"}),
        ({"until": date(2021, 5, 6)}, {"fee"}),
        ({"kinds": "声明模板"}, set()),
        ({"levels": "严重", "since": "2025"}, {"leak"}),
    ],
)
def test_only_what_passes_every_filter_is_found(engine: SearchEngine, chosen: dict[str, Any], names: set[str]) -> None:
    result = engine.search("客户投诉", k=9, filters=SearchFilters(**chosen))
    assert {hit.id.rsplit(".", 1)[1] for hit in result.hits} == names
    assert result.no_precedent or names


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"categories": "收费"}, "类别没有“收费”，可选：fee_dispute（收费争议）"),
        ({"levels": ["high", "超高"]}, "等级没有“超高”，可选：low（轻微）、medium（中等）、high（严重）"),
        ({"outcomes": "好"}, "结果没有“好”，可选：好转、平息、恶化、长期影响"),
        ({"strategies": "道歉"}, "应对策略没有“道歉”"),
        ({"kinds": "法规"}, "知识种类没有“法规”，可选：incident（历史事件）"),
        ({"since": "去年"}, "日期“去年”无法识别"),
        ({"until": "2024-13"}, "日期“2024-13”无法识别"),
        ({"since": "2025", "until": "2024"}, "起始日期 2025-01-01 晚于截止日期 2024-12-31"),
    ],
)
def test_a_wrong_filter_is_refused_and_says_what_is_allowed(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(QueryError) as refused:
        SearchFilters(**chosen)
    assert told in str(refused.value)


def test_a_platform_that_no_incident_names_is_refused_with_those_that_are(engine: SearchEngine) -> None:
    with pytest.raises(QueryError, match=r"没有平台“火星”，常见的有：.*微博"):
        engine.search("客户", filters=SearchFilters(platforms="火星"))


def test_the_verdict_is_about_what_passes(engine: SearchEngine) -> None:
    query = "会员费默认勾选，借款页面没有提示"
    assert not engine.search(query).no_precedent
    assert engine.search(query, filters=SearchFilters(categories="隐私泄露")).no_precedent


def test_short_filters_narrow_the_long_ones(engine: SearchEngine) -> None:
    found = engine.search("客户", k=9, filters=SearchFilters(levels="high"), category=Category.privacy_leak)
    assert [hit.level for hit in found.hits] == [str(Level.high)]
