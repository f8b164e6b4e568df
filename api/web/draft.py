"""草稿 detail: every word with its origin, the proof sentence by sentence, and the way to approval."""

from collections.abc import Awaitable

from fastapi import Request
from nicegui import ui

from api.web.blocks import ask_text, button, panel
from api.web.draft_edit import draw_edit
from api.web.draft_spans import origins_used, spans_with_tips, to_do
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.permissions import Permission
from engine.views import DraftDetail


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one draft; drafts never change, so only the approval part is redrawn."""
    await _DraftPage(viewer, request.path_params["draft_id"]).draw()


class _DraftPage:
    detail: DraftDetail

    def __init__(self, viewer: Viewer, draft_id: str) -> None:
        self.viewer = viewer
        self.id = draft_id

    async def draw(self) -> None:
        await self._load()
        with ui.element("div").classes("head"):
            self.head = html("")
            self.actions = ui.element("div").classes("actions side")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                self._draw_text()
            with ui.element("div").classes("col"):
                self._draw_side()
        self._show()

    async def _load(self) -> None:
        self.detail = await self.viewer.ask(self.viewer.reads.draft_detail, self.id)
        self.now = self.viewer.now

    def _draw_text(self) -> None:
        draft = self.detail.file
        with panel("声明全文", "指向或用 Tab 选中有底色的字，查看出处", order=1):
            parts = spans_with_tips(draft)
            html(render("draft", parts=parts, used=origins_used(draft), count=len(draft.text)))
            for note in draft.notes:
                html(render("note", text=note))
            if self.viewer.may(Permission.draft) and self.detail.row.status in {"draft", "returned"}:
                draw_edit(self.viewer, self.id, draft)
        with panel("逐句核验", "不依赖模型，可用 crisisdesk verify 复核", order=3):
            html(render("proof", proof=draft.proof))

    def _draw_side(self) -> None:
        with panel("待核实清单", order=2):
            html(render("todo", todo=to_do(self.detail.file), incident=self.detail.row.incident))
        with panel("审批记录", order=4):
            self.approvals = html("")
        with panel("各版本", order=5):
            rows = self.detail.versions
            html(render("draft_list", rows=rows, now=self.now, with_incident=False, nothing=("只有这一版", "")))

    def _show(self) -> None:
        self.head.set_content(render("draft_head", row=self.detail.row, now=self.now))
        self.approvals.set_content(render("approvals", approvals=self.detail.approvals, now=self.now))
        self.actions.clear()
        with self.actions:
            self._draw_actions()

    def _draw_actions(self) -> None:
        row, viewer = self.detail.row, self.viewer
        if row.status in {"draft", "returned"} and viewer.may(Permission.submit):
            button("提交审批" if row.status == "draft" else "再次提交", self._submit, main=True)
        if row.status == "submitted" and viewer.may(Permission.approve):
            button("批准", self._approve, main=True, hint="批准后内容不可再改")
        if row.status == "submitted" and viewer.may(Permission.return_):
            button("退回", self._return)
        ui.link("下载草稿文件", f"/api/v1/drafts/{self.id}/file").props("download").classes("small")

    async def _submit(self) -> None:
        await self._do(self.viewer.ask(self.viewer.desk.submit, self.id), "已提交，等待合规审批")

    async def _approve(self) -> None:
        seen = self.detail.row.content_hash
        await self._do(self.viewer.ask(self.viewer.desk.approve, self.id, seen), "已批准")

    async def _return(self) -> None:
        reason = await ask_text("退回草稿", "退回理由（起草人会看到）", yes="退回")
        if reason:
            seen = self.detail.row.content_hash
            await self._do(self.viewer.ask(self.viewer.desk.return_, self.id, seen, reason), "已退回")

    async def _do(self, command: Awaitable[object], done: str) -> None:
        await act(command, done)
        await self._load()
        self._show()
