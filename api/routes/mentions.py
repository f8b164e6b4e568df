"""提及: take in and browse."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.bodies import parse_records
from api.deps import DeskDep, Feeder, PartsDep, Reader, ReadsDep, RealmDep
from api.schemas import IngestAnswer, MentionQuery, RecordResult
from engine.intake import Accepted, Outcome, Rejected, read_objects
from engine.views import IngestReceipt, MentionRow, Page

router = APIRouter(prefix="/api/v1/mentions", tags=["提及"])

_SOURCE = "来源工具名，用于识别重复；记录里写了 source 的以记录为准"
_ONE_OR_MANY = {"oneOf": [{"type": "object"}, {"type": "array", "maxItems": 1000}]}
_BODY = {
    "requestBody": {
        "required": True,
        "description": (
            "一个 JSON 对象，或不超过1000个对象的列表；正文不超过10 MB。字段：id、text、brand/brands/entities、"
            "platform、author、published_at、engagement、upstream、kind、url、hot_search。"
        ),
        "content": {"application/json": {"schema": _ONE_OR_MANY}},
    }
}


@router.post("", summary="录入提及（一条或至多1000条）", openapi_extra=_BODY)
async def ingest(
    request: Request,
    actor: Feeder,
    desk: DeskDep,
    parts: PartsDep,
    realm: RealmDep,
    source: Annotated[str, Query(max_length=100, description=_SOURCE)] = "接口",
) -> IngestAnswer:
    """逐条返回结果；返回即已保存。写错的记录不影响其余记录。"""
    records, is_list = parse_records(await request.body())
    outcomes = list(read_objects(records, source=source, clock=parts.clock))
    accepted = [outcome.mention for outcome in outcomes if isinstance(outcome, Accepted)]
    receipt = await run_in_threadpool(desk.ingest, actor, realm, accepted)
    return _answer(outcomes, receipt, is_list=is_list)


@router.get("", summary="浏览提及")
def browse(
    actor: Reader,
    reads: ReadsDep,
    parts: PartsDep,
    query: Annotated[MentionQuery, Query()],
) -> Page[MentionRow]:
    """按品牌、类别、正负、严重度、平台、作者、文字、事件与时间筛选，最新的在前。"""
    return reads.mentions(actor, query.realm or parts.realm, query.filters(), page=query.page, size=query.size)


@router.get("/{mention_id}", summary="提及详情")
def get_mention(mention_id: str, actor: Reader, reads: ReadsDep, realm: RealmDep) -> MentionRow:
    """原文（个人信息已遮盖）与评分。"""
    return reads.mention(actor, realm, mention_id)


def _answer(outcomes: list[Outcome], receipt: IngestReceipt, *, is_list: bool) -> IngestAnswer:
    kept = iter(receipt.outcomes)
    results = tuple(_result(outcome, f"[{n}]" if is_list else "", kept) for n, outcome in enumerate(outcomes))
    return IngestAnswer(
        accepted=receipt.count("accepted"),
        updated=receipt.count("updated"),
        duplicates=receipt.count("duplicate"),
        rejected=sum(isinstance(outcome, Rejected) for outcome in outcomes),
        results=results,
    )


def _result(outcome: Outcome, place: str, kept: Iterator[tuple[str, str]]) -> RecordResult:
    if isinstance(outcome, Rejected):
        field = f".{outcome.field}" if place and outcome.field else outcome.field
        return RecordResult(place=f"{place}{field}", outcome=outcome.kind, reason=outcome.reason)
    became, mention = next(kept)
    return RecordResult.model_validate({"place": place, "outcome": became, "id": mention})
