"""知识库: what there is, its revisions, and the way of a revision until it is in force."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.deps import DeskDep, KnowledgeEditor, KnowledgeReviewer, Reader
from api.schemas import EntryReview, EntryText, ImportedIncidents, KeptEntry, ProposedEntries, ReleaseNote, WithReason
from engine.knowledge_base.revisions import Revision
from engine.knowledge_base.views import EntryRow, EntryWork, RevisionRow
from engine.model import Frozen
from engine.releases.views import ReleaseView

router = APIRouter(prefix="/api/v1/knowledge", tags=["知识库"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="修订号")]


class EntryFault(Frozen):
    """一处问题：行号从1数。"""

    line: int
    message: str


@router.get("", summary="知识库目录")
def list_entries(actor: Reader, desk: DeskDep) -> tuple[EntryRow, ...]:
    """历史事件、预案、模板、法规；能修改的人还看到草稿与停用的条目。"""
    return desk.knowledge_list(actor)


@router.post("/propose", summary="提交修订（随发布审批）", status_code=201)
def propose(body: ProposedEntries, actor: KnowledgeEditor, desk: DeskDep) -> ReleaseView:
    """预案、模板、法规的修订；有问题时逐条列出，什么也不提交。"""
    return desk.propose_entries(actor, body.revisions, body.reason)


@router.post("/import", summary="导入历史事件为草稿", status_code=201)
def import_(body: ImportedIncidents, actor: KnowledgeEditor, desk: DeskDep) -> tuple[Revision, ...]:
    """全部收下或一份也不收；与现行相同的略过。"""
    return desk.import_past_incidents(actor, body.files, body.reason)


@router.get("/{entry_id}/history", summary="修订记录")
def history(entry_id: str, actor: Reader, desk: DeskDep) -> tuple[RevisionRow, ...]:
    """最新的在前；每次改了什么，用文字说明。"""
    return desk.entry_history(actor, entry_id)


@router.get("/{entry_id}/work", summary="要接着改的原文")
def work(entry_id: str, actor: KnowledgeEditor, desk: DeskDep) -> EntryWork:
    """最新的草稿，没有就是现行内容；保存时带上 parent。"""
    return desk.entry_work(actor, entry_id)


@router.post("/{entry_id}/check", summary="检查原文")
def check(entry_id: str, body: EntryText, actor: Reader, desk: DeskDep) -> tuple[EntryFault, ...]:
    """格式、字段、与其他条目的关系；没有问题时为空。"""
    return tuple(
        EntryFault(line=one.line, message=one.message) for one in desk.check_entry(actor, entry_id, body.text).faults
    )


@router.post("/{entry_id}/revisions", summary="保存修订", status_code=201)
def keep(entry_id: str, body: KeptEntry, actor: KnowledgeEditor, desk: DeskDep) -> Revision:
    """存为草稿，有问题也能先存。"""
    return desk.keep_entry(actor, entry_id, body.text, body.parent, body.reason)


@router.get("/{entry_id}/revisions/{revision}", summary="一份修订的原文")
def get_revision(entry_id: str, revision: Number, actor: KnowledgeEditor, desk: DeskDep) -> Revision:
    """连同作者、理由与处理结果。"""
    return desk.entry_revision(actor, entry_id, revision)


@router.post("/{entry_id}/revisions/{revision}/submit", summary="提交历史事件审核")
def submit(entry_id: str, revision: Number, body: ReleaseNote, actor: KnowledgeEditor, desk: DeskDep) -> Revision:
    """有问题时逐条列出。"""
    return desk.submit_entry(actor, entry_id, revision, body.note)


@router.post("/{entry_id}/revisions/{revision}/recall", summary="撤回待审核的历史事件")
def recall(entry_id: str, revision: Number, body: ReleaseNote, actor: KnowledgeEditor, desk: DeskDep) -> Revision:
    """回到草稿。"""
    return desk.recall_entry(actor, entry_id, revision, body.note)


@router.post("/{entry_id}/revisions/{revision}/review", summary="审核历史事件")
def review(entry_id: str, revision: Number, body: EntryReview, actor: KnowledgeReviewer, desk: DeskDep) -> Revision:
    """不能审核自己写的；通过后检索随即可见。"""
    return desk.review_entry(actor, entry_id, revision, body.accept, body.note)


@router.post("/{entry_id}/withdraw", summary="停用历史事件")
def withdraw(entry_id: str, body: WithReason, actor: KnowledgeReviewer, desk: DeskDep) -> Revision:
    """不再出现在检索与依据中，修订记录保留。"""
    return desk.withdraw_entry(actor, entry_id, body.reason)
