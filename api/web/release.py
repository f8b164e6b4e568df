"""One proposal: what it changes in words and over a history, who has to approve it, and the buttons for that."""

from collections.abc import Awaitable
from typing import Final

from fastapi import Request
from nicegui import ui

from api.web.blocks import ask_text, button, confirm, panel
from api.web.comparison import draw_comparison
from api.web.releases import roll_back
from api.web.render import render
from api.web.shell import REALM_TITLES, Viewer, act, html, update
from engine.permissions import Permission
from engine.releases.record import ReleaseStatus
from engine.releases.views import ReleaseView
from engine.workbench.reads import rule_of

_NO_COMPARISON: Final = "在“我的改动”页先与现行规则比较，再提交，比较就会随申请一起留存。"


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one proposal; only its state is redrawn."""
    await _ReleasePage(viewer, request.path_params["release"]).draw()


class _ReleasePage:
    view: ReleaseView

    def __init__(self, viewer: Viewer, release: str) -> None:
        self.viewer = viewer
        self.release = release

    async def draw(self) -> None:
        await self._load()
        with ui.element("div").classes("head"):
            self.head = html("")
            self.actions = ui.element("div").classes("actions side")
        self.hint = html("")
        titles = {rule.id: rule.title for rule in await self.viewer.ask(self.viewer.desk.rules_in_force)}
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                with panel("改了什么", order=1):
                    html(render("release_diff", diff=self.view.diff, titles=titles, rule_of=rule_of))
                await self._draw_comparison()
            with ui.element("div").classes("col"):
                with panel("批准", order=2):
                    self.approvals = html("")
                with panel("改动的文件", f"{len(self.view.diff.files)} 个", order=4):
                    html(render("release_files", diff=self.view.diff))
        self._show()

    async def _draw_comparison(self) -> None:
        with panel("与当时现行发布的历史比较", order=3):
            if self.view.comparison:
                await draw_comparison(self.viewer, self.view.comparison)
            else:
                html(render("empty", title="提交时没有附上历史比较", advice=_NO_COMPARISON))

    async def _load(self) -> None:
        viewer = self.viewer
        self.view = await viewer.ask(viewer.desk.release_view, self.release)
        found = await viewer.ask(viewer.desk.releases)
        self.here = next((one for one in found.in_force if one.realm is viewer.realm), None)
        self.in_force = self.here is not None and self.here.release == self.view.row.release

    def _show(self) -> None:
        row, now = self.view.row, self.viewer.now
        update(self.head, render("release_head", row=row, now=now, in_force=self.in_force, realms=REALM_TITLES))
        update(self.approvals, render("release_approvals", row=row, now=now))
        update(self.hint, render("release_hint", hint=self._why_not()))
        self.actions.clear()
        with self.actions:
            self._draw_actions()

    @property
    def _to_withdraw(self) -> Permission:
        """Who proposes texts of the knowledge base may take them back as well."""
        wider = self.viewer.may(Permission.propose_release)
        return Permission.propose_release if wider else Permission.edit_knowledge

    def _why_not(self) -> str:
        """Why this person has no button where somebody else has one."""
        row, viewer = self.view.row, self.viewer
        name, head = viewer.actor.name, row.head
        if row.fault:
            return row.fault
        if row.status is ReleaseStatus.proposed:
            missing = head.proposal.approvals_needed - len(head.approvals)
            if name == head.proposal.author.name:
                return f"这份申请由你提交，不能自己批准，还需要{missing}位其他合规人员批准。"
            if any(one.approver.name == name for one in head.approvals):
                return "你已经批准过，还需要另一位合规人员批准。"
            if not viewer.may(Permission.approve_release):
                return f"还需要{missing}位合规人员批准。"
        if row.status is ReleaseStatus.approved and not self.in_force and not viewer.may(Permission.activate_release):
            return "已获批准，由合规或运维启用。"
        return ""

    def _draw_actions(self) -> None:
        row, viewer = self.view.row, self.viewer
        head, name = row.head, viewer.actor.name
        is_author = name == head.proposal.author.name
        if row.status is ReleaseStatus.proposed:
            approved = any(one.approver.name == name for one in head.approvals)
            if viewer.may(Permission.approve_release) and not is_author:
                if not approved and not row.fault:
                    button("批准", self._approve, main=True)
                button("驳回", self._reject)
            if is_author and viewer.may(self._to_withdraw):
                button("撤回", self._withdraw)
        if row.status is ReleaseStatus.approved and viewer.may(Permission.activate_release):
            if not self.in_force and not row.fault:
                button("启用", self._activate, main=True)
            if self.in_force and self.here and self.here.back_to:
                here = self.here
                button("退回到上一个发布", lambda: roll_back(viewer, here))

    async def _approve(self) -> None:
        missing = self.view.row.head.proposal.approvals_needed - len(self.view.row.head.approvals)
        lead = "批准的就是本页列出的改动，一个字不差；批准后须有人启用才会生效。"
        lead += "这份申请须两人批准，你之后还需另一位。" if missing > 1 else ""
        note = await ask_text("批准发布", "说明（可不填）", required=False, yes="批准", lead=lead)
        if note is not None:
            await self._do(self.viewer.ask(self.viewer.desk.approve_release, self.view.row.release, note), "已批准")

    async def _reject(self) -> None:
        reason = await ask_text("驳回申请", "驳回理由（提交人会看到）", yes="驳回")
        if reason:
            await self._do(self.viewer.ask(self.viewer.desk.reject_release, self.view.row.release, reason), "已驳回")

    async def _withdraw(self) -> None:
        reason = await ask_text("撤回申请", "撤回理由", yes="撤回", lead="改动会从申请中撤下，不影响现行发布。")
        if reason:
            desk, wider = self.viewer.desk, self.viewer.may(Permission.propose_release)
            command = desk.withdraw_release if wider else desk.take_back_entries
            await self._do(self.viewer.ask(command, self.view.row.release, reason), "已撤回")

    async def _activate(self) -> None:
        lead = "从下一条提及起按这份发布判断，不丢失任何数据；需要时可以退回到上一个发布。"
        if await confirm("启用发布", lead, yes="启用"):
            command = self.viewer.ask(self.viewer.desk.activate_release, self.view.row.release, self.viewer.realm)
            await self._do(command, "已启用，从下一条提及起按它判断")

    async def _do(self, command: Awaitable[object], done: str) -> None:
        await act(command, done)
        await self._load()
        self._show()
