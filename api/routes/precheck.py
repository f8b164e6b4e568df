"""事前评估: a planned text in, its assessment out, as an answer or as a file."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.deps import DeskDep, Prechecker
from engine.commands import Desk
from engine.model import Actor, Frozen
from engine.precheck.assessing import LONGEST_TEXT, LONGEST_TITLE
from engine.precheck.exporting import AssessmentFormat, export
from engine.precheck.model import Assessment, TextKind

router = APIRouter(prefix="/api/v1/precheck", tags=["事前评估"])

Form = Annotated[AssessmentFormat, Query(alias="format", description="docx Word 文件，md 文本，json 数据")]


class PlannedText(Frozen):
    """要发布的文字；kind 不写则自动判断。"""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    kind: TextKind | None = None
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    precedents: bool = Field(default=True, description="是否检索相近的历史事件")


@router.post("", summary="评估要发布的文字")
def assess(body: PlannedText, actor: Prechecker, desk: DeskDep) -> Assessment:
    """发现、位置、改法、条款、相近的历史事件与结论；不保存原文，审计只记指纹。"""
    return _assessed(desk, actor, body)


@router.post("/file", summary="评估并下载文件", response_class=Response)
def assess_file(body: PlannedText, actor: Prechecker, desk: DeskDep, form: Form = AssessmentFormat.docx) -> Response:
    """同样的评估，作为存档文件。"""
    file = export(_assessed(desk, actor, body), form)
    name = f"attachment; filename=\"precheck.{form}\"; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)


def _assessed(desk: Desk, actor: Actor, body: PlannedText) -> Assessment:
    return desk.precheck(actor, body.text, body.kind, body.title, with_precedents=body.precedents)
