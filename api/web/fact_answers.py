"""The dialogs of questions to departments: which fact is asked for, and what a department answers."""

from typing import Final

from nicegui import ui

from api.web.blocks import button
from api.web.shell import Viewer, act
from engine.facts.question_commands import NewAnswer
from engine.facts.questions import ANSWER_TITLES
from engine.model import AnswerKind, Task
from knowledge.fact_shapes import SHAPES
from knowledge.schema import FACT_TITLES, FactKey
from knowledge.slots import REGISTRY_FACTS

_KINDS: Final = {AnswerKind.value.value: "有，内容如下"} | {
    kind.value: ANSWER_TITLES[kind] for kind in (AnswerKind.not_applicable, AnswerKind.unverifiable)
}


async def ask_answer(viewer: Viewer, task: Task) -> bool:
    """A department answers a question; whether it was taken."""
    if task.question is None:
        return False
    shape = SHAPES[FactKey(task.question.key)]
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label(task.title).classes("cd-dialog-title")
        kind = ui.select(_KINDS, label="答复", value=AnswerKind.value.value).props("outlined dense").classes("cd-wide")
        value = ui.input("内容（声明会原样使用）").props("outlined dense autofocus").classes("cd-wide")
        hint = ui.label(f"{shape.hint}，例如：{shape.example}").classes("muted small")
        document = ui.input("来源文件（没有可不填）").props("outlined dense").classes("cd-wide")
        reason = ui.input("为什么没有").props("outlined dense").classes("cd-wide")
        for element in (value, hint, document):
            element.bind_visibility_from(kind, "value", value=AnswerKind.value.value)
        reason.bind_visibility_from(kind, "value", backward=lambda chosen: chosen != AnswerKind.value.value)
        ui.label("答复即确认，记入您的姓名和时间。").classes("muted small")

        async def submit() -> None:
            answer = NewAnswer(
                kind=AnswerKind(str(kind.value)),
                value=str(value.value or "")[:500],
                document=str(document.value or "")[:200],
                reason=str(reason.value or "")[:500],
            )
            if await act(viewer.ask(viewer.desk.answer_question, task.id, answer), "已答复") is not None:
                dialog.submit(True)

        with ui.row().classes("actions"):
            button("答复", submit, main=True)
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("dense no-caps flat")
    taken = await dialog
    dialog.delete()
    return taken is True


async def ask_question(viewer: Viewer, incident: str, key: str | None = None) -> bool:
    """Ask for one fact of an incident, or for all that the playbook's steps of its level bring; whether it was done."""
    keys = {"": "预案在当前等级要求的全部"} | {
        one.value: title for one, title in FACT_TITLES.items() if one not in REGISTRY_FACTS
    }
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("向部门核实").classes("cd-dialog-title")
        ui.label("交给知道的部门，成为带时限的任务；已经在问的不重复提出。").classes("muted small")
        chosen = ui.select(keys, label="核实什么", value=key if key in keys else "").props("outlined dense")
        chosen.classes("cd-wide")

        async def submit() -> None:
            wanted = str(chosen.value) or None
            asked = await act(viewer.ask(viewer.desk.ask_for_facts, incident, wanted), "已处理")
            if asked is not None:
                ui.notify(told(asked))
                dialog.submit(True)

        with ui.row().classes("actions"):
            button("提出", submit, main=True)
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("dense no-caps flat")
    done = await dialog
    dialog.delete()
    return done is True


def told(asked: tuple[Task, ...]) -> str:
    """Who was asked how many things."""
    if not asked:
        return "没有新的问题：都已经在问，或者已经答复"
    departments = "、".join(dict.fromkeys(task.department for task in asked))
    return f"已向{departments}提出 {len(asked)} 个问题"
