"""规则 and 案例: read-only."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Reader, ReadsDep, Searcher
from engine.errors import NotFound
from engine.model import Category
from engine.views import RuleView
from knowledge.schema import AnyEntry
from retrieval.search import SearchResult

router = APIRouter(prefix="/api/v1", tags=["规则与案例"])


@router.get("/rules", summary="规则与测试结果")
def list_rules(actor: Reader, reads: ReadsDep) -> tuple[RuleView, ...]:
    """每条规则的文字说明、规则文件与用例结果。"""
    return reads.rules(actor)


@router.get("/search", summary="案例检索")
def search(
    actor: Searcher,
    reads: ReadsDep,
    q: Annotated[str, Query(min_length=1, max_length=2000, description="描述或提及原文")],
    k: Annotated[int, Query(ge=1, le=50)] = 5,
    category: Category | None = None,
) -> SearchResult:
    """相近的历史事件、预案与模板及理由；没有相近先例时明说。"""
    return reads.search(actor, q, k=k, category=category)


@router.get("/knowledge/{entry_id}", summary="案例、预案、模板或法规详情")
def get_entry(entry_id: str, actor: Reader, reads: ReadsDep) -> AnyEntry:
    """知识库中的一条。"""
    entry = reads.knowledge_entry(actor, entry_id)
    if entry is None:
        raise NotFound(f"知识库中没有“{entry_id}”")
    return entry
