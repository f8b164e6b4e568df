"""草稿 detail: every word with its origin, the proof sentence by sentence, the way to approval, and what came after."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import panel
from api.web.draft_actions import draw_actions
from api.web.draft_edit import draw_edit
from api.web.draft_publishing import draw_effect, draw_publications
from api.web.draft_spans import flags_of, origins_used, spans_with_tips, to_do, why_not_submittable
from api.web.draft_versions import draw_versions
from api.web.fact_questions import draw_draft_questions
from api.web.render import render
from api.web.shell import Viewer, html
from engine.drafting.exports.standing import Standing
from engine.permissions import Permission
from engine.publishing.effect import Effect
from engine.publishing.publication import DraftPublications
from engine.views import DraftDetail

STYLE = '<link rel="stylesheet" href="/static/draft.css">'
OPEN = frozenset({"draft", "returned"})


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one draft; drafts never change, so only what comes after the writing is redrawn."""
    ui.add_head_html(STYLE)
    await DraftPage(viewer, request.path_params["draft_id"]).draw()


class DraftPage:
    """One draft as one viewer sees it."""

    detail: DraftDetail
    out: DraftPublications
    effect: Effect | None
    standing: Standing
    progress: ui.html

    def __init__(self, viewer: Viewer, draft_id: str) -> None:
        self.viewer = viewer
        self.id = draft_id

    async def draw(self) -> None:
        """Read it, and fill the page."""
        await self._load()
        with ui.element("div").classes("head"):
            self._head = html("")
            self._actions = ui.element("div").classes("actions side")
        self.progress = html("").classes("cd-progress")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                self._draw_text()
            with ui.element("div").classes("col"):
                await self._draw_side()
        self._show()

    async def _load(self) -> None:
        viewer, desk = self.viewer, self.viewer.desk
        self.detail = await viewer.ask(viewer.reads.draft_detail, self.id)
        self.out = await viewer.ask(desk.draft_publications, self.id)
        self.standing = await viewer.ask(desk.draft_standing, self.id)
        newest = next(iter(self.out.rows), None)
        self.effect = await viewer.ask(desk.publication_effect, newest.publication.id) if newest else None
        self.now = viewer.now

    def _draw_text(self) -> None:
        draft = self.detail.file
        with panel("声明全文", "指向或用 Tab 选中有底色的字，查看出处", order=1):
            parts = spans_with_tips(draft)
            about = self.out.about
            html(render("draft", parts=parts, used=origins_used(draft), count=len(draft.text), about=about))
            for note in draft.notes:
                html(render("note", text=note))
            if flags := flags_of(draft):
                html(render("draft_flags", flags=flags))
            if self.viewer.may(Permission.draft) and self.detail.row.status in OPEN:
                draw_edit(self.viewer, self.id, draft)
        with panel("逐句核验", "不依赖模型，可用 crisisdesk verify 复核", order=5):
            html(render("proof", proof=draft.proof))
        self._effect = ui.element("div").style("order:6")

    async def _draw_side(self) -> None:
        draft = self.detail.file
        with panel("待核实清单", order=2):
            waits = to_do(draft)
            await draw_draft_questions(self.viewer, self.id, tuple(one.key for one in waits))
            html(render("todo", todo=waits, incident=self.detail.row.incident))
        if draft.proof.elements:
            with panel("必备内容", "按类别、等级和渠道", order=3):
                html(render("draft_elements", elements=draft.proof.elements))
        if draft.strategy is not None:
            with panel("应对策略", order=4):
                html(render("draft_strategy", note=draft.strategy))
        self._published = ui.element("div").style("order:2")
        with panel("审批记录", order=7):
            self._approvals = html("")
        with panel("各版本与差异", order=8):
            await draw_versions(self)

    def _show(self) -> None:
        row, standing = self.detail.row, self.standing
        why_not = why_not_submittable(self.detail.file) if row.status in OPEN else ""
        head = render("draft_head", row=row, now=self.now, standing=standing, out=self.out, why_not=why_not)
        self._head.set_content(head)
        self._approvals.set_content(render("approvals", approvals=self.detail.approvals, now=self.now))
        for box, paint in (
            (self._actions, draw_actions),
            (self._published, draw_publications),
            (self._effect, draw_effect),
        ):
            box.clear()
            with box:
                paint(self)

    async def refresh(self) -> None:
        """Read again what comes after the writing."""
        await self._load()
        self._show()
