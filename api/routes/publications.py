"""声明的导出、并排、发布、更正与发布后的走势。"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, Field

from api.deps import DeskDep, Drafter, Exporter, Publisher, Reader
from api.schemas import Done, Reason, Short
from engine.drafting.exports.exporting import ExportForm
from engine.drafting.exports.standing import Standing
from engine.model import Frozen
from engine.publishing.effect import Effect
from engine.publishing.publication import CorrectionKind, DraftPublications, PublicationRow
from engine.publishing.statement_set_commands import MOST_AT_ONCE, DraftedChannel, IncidentStatements
from knowledge.schema import Channel

router = APIRouter(prefix="/api/v1", tags=["声明发布"])

Form = Annotated[ExportForm, Query(alias="format", description="docx Word，md Markdown，txt 纯文本，json 草稿文件")]
Sources = Annotated[bool, Query(description="附逐句出处（Word、Markdown）")]


class NewPublication(Frozen):
    """登记发布：渠道、网址（微博和公众号必填）、发布时间；`despite`：已知不得再对外发布，确已发出，如实登记。"""

    channel: Channel
    url: Annotated[str, Field(max_length=500)] | None = None
    at: AwareDatetime
    despite: bool = False


class NewCorrection(Frozen):
    """起草更正稿或撤回说明。"""

    template: Short
    kind: CorrectionKind
    reason: Reason


class NewStatements(Frozen):
    """一次起草几份声明。"""

    templates: Annotated[tuple[Short, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class PostText(Frozen):
    """可直接粘贴的正文。"""

    text: str


@router.get("/drafts/{draft_id}/export", summary="导出草稿", response_class=Response)
def export_draft(
    draft_id: str, actor: Exporter, desk: DeskDep, form: Form = ExportForm.docx, sources: Sources = False
) -> Response:
    """未批准的带有“草稿”字样；每种格式都带人工智能标识。记入审计。"""
    file = desk.export_draft(actor, draft_id, form, with_sources=sources)
    name = f"attachment; filename=\"statement.{form}\"; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.get("/drafts/{draft_id}/post", summary="可粘贴的正文")
def post_text(draft_id: str, actor: Exporter, desk: DeskDep) -> PostText:
    """正文与人工智能标识；未批准的以“草稿”字样开头。记入审计。"""
    return PostText(text=desk.draft_post(actor, draft_id))


@router.get("/drafts/{draft_id}/standing", summary="能否发布")
def standing(draft_id: str, actor: Reader, desk: DeskDep) -> Standing:
    """是否批准，以及不能发布的原因。"""
    return desk.draft_standing(actor, draft_id)


@router.post("/drafts/{draft_id}/redraft", summary="按最新事实重新起草", status_code=201)
def redraft(draft_id: str, actor: Drafter, desk: DeskDep) -> Done:
    """同一模板，存为新版本。"""
    return Done(id=desk.redraft(actor, draft_id).id, done="已重新起草")


@router.get("/drafts/{draft_id}/publications", summary="草稿的发布记录")
def draft_publications(draft_id: str, actor: Reader, desk: DeskDep) -> DraftPublications:
    """发布在哪里，以及它更正或撤回的是哪一份。"""
    return desk.draft_publications(actor, draft_id)


@router.post("/drafts/{draft_id}/publications", summary="登记发布", status_code=201)
def publish(draft_id: str, body: NewPublication, actor: Publisher, desk: DeskDep) -> Done:
    """只登记，不代为发布；须已批准。批准后事实或等级有变的，要写明 `despite` 才能如实登记。"""
    kept = desk.publish(actor, draft_id, body.channel, body.url, body.at, despite=body.despite)
    return Done(id=kept.id, done="已登记发布")


@router.get("/incidents/{incident_id}/publications", summary="事件的发布记录")
def publications(incident_id: str, actor: Reader, desk: DeskDep) -> tuple[PublicationRow, ...]:
    """最新的在前。"""
    return desk.publications(actor, incident_id)


@router.get("/publications/{publication_id}/effect", summary="发布前后的走势")
def effect(publication_id: str, actor: Reader, desk: DeskDep) -> Effect:
    """发布前24小时至发布后48小时，每小时提及与负面占比；只有计数。"""
    return desk.publication_effect(actor, publication_id)


@router.post("/publications/{publication_id}/corrections", summary="起草更正或撤回", status_code=201)
def correct(publication_id: str, body: NewCorrection, actor: Publisher, desk: DeskDep) -> Done:
    """新草稿与原发布相连，照常核验、审批、登记发布。"""
    made = desk.correct(actor, publication_id, body.template, body.kind, body.reason)
    return Done(id=made.id, done="已起草")


@router.get("/incidents/{incident_id}/statements", summary="各渠道声明并排")
def statements(incident_id: str, actor: Reader, desk: DeskDep) -> IncidentStatements:
    """每个渠道最新的草稿，各写了哪些事实，有哪些不一致。"""
    return desk.incident_statements(actor, incident_id)


@router.post("/incidents/{incident_id}/statements", summary="一次起草几份声明", status_code=201)
def draft_statements(
    incident_id: str, body: NewStatements, actor: Drafter, desk: DeskDep
) -> tuple[DraftedChannel, ...]:
    """逐份起草；一份不成不影响其他。"""
    return desk.draft_channels(actor, incident_id, body.templates)
