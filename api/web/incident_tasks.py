"""Tasks of an incident: who does what by when, and a button for done."""

from typing import TYPE_CHECKING

from nicegui import ui

from api.web.blocks import ask_text, button
from api.web.fact_answers import ask_answer
from api.web.render import render
from api.web.shell import act, html
from engine.facts.question_commands import COMPLIANCE
from engine.model import Task, TaskStatus
from engine.permissions import Permission

if TYPE_CHECKING:
    from api.web.incident import IncidentPage


def draw_tasks(page: "IncidentPage") -> None:
    """Open tasks first, soonest due first; done ones below."""
    tasks = sorted(page.detail.tasks, key=lambda task: (task.status is not TaskStatus.open, task.due_at, task.id))
    if not tasks:
        html(render("empty", title="没有任务", advice="该等级的预案没有步骤，或事件尚未达到启动预案的等级。"))
        return
    with ui.element("ul").classes("rows"):
        for task in tasks:
            with ui.element("li"):
                _draw(page, task)


def _draw(page: "IncidentPage", task: Task) -> None:
    with ui.element("div").classes("withbutton"):
        html(render("task", task=task, now=page.now))
        _draw_button(page, task)


def _draw_button(page: "IncidentPage", task: Task) -> None:
    if task.status is not TaskStatus.open:
        return
    if task.question is not None:
        if page.viewer.may(Permission.answer) and _is_asked(page, task):
            button("答复", lambda: _answer(page, task), main=True, hint="写明内容和来源，或者为什么没有")
    elif page.viewer.may(Permission.complete_task) and _is_mine(page, task):
        button("完成", lambda: _complete(page, task), hint="可附一句说明")


def _is_mine(page: "IncidentPage", task: Task) -> bool:
    """A department sees buttons for its own tasks; the others work across departments."""
    department = page.viewer.actor.department
    return department is None or department == task.department


def _is_asked(page: "IncidentPage", task: Task) -> bool:
    """Only the department that is asked answers; compliance answers for itself."""
    actor = page.viewer.actor
    return task.department == (actor.department or COMPLIANCE)


async def _answer(page: "IncidentPage", task: Task) -> None:
    if await ask_answer(page.viewer, task):
        await page.refresh()


async def _complete(page: "IncidentPage", task: Task) -> None:
    note = await ask_text("完成任务", "说明（可不填）", required=False, yes="完成", lead=task.title)
    if note is None:
        return
    command = page.viewer.ask(page.viewer.desk.complete_task, task.id, note)
    await act(command, "任务已完成")
    await page.refresh()
