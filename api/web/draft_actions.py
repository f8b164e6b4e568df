"""What can be done with a draft: submitted, decided on, drafted again, taken away."""

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from api.web.blocks import ask_text, button
from api.web.draft_progress import watch_drafting
from api.web.draft_publishing import ask_publication
from api.web.draft_spans import why_not_submittable
from api.web.shell import act
from engine.drafting.exports.exporting import FORM_TITLES, ExportForm
from engine.permissions import Permission

if TYPE_CHECKING:
    from api.web.draft import DraftPage

_OPEN = frozenset({"draft", "returned"})


def draw_actions(page: "DraftPage") -> None:
    """The next step first."""
    row, viewer = page.detail.row, page.viewer
    if row.status in _OPEN and viewer.may(Permission.submit):
        _draw_submit(page)
    if row.status == "submitted" and viewer.may(Permission.approve):
        button("批准", lambda: _approve(page), main=True, hint="批准后内容不可再改")
    if row.status == "submitted" and viewer.may(Permission.return_):
        button("退回", lambda: _return(page))
    if row.status == "approved" and viewer.may(Permission.publish):
        button(
            "登记发布",
            lambda: ask_publication(page),
            main=page.standing.is_ready and not page.out.rows,
            hint="在平台发出之后，记下网址和时间",
        )
    if viewer.may(Permission.draft):
        button("按最新事实重新起草", lambda: _redraft(page))
    _draw_exports(page)


def _draw_submit(page: "DraftPage") -> None:
    """Only what can be released can be submitted; why not stands in the head."""
    reason = why_not_submittable(page.detail.file)
    title = "提交审批" if page.detail.row.status == "draft" else "再次提交"
    element = button(title, lambda: _submit(page), main=True)
    if reason:
        element.disable()
        element.props('aria-describedby="why-not"')


def _draw_exports(page: "DraftPage") -> None:
    may_export = page.viewer.may(Permission.export)
    if may_export:
        button("复制正文", lambda: _copy(page), hint="连同人工智能标识，粘贴到发布平台")
    with ui.dropdown_button("导出", auto_close=True).props("dense no-caps outline").classes("cd-button"):
        for form, sources in ((ExportForm.docx, False), (ExportForm.docx, True), (ExportForm.md, False)):
            if may_export:
                title = FORM_TITLES[form] + ("（附逐句出处）" if sources else "")
                ui.item(title, on_click=partial(_export, page, form, sources=sources))
        if may_export:
            ui.item(FORM_TITLES[ExportForm.txt], on_click=partial(_export, page, ExportForm.txt))
        ui.item("草稿文件（可核验）", on_click=lambda: ui.download.from_url(f"/api/v1/drafts/{page.id}/file"))


async def _export(page: "DraftPage", form: ExportForm, *, sources: bool = False) -> None:
    taken = page.viewer.ask(page.viewer.desk.export_draft, page.id, form, with_sources=sources)
    label = page.standing.label
    file = await act(taken, f"已导出，带“{label}”字样" if label else "已导出")
    if file is not None:
        ui.download.content(file.content, file.name, file.media_type)


async def _copy(page: "DraftPage") -> None:
    """The words are shown as well: browsers copy by themselves over HTTPS only."""
    label = page.standing.label
    done = f"不能发布，开头带“{label}”字样" if label else "可以粘贴到发布平台"
    text = await act(page.viewer.ask(page.viewer.desk.draft_post, page.id), done)
    if text is None:
        return
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("复制正文").classes("cd-dialog-title")
        ui.label("连同末尾的人工智能标识一起粘贴；平台有“AI 生成”声明选项的，也请勾选。").classes("muted small")
        for note in page.standing.advice:
            ui.label(note).classes("small")
        field = ui.textarea("正文", value=text).props("outlined readonly autogrow autofocus").classes("cd-wide")
        field.props("input-style='max-height:46vh'")
        with ui.row().classes("actions"):
            ui.button("复制", on_click=lambda: ui.clipboard.write(text)).props("dense no-caps unelevated")
            ui.button("关闭", on_click=dialog.close).props("dense no-caps flat")
    dialog.on("hide", dialog.delete)
    dialog.open()


async def _redraft(page: "DraftPage") -> None:
    title = page.detail.row.template_title
    await watch_drafting(
        page.progress, title, lambda told: page.viewer.ask(page.viewer.desk.redraft, page.id, on_progress=told)
    )


async def _submit(page: "DraftPage") -> None:
    await _do(page, page.viewer.ask(page.viewer.desk.submit, page.id), "已提交，等待合规审批")


async def _approve(page: "DraftPage") -> None:
    seen = page.detail.row.content_hash
    await _do(page, page.viewer.ask(page.viewer.desk.approve, page.id, seen), "已批准")


async def _return(page: "DraftPage") -> None:
    reason = await ask_text("退回草稿", "退回理由（起草人会看到）", yes="退回")
    if reason:
        seen = page.detail.row.content_hash
        await _do(page, page.viewer.ask(page.viewer.desk.return_, page.id, seen, reason), "已退回")


async def _do(page: "DraftPage", command: Awaitable[object], done: str) -> None:
    await act(command, done)
    await page.refresh()
