"""复盘: a closed incident into the knowledge base, what strategies came to, entries to look at again."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import DeskDep, KnowledgeEditor, Reader
from engine.knowledge_base.revisions import Revision
from engine.learning.outcomes import CategoryOutcomes
from engine.learning.reads import PlanOutcomes
from engine.learning.stale import StaleFlag
from engine.learning.views import LearningState
from engine.model import Category, Level

router = APIRouter(prefix="/api/v1", tags=["复盘"])
Day = Annotated[date | None, Query(description="按哪一天算，缺省为今天")]


@router.get("/knowledge/stale", summary="需要再看的条目")
def stale(actor: Reader, desk: DeskDep, on: Day = None) -> tuple[StaleFlag, ...]:
    """到期的在前；每条写明原因、责任部门、从何时起、该做什么。"""
    return desk.stale_entries(actor, on)


@router.get("/knowledge/outcomes", summary="策略与结果")
def outcomes(actor: Reader, desk: DeskDep, category: Category, level: Level | None = None) -> CategoryOutcomes:
    """同类历史事件中各策略的件数、结果与首次回应；件数少的估计只供参考。"""
    return desk.strategy_outcomes(actor, category, level)


@router.get("/incidents/{incident_id}/outcomes", summary="预案策略以往的结果")
def plan_outcomes(incident_id: str, actor: Reader, desk: DeskDep) -> PlanOutcomes:
    """只作提醒，不改变预案。"""
    return desk.incident_outcomes(actor, incident_id)


@router.get("/incidents/{incident_id}/learning", summary="复盘入库的进度")
def learning(incident_id: str, actor: Reader, desk: DeskDep) -> LearningState:
    """能否整理、草稿的状态、还有几处待补充。"""
    return desk.learning_state(actor, incident_id)


@router.post("/incidents/{incident_id}/learn", summary="由已关闭的事件整理历史事件草稿", status_code=201)
def learn(incident_id: str, actor: KnowledgeEditor, desk: DeskDep) -> Revision:
    """记录里有的已填好；标【待补充】的由人填写，改好后提交、由另一人复核。"""
    return desk.learn_from(actor, incident_id)
