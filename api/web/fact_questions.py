"""What a draft still waits for: which department was asked, and what it said. For the to-do list of the draft page."""

from collections.abc import Sequence

from nicegui import ui

from api.web.blocks import button
from api.web.fact_answers import told
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.facts.questions import ANSWER_TITLES
from engine.permissions import Permission
from knowledge.schema import FactKey


async def draw_draft_questions(viewer: Viewer, draft_id: str, marked: Sequence[FactKey]) -> None:
    """The state of each open fact, and one button that asks for all of them.

    `marked`: the facts that the draft left open when it was written; when one is known now, a new version pays.
    """
    await _Questions(viewer, draft_id, marked).draw()


class _Questions:
    def __init__(self, viewer: Viewer, draft_id: str, marked: Sequence[FactKey]) -> None:
        self.viewer, self.id, self.marked = viewer, draft_id, marked
        self.box = ui.element("div")

    async def draw(self) -> None:
        open_ = await self.viewer.ask(self.viewer.desk.draft_questions, self.id)
        now, updated = self.viewer.now, len(set(self.marked) - {one.key for one in open_})
        self.box.clear()
        with self.box:
            html(render("draft_questions", open=open_, updated=updated, now=now, answer_titles=ANSWER_TITLES))
            if self.viewer.may(Permission.ask) and any(one.task is None for one in open_):
                with ui.element("div").classes("actions pad"):
                    button("向部门核实", self._ask, main=True, hint="一次问清所有待核实的事实")

    async def _ask(self) -> None:
        asked = await act(self.viewer.ask(self.viewer.desk.ask_departments, self.id), "已处理")
        if asked is not None:
            ui.notify(told(asked))
            await self.draw()
