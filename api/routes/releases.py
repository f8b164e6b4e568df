"""发布: propose, compare, approve, activate, roll back, download."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import DeskDep, Reader, RealmDep, ReleaseActivator, ReleaseApprover, ReleaseProposer
from api.schemas import EditedFiles, ProposedRelease, ReleaseNote, WithReason
from engine.errors import InputError
from engine.releases.views import InForce, ReleaseDiff, ReleaseList, ReleaseView

router = APIRouter(prefix="/api/v1/releases", tags=["发布"])


@router.get("", summary="发布列表与现行发布")
def list_releases(actor: Reader, desk: DeskDep) -> ReleaseList:
    """最新的在前。"""
    return desk.releases(actor)


@router.post("", summary="提交发布", status_code=201)
def propose(body: ProposedRelease, actor: ReleaseProposer, desk: DeskDep) -> ReleaseView:
    """规则检查、规则用例、知识库检查都通过才能提交；有问题时逐条列出。"""
    if (body.since is None) != (body.until is None):
        raise InputError("since 与 until 要一起写", field="since")
    comparison = None
    if body.since is not None and body.until is not None:
        if body.since >= body.until:
            raise InputError("since 要早于 until", field="since")
        comparison = desk.compare_beside(actor, body.files, body.since, body.until, body.base)
    return desk.propose_release(actor, body.reason, body.files, body.base, comparison)


@router.post("/preview", summary="预览改动")
def preview(body: EditedFiles, actor: ReleaseProposer, desk: DeskDep) -> ReleaseDiff:
    """提交之前看看改了什么、须几人批准。"""
    return desk.preview_release(actor, body.files, body.base)


@router.post("/rollback", summary="退回上一个发布")
def roll_back(body: WithReason, actor: ReleaseActivator, desk: DeskDep, realm: RealmDep) -> InForce:
    """立即生效，不丢数据；理由写入审计记录。"""
    return desk.rollback_release(actor, body.reason, realm)


@router.get("/{release}", summary="发布详情")
def get_release(release: str, actor: Reader, desk: DeskDep) -> ReleaseView:
    """改动、历史对比、批准记录。"""
    return desk.release_view(actor, release)


@router.get("/{release}/diff", summary="与另一个发布比较")
def diff(
    release: str, actor: Reader, desk: DeskDep, against: Annotated[str, Query(description="旧的一方的指纹")]
) -> ReleaseDiff:
    """含义上的改动，逐条中文说明。"""
    return desk.release_diff(actor, against, release)


@router.get("/{release}/file", summary="下载发布文件", response_class=Response)
def download(release: str, actor: Reader, desk: DeskDep) -> Response:
    """可用 crisisdesk release verify 独立核验的文件。"""
    text = desk.release_file(actor, release)
    headers = {"Content-Disposition": 'attachment; filename="release.json"'}
    return Response(text, media_type="application/json", headers=headers)


@router.post("/{release}/approve", summary="批准发布")
def approve(release: str, body: ReleaseNote, actor: ReleaseApprover, desk: DeskDep) -> ReleaseView:
    """地址中须写完整指纹；不能批准自己提交的发布。"""
    return desk.approve_release(actor, release, body.note)


@router.post("/{release}/reject", summary="驳回发布")
def reject(release: str, body: WithReason, actor: ReleaseApprover, desk: DeskDep) -> ReleaseView:
    """须写明理由。"""
    return desk.reject_release(actor, release, body.reason)


@router.post("/{release}/withdraw", summary="撤回自己提交的发布")
def withdraw(release: str, body: WithReason, actor: ReleaseProposer, desk: DeskDep) -> ReleaseView:
    """须写明理由。"""
    return desk.withdraw_release(actor, release, body.reason)


@router.post("/{release}/activate", summary="启用发布")
def activate(release: str, actor: ReleaseActivator, desk: DeskDep, realm: RealmDep) -> InForce:
    """须已获批准；从日志的这一条起按新发布判断，不丢数据。"""
    return desk.activate_release(actor, release, realm)
