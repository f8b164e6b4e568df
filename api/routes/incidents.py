"""事件, their tasks and facts."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import (
    Closer,
    DeskDep,
    FactAdder,
    FactConfirmer,
    FactDisputer,
    FactProposer,
    FalseAlarmMarker,
    LevelSetter,
    Merger,
    Opener,
    Reader,
    ReadsDep,
    RealmDep,
    Reopener,
    TaskDoer,
)
from api.schemas import CompleteTask, Done, Merge, NewFact, OpenIncident, SetLevel, WithReason
from engine.evidence import Evidence
from engine.model import IncidentStatus
from engine.views import DueTask, IncidentDetail, IncidentRow, Overview

router = APIRouter(prefix="/api/v1", tags=["事件"])


@router.get("/overview", summary="总览：正在形成的事件、待办、趋势、最新提及")
def overview(actor: Reader, reads: ReadsDep, realm: RealmDep) -> Overview:
    """与总览页相同的内容。"""
    return reads.overview(actor, realm)


@router.get("/incidents", summary="事件列表")
def list_incidents(
    actor: Reader,
    reads: ReadsDep,
    realm: RealmDep,
    status: Annotated[list[IncidentStatus] | None, Query(description="可重复；缺省为全部")] = None,
) -> tuple[IncidentRow, ...]:
    """进行中的最严重者在前。"""
    return reads.incidents(actor, realm, status)


@router.post("/incidents", summary="手工新建事件", status_code=201)
def open_incident(body: OpenIncident, actor: Opener, desk: DeskDep, realm: RealmDep) -> Done:
    """采访函、监管来电等监测之外的情况。"""
    opened = desk.open_incident(actor, realm, body.brand, body.category, body.level, body.title, body.reason)
    return Done(id=opened.id, done="已新建")


@router.get("/incidents/{incident_id}", summary="事件详情")
def get_incident(incident_id: str, actor: Reader, reads: ReadsDep) -> IncidentDetail:
    """时间线、等级说明、提及、任务、事实、草稿与可用模板。"""
    return reads.incident(actor, incident_id)


@router.get("/incidents/{incident_id}/evidence", summary="相似案例与预案")
def get_evidence(incident_id: str, actor: Reader, reads: ReadsDep) -> Evidence:
    """按类别与典型声音检索；没有相近先例时明说。"""
    return reads.evidence(actor, incident_id)


@router.post("/incidents/{incident_id}/level", summary="调整等级")
def set_level(incident_id: str, body: SetLevel, actor: LevelSetter, desk: DeskDep) -> Done:
    """理由写入时间线。"""
    desk.set_level(actor, incident_id, body.level, body.reason)
    return Done(id=incident_id, done="等级已调整")


@router.post("/incidents/{incident_id}/close", summary="关闭事件")
def close(incident_id: str, body: WithReason, actor: Closer, desk: DeskDep) -> Done:
    """未完成的任务随之取消。"""
    desk.close_incident(actor, incident_id, body.reason)
    return Done(id=incident_id, done="已关闭")


@router.post("/incidents/{incident_id}/reopen", summary="重新打开事件")
def reopen(incident_id: str, body: WithReason, actor: Reopener, desk: DeskDep) -> Done:
    """理由写入时间线。"""
    desk.reopen(actor, incident_id, body.reason)
    return Done(id=incident_id, done="已重新打开")


@router.post("/incidents/{incident_id}/merge", summary="并入另一事件")
def merge(incident_id: str, body: Merge, actor: Merger, desk: DeskDep) -> Done:
    """两个事件须属同一品牌。"""
    desk.merge(actor, incident_id, body.into, body.reason)
    return Done(id=incident_id, done="已并入")


@router.post("/incidents/{incident_id}/false-alarm", summary="标为误报")
def false_alarm(incident_id: str, body: WithReason, actor: FalseAlarmMarker, desk: DeskDep) -> Done:
    """理由写入时间线，供复核规则。"""
    desk.false_alarm(actor, incident_id, body.reason)
    return Done(id=incident_id, done="已标为误报")


@router.get("/tasks", summary="待办任务")
def list_tasks(actor: Reader, reads: ReadsDep, realm: RealmDep, department: str | None = None) -> tuple[DueTask, ...]:
    """最先到期的在前。"""
    return reads.tasks(actor, realm, department)


@router.post("/tasks/{task_id}/complete", summary="完成任务")
def complete_task(task_id: str, body: CompleteTask, actor: TaskDoer, desk: DeskDep) -> Done:
    """可附说明。"""
    desk.complete_task(actor, task_id, body.note)
    return Done(id=task_id, done="任务已完成")


@router.post("/incidents/{incident_id}/facts/propose", summary="从提及中提取候选事实")
def propose_facts(incident_id: str, actor: FactProposer, desk: DeskDep) -> Done:
    """只是候选，须由人确认。"""
    proposed = desk.propose_facts(actor, incident_id)
    return Done(id=incident_id, done=f"提取到 {len(proposed)} 条候选")


@router.post("/incidents/{incident_id}/facts", summary="登记事实", status_code=201)
def add_fact(incident_id: str, body: NewFact, actor: FactAdder, desk: DeskDep) -> Done:
    """登记后待确认。"""
    fact = desk.add_fact(actor, incident_id, body.key, body.value, body.source)
    return Done(id=fact.id, done="已登记")


@router.post("/facts/{fact_id}/confirm", summary="确认事实")
def confirm_fact(fact_id: str, actor: FactConfirmer, desk: DeskDep) -> Done:
    """已确认的事实在声明中当作事实写出；未确认的反映与平台只写作“据反映”。"""
    desk.confirm_fact(actor, fact_id)
    return Done(id=fact_id, done="已确认")


@router.post("/facts/{fact_id}/dispute", summary="标为有争议")
def dispute_fact(fact_id: str, body: WithReason, actor: FactDisputer, desk: DeskDep) -> Done:
    """有争议的事实不会写进声明。"""
    desk.dispute_fact(actor, fact_id, body.reason)
    return Done(id=fact_id, done="已标为有争议")
