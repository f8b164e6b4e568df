"""我的改动: what one person has edited, what it means, what it would have meant last month, and the proposal of it."""

from functools import partial
from typing import Final

from fastapi import Request
from nicegui import ui

from api.errors import HANDLED
from api.web.blocks import button, confirm, panel
from api.web.comparison import draw_comparison
from api.web.render import render
from api.web.shell import Viewer, html, update
from engine.errors import NotAllowed
from engine.permissions import Permission
from engine.releases.views import ReleaseDiff
from engine.views import RuleEdit
from engine.workbench.reads import rule_of

_DAYS: Final = {7: "最近7天", 30: "最近30天", 90: "最近90天"}
_POLL_SECONDS: Final = 0.5
_CHECKING: Final = '<p class="muted small">正在核对全部规则、用例和措辞，最多要半分钟…</p>'
_EMPTY: Final = ("还没有改动", "到规则页点“修改”，改一个门槛或一段文字，这里会列出来，一起比较、一起提交。")


async def build(viewer: Viewer, _request: Request) -> None:
    """The page of the viewer's own changes."""
    if not viewer.may(Permission.propose_release):
        raise NotAllowed("只有合规和分析师可以修改规则并提交发布申请")
    await _ChangesPage(viewer).draw()


class _ChangesPage:
    """Which files are chosen is the page's own; the comparison belongs to the person and outlives a reload."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.edits: tuple[RuleEdit, ...] = ()
        self.titles: dict[str, str] = {}
        self.left_out: set[str] = set()
        self._shown: object = None

    async def draw(self) -> None:
        html("<h1 style='margin-bottom:12px'>我的改动</h1>")
        self.edits = await self.viewer.ask(self.viewer.desk.rule_edits)
        self.titles = {rule.id: rule.title for rule in await self.viewer.ask(self.viewer.desk.rules_in_force)}
        if not self.edits:
            with ui.element("section").classes("panel"):
                html(render("empty", title=_EMPTY[0], advice=_EMPTY[1]))
            ui.link("到规则页", "/rules").classes("plain")
            return
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                with panel("改动的文件", "勾选的一起比较、一起提交", order=1):
                    self._draw_files()
                with panel("与现行规则比较", order=3, anchor="compare"):
                    self._draw_compare()
            with ui.element("div").classes("col"):
                with panel("改成了什么", order=2, anchor="changes"):
                    self.meaning = html("")
                with panel("提交发布申请", order=4, anchor="propose"):
                    self._draw_propose()
        await self._refresh()
        ui.timer(_POLL_SECONDS, self._poll)

    @property
    def files(self) -> dict[str, str | None]:
        """The chosen files as they would be."""
        return {edit.path: edit.text for edit in self.edits if edit.path not in self.left_out}

    def _draw_files(self) -> None:
        with ui.element("ul").classes("rows"):
            for edit in self.edits:
                rule = rule_of(edit.path)
                with ui.element("li"), ui.element("div").classes("withbutton"):
                    with ui.element("div").classes("line"):
                        self._draw_choice(edit)
                        html(
                            render(
                                "rule_edit_row",
                                edit=edit,
                                rule=rule,
                                title=self.titles.get(rule or ""),
                                now=self.viewer.now,
                            )
                        )
                    with ui.element("div").classes("actions"):
                        button("放弃", partial(self._drop, edit))

    def _draw_choice(self, edit: RuleEdit) -> None:
        async def choose(event: object) -> None:
            (self.left_out.discard if getattr(event, "value", True) else self.left_out.add)(edit.path)
            await self._refresh()

        ui.checkbox(value=True, on_change=choose).props(f'dense aria-label="{edit.path}"')

    def _draw_compare(self) -> None:
        with ui.element("div").classes("actions pad"):
            self.days = (
                ui.select(_DAYS, value=30, label="历史").props("outlined dense options-dense").style("width:150px")
            )
            button("开始比较", self._compare, main=True, hint="在后台进行，不影响正在运行的判断")
        self.progress = ui.linear_progress(0, show_value=False).props("instant-feedback").classes("cd-progress")
        self.state = html("").props("role=status aria-live=polite")
        self.result = ui.element("div")

    def _draw_propose(self) -> None:
        with ui.element("div").classes("pad form-texts"):
            self.reason = (
                ui.textarea("为什么要改（批准人会看到，写入审计）").props("outlined dense autogrow").classes("cd-wide")
            )
            self.note = html("")
            with ui.element("div").classes("actions"):
                button("提交发布申请", self._propose, main=True)
            self.outcome = html("").props("role=status aria-live=polite").classes("said lines")

    async def _refresh(self) -> None:
        """The meaning of what is chosen, and whether the comparison is of it."""
        diff: ReleaseDiff | None = None
        fault = ""
        if self.files:
            try:
                diff = await self.viewer.ask(self.viewer.desk.preview_release, self.files)
            except HANDLED as error:
                fault = str(error)
        update(self.meaning, render("rule_meaning", diff=diff, fault=fault, titles=self.titles, rule_of=rule_of))
        await self._poll()

    async def _poll(self) -> None:
        job = self.viewer.parts.comparisons.of(self.viewer.actor.name)
        fits = job is not None and dict(job.files) == self.files
        self.progress.set_visibility(job is not None and job.is_running)
        if job is not None:
            self.progress.set_value(job.share)
        update(self.state, render("comparison_state", job=job, fits=fits, days=_DAYS))
        update(self.note, render("propose_note", job=job, fits=fits))
        if job is not None and job.result is not None and self._shown is not job.result:
            self._shown = job.result
            self.result.clear()
            with self.result:
                await draw_comparison(self.viewer, job.result)

    async def _compare(self) -> None:
        if not self.files:
            ui.notify("请先勾选要比较的文件", type="warning")
            return
        viewer = self.viewer
        until = await viewer.realm_now()
        viewer.parts.comparisons.start(viewer.desk, viewer.actor, self.files, int(self.days.value or 30), until)
        await self._poll()

    async def _propose(self) -> None:
        job = self.viewer.parts.comparisons.of(self.viewer.actor.name)
        comparison = job.result if job is not None and dict(job.files) == self.files else None
        update(self.outcome, _CHECKING)
        why = str(self.reason.value or "").strip()
        try:
            command = self.viewer.ask(self.viewer.desk.propose_release, why, self.files, comparison=comparison)
            proposed = await command
        except HANDLED as error:
            update(self.outcome, render("fault", message=str(error), kept="改动都还在，改好后可以再次提交。"))
            return
        for path in self.files:
            await self.viewer.ask(self.viewer.desk.drop_rule_edit, path)
        self.viewer.parts.comparisons.forget(self.viewer.actor.name)
        ui.navigate.to(f"/releases/{proposed.row.release}")

    async def _drop(self, edit: RuleEdit) -> None:
        if await confirm("放弃改动", f"{edit.path} 的改动会丢弃，恢复为现行内容。", yes="放弃"):
            await self.viewer.ask(self.viewer.desk.drop_rule_edit, edit.path)
            ui.navigate.to("/rules/changes")
