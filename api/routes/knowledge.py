"""规则 and 案例: read-only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.deps import Reader, ReadsDep, Searcher
from engine.errors import InputError, NotFound
from engine.views import RuleView
from knowledge.schema import AnyEntry
from retrieval.filters import SearchFilters
from retrieval.results import SearchResult

router = APIRouter(prefix="/api/v1", tags=["规则与案例"])


@router.get("/rules", summary="规则与测试结果")
def list_rules(actor: Reader, reads: ReadsDep) -> tuple[RuleView, ...]:
    """每条规则的文字说明、规则文件与用例结果。"""
    return reads.rules(actor)


Names = Annotated[list[str], Query(default_factory=list, max_length=20)]
Day = Annotated[str | None, Query(max_length=10, description="如 2024-05-01、2024-05 或 2024")]


def search_filters(
    kind: Names,
    category: Names,
    level: Names,
    platform: Names,
    outcome: Names,
    strategy: Names,
    since: Day = None,
    until: Day = None,
) -> SearchFilters:
    """筛选条件：每项可重复，写英文名或中文名都可以。"""
    return SearchFilters.model_validate(
        {
            "kinds": kind,
            "categories": category,
            "levels": level,
            "platforms": platform,
            "outcomes": outcome,
            "strategies": strategy,
            "since": since,
            "until": until,
        }
    )


@router.get("/search", summary="案例检索")
def search(
    actor: Searcher,
    reads: ReadsDep,
    filters: Annotated[SearchFilters, Depends(search_filters)],
    q: Annotated[str | None, Query(min_length=1, max_length=2000, description="描述或提及原文")] = None,
    similar: Annotated[str | None, Query(max_length=200, description="查找与这条知识或这起事件相似的")] = None,
    k: Annotated[int, Query(ge=1, le=50)] = 5,
) -> SearchResult:
    """相近的历史事件、预案与模板及理由；没有相近先例时明说。q 与 similar 二者给一个。"""
    if (q is None) == (similar is None):
        raise InputError("请给出检索文本 q，或用 similar 指定编号（二者选一）", field="q")
    if similar is not None:
        return reads.similar(actor, similar, k=k, filters=filters)
    return reads.search(actor, q or "", k=k, filters=filters)


@router.get("/knowledge/{entry_id}", summary="案例、预案、模板或法规详情")
def get_entry(entry_id: str, actor: Reader, reads: ReadsDep) -> AnyEntry:
    """知识库中的一条。"""
    entry = reads.knowledge_entry(actor, entry_id)
    if entry is None:
        raise NotFound(f"知识库中没有“{entry_id}”")
    return entry
