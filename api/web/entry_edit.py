"""修改知识库条目: a form and the source over the same text, checked as it is typed, kept as a revision when saved."""

import json
from typing import Any

from fastapi import Request
from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from api.errors import HANDLED, answer_for
from api.web.blocks import button, confirm, panel
from api.web.entry_editor import EntryEditor
from api.web.entry_form import EntryFormView
from api.web.entry_propose import Answer, ask_proposal
from api.web.entry_source import mark_lines
from api.web.render import render
from api.web.rule_edit_source import yaml_field
from api.web.shell import Viewer, html, update
from engine.errors import Conflict, NotAllowed
from engine.knowledge_base.places import EntryKind
from engine.knowledge_base.preview import preview
from engine.knowledge_base.revisions import Revision, RevisionState
from engine.knowledge_base.views import EntryRow
from engine.permissions import Permission
from knowledge.schema import Template

_TABS = {"form": "表单", "source": "原文"}
_SCRIPT = '<script src="/static/entry_edit.js" defer></script>'


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one entry that is being edited."""
    if not viewer.may(Permission.edit_knowledge):
        raise NotAllowed("只有公关、合规和分析师可以修改知识库；条目页上可以看到现行的内容")
    editor = EntryEditor(viewer, request.path_params["entry_id"], request.query_params.get("title", "").strip()[:100])
    await editor.load()
    ui.add_head_html(_SCRIPT)
    chosen = request.query_params.get("tab", "form")
    await _EditPage(editor, chosen if chosen in _TABS else "form").draw()


class _EditPage:
    def __init__(self, editor: EntryEditor, tab: str) -> None:
        self.editor = editor
        self.viewer = editor.viewer
        self.tab = tab

    async def draw(self) -> None:
        with ui.element("div").classes("head edit-head"):
            self.head = html("")
            with ui.element("div").classes("actions side"):
                self.saved = html("").props("role=status aria-live=polite")
                self.keep = button("保存", self._save, hint="Ctrl+S")
                self.submit = button(self._submit_title, self._submit, main=True)
        self.notice = ui.element("div")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                self._draw_editors()
            with ui.element("div").classes("col follows"):
                self._draw_side()
        self.editor.on_check = self._show
        ui.on("cd-save", self._save)
        self._draw_stale()
        self._show_now()

    @property
    def _submit_title(self) -> str:
        return "提交发布" if self.editor.place.by_release else "提交审核"

    def _draw_editors(self) -> None:
        with ui.element("section").classes("panel"):
            with ui.tabs().props("dense no-caps align=left") as tabs:
                shown = {name: ui.tab(name, label=title) for name, title in _TABS.items()}
            with ui.tab_panels(tabs, value=shown[self.tab]).props("keep-alive=false").classes("cd-panels"):
                with ui.tab_panel("form"):
                    self.form = EntryFormView(self.editor)
                with ui.tab_panel("source"):
                    self.source = yaml_field(self.editor.text, "条目原文", self._typed)
        tabs.on_value_change(lambda event: self._turn(str(event.value)))

    def _draw_side(self) -> None:
        with panel("检查", order=1, anchor="faults"):
            self.faults = html("").props("aria-live=polite")
        if self.editor.place.kind == "template":
            with panel("预览", "按典型事实填写，不用模型", order=2, anchor="preview"):
                self.preview = html("")
        with panel("改成了什么", "与现行内容比较", order=3, anchor="changes"):
            self.changes = html("")

    def _turn(self, name: str) -> None:
        """The tab that is turned to shows the text as it is now."""
        if name == "form":
            self.form.redraw()
        else:
            self.source.set_value(self.editor.text)
            mark_lines(self.source, self.editor)

    async def _typed(self, event: ValueChangeEventArguments[str]) -> None:
        if event.value != self.editor.text:
            await self.editor.type_text(event.value)

    async def _show(self) -> None:
        self._show_now()

    def _show_now(self) -> None:
        editor = self.editor
        if self.head.is_deleted:
            return
        entry = editor.reading.entry
        title = entry.title if entry else editor.entry
        update(self.head, render("entry_edit_head", editor=editor, title=title))
        update(self.saved, render("entry_saved", editor=editor))
        update(self.faults, render("entry_faults", faults=editor.reading.faults, file=editor.place.file))
        update(self.changes, render("entry_changes", change=editor.change, work=editor.work, text=editor.text))
        if editor.place.kind == "template":
            shown = preview(entry) if isinstance(entry, Template) else None
            update(self.preview, render("entry_preview", preview=shown))
        self.form.mark()
        mark_lines(self.source, editor)
        ui.run_javascript(f"window.cdDirty = {json.dumps(editor.is_changed)}")

    def _draw_stale(self) -> None:
        """What was kept was made from another text than that in force."""
        self.notice.clear()
        if not self.editor.work.is_stale:
            return
        with self.notice, ui.element("div").classes("note").style("margin-bottom:14px"):
            html(render("entry_stale", work=self.editor.work))
            with ui.element("div").classes("actions"):
                button("核对过了，以现行内容为基础继续", self._keep_over_in_force)
                if self.editor.work.in_force is not None:
                    button("放弃草稿，改用现行内容", self._take_in_force)

    async def _keep_over_in_force(self) -> None:
        await self._begin(self.editor.work.in_force_hash, self.editor.text)

    async def _take_in_force(self) -> None:
        if await confirm("改用现行内容", "草稿的内容会从编辑框里换掉，仍留在修订记录里。", yes="改用现行内容"):
            await self._begin(self.editor.work.in_force_hash, self.editor.work.in_force)

    async def _begin(self, parent: str | None, text: str | None) -> None:
        await self.editor.begin_from(parent, text)
        with self.notice:  # the button that was pressed goes away
            self.notice.clear()
            self.form.redraw()
            self.source.set_value(self.editor.text)
            self._show_now()

    async def _save(self, _event: Any = None) -> Revision | None:
        editor = self.editor
        await editor.written()
        if editor.wrong:
            ui.notify(
                "；".join(editor.wrong.values()) + "。这些地方没有写入，请改好后再保存", type="warning", multi_line=True
            )
            return None
        if editor.text == editor.work.text and editor.parent == editor.work.parent:
            ui.notify("没有需要保存的改动")
            return None
        try:
            kept = await editor.save()
        except Conflict as conflict:
            await self._draw_conflict(str(conflict))
            return None
        except HANDLED as error:
            ui.notify(
                f"没有保存：{error} {answer_for(error).kept}", type="negative", multi_line=True, close_button="知道了"
            )
            return None
        self._draw_stale()
        self._show_now()
        ui.notify(f"已存为修订 {kept.number}（草稿）", type="positive")
        return kept

    async def _draw_conflict(self, message: str) -> None:
        """Somebody else was faster: both texts are here, and this person decides."""
        viewer, mine = self.viewer, self.editor.text
        theirs = await viewer.ask(viewer.desk.entry_work, self.editor.entry)
        change = await viewer.ask(viewer.desk.text_differences, self.editor.entry, theirs.text, mine)
        self.notice.clear()
        with self.notice, ui.element("div").classes("fault"):
            html(render("entry_conflict", message=message, change=change))
            with ui.element("div").classes("actions"):
                button("在那一份之上保存我的", lambda: self._save_over(theirs.parent, mine))
                button("用那一份，放弃我的", lambda: self._begin(theirs.parent, theirs.text))
        ui.run_javascript("window.scrollTo({top: 0})")

    async def _save_over(self, parent: str | None, mine: str) -> None:
        await self._begin(parent, mine)
        with self.notice:
            await self._save()

    async def _submit(self) -> None:
        editor = self.editor
        await editor.written()
        if not editor.reading.ok:
            ui.notify(f"还有 {len(editor.reading.faults)} 处问题，改好后才能提交；可以先保存", type="warning")
            return
        if (editor.is_changed or editor.work.work is None) and await self._save() is None:
            return
        work = editor.work.work
        if work is None or work.state is RevisionState.refused:
            ui.notify("上次没有通过，请先按意见修改", type="warning")
            return
        lead = f"提交修订 {work.number}。" + (
            "合规批准并启用后，起草随即使用新内容。"
            if editor.place.by_release
            else "由另一位分析师或合规人员审核，通过后检索随即可见。"
        )
        answer = await ask_proposal(
            self._submit_title, lead, await self._other_drafts(), required=editor.place.by_release
        )
        if answer is None:
            return
        try:
            target = await self._put_up(work.number, answer)
        except HANDLED as error:
            ui.notify(f"没有提交：{error}", type="negative", multi_line=True, timeout=12000, close_button="知道了")
            return
        ui.run_javascript("window.cdDirty = false")
        ui.navigate.to(target)

    async def _put_up(self, number: int, answer: Answer) -> str:
        """Submit or propose; gives the page that shows it."""
        desk, ask, entry = self.viewer.desk, self.viewer.ask, self.editor.entry
        if not self.editor.place.by_release:
            await ask(desk.submit_entry, entry, number, answer.reason)
            return f"/knowledge/{entry}/revisions/{number}"
        together = {entry: number} | {row.entry: row.work.number for row in answer.others if row.work}
        view = await ask(desk.propose_entries, together, answer.reason)
        return f"/releases/{view.row.release}"

    async def _other_drafts(self) -> tuple[EntryRow, ...]:
        """Other drafts of the same person that come into force with a release."""
        if not self.editor.place.by_release:
            return ()
        return tuple(
            row
            for row in await self.viewer.ask(self.viewer.desk.knowledge_list)
            if row.work is not None
            and (row.work.state, row.work.author) == (RevisionState.draft, self.viewer.actor.name)
            and row.kind is not EntryKind.incident
            and row.entry != self.editor.entry
        )
