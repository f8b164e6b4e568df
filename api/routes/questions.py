"""待核实的问题：向部门提出、由部门答复；事实登记按名目查看。"""

from fastapi import APIRouter

from api.deps import Answerer, Asker, DeskDep, Reader
from engine.facts.question_commands import NewAnswer
from engine.facts.questions import OpenFact
from engine.facts.register import RegisterEntry
from engine.model import Frozen, Task
from knowledge.schema import FactKey

router = APIRouter(prefix="/api/v1", tags=["待核实"])


class AskedFact(Frozen):
    """问哪一项事实；不写则问预案在当前等级要求的全部。"""

    key: FactKey | None = None


@router.get("/incidents/{incident_id}/register", summary="事实登记（按名目，含全部说法）")
def fact_register(incident_id: str, actor: Reader, desk: DeskDep) -> tuple[RegisterEntry, ...]:
    """有争议的在前，其次是待核实的；voices 为互不相同的声音数。"""
    return desk.fact_register(actor, incident_id)


@router.get("/drafts/{draft_id}/questions", summary="草稿的待核实清单")
def draft_questions(draft_id: str, actor: Reader, desk: DeskDep) -> tuple[OpenFact, ...]:
    """每一项由哪个部门核实，是否已问，答复如何。"""
    return desk.draft_questions(actor, draft_id)


@router.post("/drafts/{draft_id}/questions", summary="向部门核实草稿的全部待核实项")
def ask_departments(draft_id: str, actor: Asker, desk: DeskDep) -> tuple[Task, ...]:
    """返回新提出的问题；已经在问的、已答复没有的不重复提出。"""
    return desk.ask_departments(actor, draft_id)


@router.post("/incidents/{incident_id}/questions", summary="向部门核实一项或预案要求的全部事实")
def ask_for_facts(incident_id: str, body: AskedFact, actor: Asker, desk: DeskDep) -> tuple[Task, ...]:
    """写明一项时，即使答复过“没有”也再问一次。"""
    return desk.ask_for_facts(actor, incident_id, body.key)


@router.post("/tasks/{task_id}/answer", summary="答复待核实的问题")
def answer_question(task_id: str, body: NewAnswer, actor: Answerer, desk: DeskDep) -> Task:
    """只由所问的部门答复。写明内容即由答复人确认，来源为所附文件或本部门；“不适用”“无法核实”须写理由。"""
    return desk.answer_question(actor, task_id, body)
