"""事件 detail: why this level, what to do by when, what is known, what to say, and what happened before."""

from datetime import datetime

from fastapi import Request
from nicegui import ui

from api.errors import HANDLED
from api.web.blocks import panel
from api.web.incident_actions import draw_actions
from api.web.incident_cases import case_note
from api.web.incident_drafting import draw_drafting
from api.web.incident_evidence import draw_evidence
from api.web.incident_facts import draw_facts, show_asked
from api.web.incident_tasks import draw_tasks
from api.web.incident_timeline import steps_of
from api.web.learning import draw_learning, learning_of
from api.web.render import render
from api.web.shell import Viewer, html, update
from engine.drafting.strategy import StrategyAdvice
from engine.learning.views import LearningState
from engine.publishing.publication import PublicationRow
from engine.views import IncidentDetail

REFRESH_SECONDS = 10.0
_SAMPLES = 12


async def build(viewer: Viewer, request: Request) -> None:
    """Fill the page; facts, tasks and drafts redraw after each action, the rest on a timer."""
    page = IncidentPage(viewer, request.path_params["incident_id"])
    page.asked_fact = request.query_params.get("fact")
    await page.load()
    page.draw()
    show_asked(page)
    ui.timer(REFRESH_SECONDS, page.refresh, immediate=False)


class IncidentPage:
    """One incident as one viewer sees it. Parts with buttons redraw only when what they show changed."""

    detail: IncidentDetail
    now: datetime
    progress: ui.html
    cases: str
    learned: LearningState | None
    published: tuple[PublicationRow, ...]
    advice: StrategyAdvice
    asked_fact: str | None = None
    """The fact key that a draft's to-do list leads here for."""

    def __init__(self, viewer: Viewer, incident_id: str) -> None:
        self.viewer = viewer
        self.id = incident_id
        self._drawn: dict[str, object] = {}

    async def load(self) -> None:
        """Read the incident."""
        self.detail = await self.viewer.ask(self.viewer.reads.incident, self.id)
        self.cases = await case_note(self)
        self.learned = await learning_of(self)
        self.advice = await self.viewer.ask(self.viewer.desk.strategy_advice, self.id)
        self.published = await self.viewer.ask(self.viewer.desk.publications, self.id)
        self.now = await self.viewer.realm_now(self.detail.row.incident.realm)

    def draw(self) -> None:
        """All panels, in columns on a desk and in order of need on a phone."""
        self.fault = html("")
        with ui.element("div").classes("head"):
            self.head = html("")
            self.actions = ui.element("div").classes("actions side")
        self.case_links = html("")
        self.learning = ui.element("div")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                self._draw_left()
            with ui.element("div").classes("col"):
                self._draw_right()
        self.show()

    def _draw_left(self) -> None:
        with panel("为什么是这个等级", order=1):
            self.why = html("")
        with panel("事实登记", "已确认的写作事实，未确认的反映和平台只写作“据反映”", order=3, anchor="facts"):
            self.facts = ui.element("div")
        with panel("任务与时限", "最先到期的在前", order=2, anchor="tasks"):
            self.tasks = ui.element("div")
        with panel("相关提及", f'<a href="/mentions?incident={self.id}">全部提及</a>', order=7):
            self.mentions = html("")

    def _draw_right(self) -> None:
        with panel("声明草稿", order=4, anchor="drafts"):
            self.drafts = ui.element("div")
        draw_evidence(self, order=5)
        with panel("时间线", "最新的在前", order=6):
            self.timeline = html("")

    def show(self) -> None:
        """Bring every part up to date."""
        detail, now = self.detail, self.now
        update(self.head, render("incident_head", detail=detail, now=now))
        update(self.case_links, self.cases)
        update(self.why, render("why", detail=detail))
        update(self.timeline, render("timeline", steps=steps_of(detail.changes, self.published), now=now))
        update(self.mentions, render("latest", rows=detail.sample_mentions[:_SAMPLES], now=now))
        self._redraw("learning", self.learning, self.learned)
        self._redraw("actions", self.actions, detail.row.incident)
        self._redraw("tasks", self.tasks, (detail.tasks, now.replace(second=0, microsecond=0)))
        self._redraw("facts", self.facts, detail.facts)
        self._redraw("drafts", self.drafts, (detail.drafts, detail.templates, self.advice.note))

    def _redraw(self, name: str, box: ui.element, shown: object) -> None:
        if self._drawn.get(name) == shown:
            return
        self._drawn[name] = shown
        painters = {
            "learning": draw_learning,
            "actions": draw_actions,
            "tasks": draw_tasks,
            "facts": draw_facts,
            "drafts": draw_drafting,
        }
        box.clear()
        with box:
            painters[name](self)

    async def refresh(self) -> None:
        """Read again and show; a fault keeps what is shown and says so."""
        try:
            await self.load()
        except HANDLED as error:
            update(self.fault, render("fault", message=str(error), kept="页面保留的是上一次读到的内容。"))
            return
        update(self.fault, "")
        self.show()
