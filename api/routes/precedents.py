"""先例: found with all filters, compared with an incident, and taken away as files."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import DeskDep, Exporter, Searcher
from api.schemas import FoundFileQuery, FoundQuery
from engine.precedents.desk import ExportFile, FileFormat
from engine.precedents.finding import Found, KnowledgeOverview
from engine.precedents.views import Comparison

router = APIRouter(prefix="/api/v1", tags=["先例"])

Incident = Annotated[str, Query(min_length=1, max_length=128, description="事件编号，或另一个历史事件的编号")]
Precedent = Annotated[str, Query(alias="with", min_length=1, max_length=128, description="作为先例的历史事件编号")]
Form = Annotated[FileFormat, Query(alias="format", description="csv 表格，docx Word 报告")]


@router.get("/precedents", summary="查找先例")
def find(asked: Annotated[FoundQuery, Query()], actor: Searcher, desk: DeskDep) -> Found:
    """与案例检索页相同：全部筛选条件，命中附要点；没有相近先例时明说。"""
    return desk.find_precedents(actor, asked.query(), asked.k)


@router.get("/precedents/overview", summary="案例库概况")
def overview(actor: Searcher, desk: DeskDep) -> KnowledgeOverview:
    """各类别条数、平台、最近与结果最差最好的事件。"""
    return desk.knowledge_overview(actor)


@router.get("/precedents/file", summary="导出检索结果")
def found_file(asked: Annotated[FoundFileQuery, Query()], actor: Exporter, desk: DeskDep) -> Response:
    """CSV 或 Word；记入审计。"""
    return _download(desk.export_precedents(actor, asked.query(), asked.format))


@router.get("/compare", summary="与先例对照")
def compare(incident: Incident, precedent: Precedent, actor: Searcher, desk: DeskDep) -> Comparison:
    """要点、时间线、走势与“此刻”；提及只有计数。"""
    return desk.compare_with_precedent(actor, incident, precedent)


@router.get("/compare/file", summary="导出先例对照")
def comparison_file(incident: Incident, precedent: Precedent, form: Form, actor: Exporter, desk: DeskDep) -> Response:
    """CSV 或 Word；记入审计。"""
    return _download(desk.export_comparison(actor, incident, precedent, form))


def _download(file: ExportFile) -> Response:
    name = f"attachment; filename=\"crisisdesk.{file.name.rsplit('.', 1)[-1]}\"; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)
