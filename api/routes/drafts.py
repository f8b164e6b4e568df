"""草稿: write, submit, approve or return, verify."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Approver, DeskDep, Drafter, Reader, ReadsDep, RealmDep, Returner, Submitter
from api.schemas import Decision, Done, EditedSpan, NewDraft, Returned
from engine.drafting.strategy import chosen
from engine.drafting.verification import verify
from engine.model import Proof
from engine.views import DraftDetail, DraftRow

router = APIRouter(prefix="/api/v1", tags=["草稿"])


@router.get("/drafts", summary="草稿列表")
def list_drafts(actor: Reader, reads: ReadsDep, realm: RealmDep) -> tuple[DraftRow, ...]:
    """最新的在前。"""
    return reads.drafts(actor, realm)


@router.post("/incidents/{incident_id}/drafts", summary="起草声明", status_code=201)
def write_draft(incident_id: str, body: NewDraft, actor: Drafter, desk: DeskDep) -> Done:
    """只填模板留空；没有确认的内容写作【待核实】。"""
    choice = None if body.strategy is None else chosen(body.strategy, body.reason)
    return Done(id=desk.draft(actor, incident_id, body.template, strategy=choice).id, done="已起草")


@router.get("/drafts/{draft_id}", summary="草稿详情")
def get_draft(draft_id: str, actor: Reader, reads: ReadsDep) -> DraftDetail:
    """逐段出处、核验结果、审批记录与各版本。"""
    return reads.draft_detail(actor, draft_id)


@router.get("/drafts/{draft_id}/file", summary="下载草稿文件", response_class=Response)
def download_draft(draft_id: str, actor: Reader, reads: ReadsDep) -> Response:
    """可用 crisisdesk verify 独立核验的文件。"""
    detail = reads.draft_detail(actor, draft_id)
    headers = {"Content-Disposition": f'attachment; filename="draft-{detail.row.version}.json"'}
    return Response(detail.file.to_json(), media_type="application/json", headers=headers)


@router.post("/drafts/{draft_id}/spans", summary="人工改写一段", status_code=201)
def edit_span(draft_id: str, body: EditedSpan, actor: Drafter, desk: DeskDep) -> Done:
    """存为新版本；改写中的数字、日期、承诺、名称须有已确认的事实。"""
    return Done(id=desk.edit_draft(actor, draft_id, body.span, body.text).id, done="已存为新版本")


@router.post("/drafts/{draft_id}/submit", summary="提交审批")
def submit(draft_id: str, actor: Submitter, desk: DeskDep) -> Done:
    """提交后等待合规决定。"""
    desk.submit(actor, draft_id)
    return Done(id=draft_id, done="已提交")


@router.post("/drafts/{draft_id}/approve", summary="批准草稿")
def approve(draft_id: str, body: Decision, actor: Approver, desk: DeskDep) -> Done:
    """不能批准自己起草或提交的草稿。"""
    desk.approve(actor, draft_id, body.content_hash)
    return Done(id=draft_id, done="已批准")


@router.post("/drafts/{draft_id}/return", summary="退回草稿")
def return_draft(draft_id: str, body: Returned, actor: Returner, desk: DeskDep) -> Done:
    """须写明理由。"""
    desk.return_(actor, draft_id, body.content_hash, body.reason)
    return Done(id=draft_id, done="已退回")


@router.post("/verify", summary="核验草稿文件")
async def verify_file(request: Request, _actor: Reader, desk: DeskDep) -> Proof:
    """不依赖模型：正文为草稿文件的 JSON。"""
    return verify(await request.body(), desk.trusted)
