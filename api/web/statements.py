"""各渠道声明: the newest draft of each channel of one incident beside the others, whether they say the same facts, and
all of them drafted at once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from nicegui import ui

from api.errors import HANDLED, answer_for
from api.web.blocks import button, panel
from api.web.draft import STYLE
from api.web.draft_spans import spans_with_tips, why_not_submittable
from api.web.render import render
from api.web.shell import Viewer, html, update
from engine.drafting.composing import Progress
from engine.model import FactStatus
from engine.permissions import Permission
from engine.publishing.statement_set_commands import (
    DraftedChannel,
    IncidentStatements,
    one_for_each_channel,
    same_again,
)
from engine.views import TemplateChoice

_KINDS: Final = {"holding": "首次回应（不需要事实）", "statement": "正式声明（按已确认的事实）"}


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one incident's statements."""
    ui.add_head_html(STYLE)
    await _Page(viewer, request.path_params["incident_id"]).draw()


@dataclass(slots=True)
class _Job:
    """One template being drafted, as it is shown."""

    choice: TemplateChoice
    progress: Progress | None = None
    result: DraftedChannel | None = None


class _Page:
    found: IncidentStatements

    def __init__(self, viewer: Viewer, incident: str) -> None:
        self.viewer = viewer
        self.incident = incident
        self.kind = ""

    async def draw(self) -> None:
        await self._load()
        with ui.element("div").classes("head"):
            self.head = html("")
            self.actions = ui.element("div").classes("actions side")
        self.progress = html("").classes("cd-progress")
        with panel("说的是不是同样的事实", "逐项对照各渠道引用的事实登记"):
            self.compared = html("")
        self.side = html("")
        self._show()

    async def _load(self) -> None:
        viewer = self.viewer
        self.found = await viewer.ask(viewer.desk.incident_statements, self.incident)
        self.now = await viewer.realm_now(self.found.incident.realm)
        if not self.kind:
            facts = (await viewer.ask(viewer.reads.incident, self.incident)).facts
            confirmed = any(fact.status is FactStatus.confirmed for fact in facts)
            self.kind = "statement" if confirmed else "holding"

    def _show(self) -> None:
        found = self.found
        shown = [(one, spans_with_tips(one.file), why_not_submittable(one.file)) for one in found.shown]
        update(self.head, render("statements_head", found=found))
        update(self.compared, render("statements_compared", found=found))
        update(self.side, render("statements_side", found=found, shown=shown, now=self.now))
        self.actions.clear()
        if self.viewer.may(Permission.draft):
            with self.actions:
                self._draw_actions()

    def _draw_actions(self) -> None:
        kind = ui.select(_KINDS, label="用哪类模板", value=self.kind, on_change=lambda event: self._choose(event.value))
        kind.props("outlined dense options-dense").classes("cd-kind")
        button("起草全部渠道", self._draft_all, main=not self.found.shown)
        if self.found.shown:
            button("全部按最新事实重新起草", self._redraft_all, main=not self.found.compared.agrees)

    def _choose(self, kind: str) -> None:
        self.kind = kind

    async def _draft_all(self) -> None:
        await self._draft(one_for_each_channel(self.found.templates, self.kind))

    async def _redraft_all(self) -> None:
        await self._draft(same_again(self.found))

    async def _draft(self, choices: Sequence[TemplateChoice]) -> None:
        if not choices:
            ui.notify("没有适合当前等级的模板", type="warning")
            return
        jobs = {choice.id: _Job(choice) for choice in choices}
        loop = asyncio.get_running_loop()

        def show() -> None:
            update(self.progress, render("statements_progress", jobs=jobs.values()))

        def on_progress(template: str, progress: Progress) -> None:
            jobs[template].progress = progress
            loop.call_soon_threadsafe(show)

        show()
        command = self.viewer.desk.draft_channels
        try:
            made = await self.viewer.ask(command, self.incident, list(jobs), on_progress=on_progress)
            await self._load()
        except HANDLED as error:
            update(self.progress, render("fault", message=f"起草没有完成：{error}", kept=answer_for(error).kept))
            return
        for one in made:
            jobs[one.template].result = one
        failed = [job for job in jobs.values() if job.result is None or job.result.fault]
        update(self.progress, render("statements_progress", jobs=failed) if failed else "")
        ui.notify(f"已起草 {len(made) - len(failed)} 份", type="positive")
        self._show()  # last: the button that started this goes with it
