"""事前评估: paste a planned text, see what it could start, take the assessment away."""

import asyncio
from functools import partial
from pathlib import PurePath
from typing import Final

from fastapi import Request
from nicegui import events, ui

from api.errors import HANDLED, answer_for
from api.web.blocks import button
from api.web.precheck_marks import LONGEST_SHOWN, anchor, marked
from api.web.render import render
from api.web.shell import Viewer, html
from engine.permissions import Permission
from engine.precheck.assessing import LONGEST_TEXT, LONGEST_TITLE
from engine.precheck.documents import MOST_BYTES, TYPES, Document, read_document
from engine.precheck.exporting import UNVERIFIED, AssessmentFormat, export
from engine.precheck.model import CONCERN_TITLES, KIND_TITLES, VERDICT_TITLES, Assessment, TextKind
from engine.precheck.verdict import RULE

_STYLE: Final = '<link rel="stylesheet" href="/static/precheck.css">'
_TYPED: Final = "document.querySelector('.precheck-text textarea').value"
_GUESS: Final = "guess"
_SHARED: Final = 6
_FORMATS: Final = {
    AssessmentFormat.docx: "下载 Word",
    AssessmentFormat.md: "下载 Markdown",
    AssessmentFormat.json: "下载 JSON",
}


async def build(viewer: Viewer, _request: Request) -> None:
    """The form, and below it the answer."""
    ui.add_head_html(_STYLE)
    html(render("precheck_head"))
    _Page(viewer)


async def read_upload(name: str, content: bytes) -> Document:
    """`read_document` in a worker thread: nobody else waits for a large file."""
    return await asyncio.to_thread(read_document, name, content)


class _Page:
    """One visit: what was typed lives in the form alone, and goes with it."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._file = Document(text="")
        with ui.element("section").classes("panel precheck-form"), ui.element("div").classes("pad"):
            kinds = {_GUESS: "自动判断", **{kind.value: title for kind, title in KIND_TITLES.items()}}
            with ui.element("div").classes("precheck-line"):
                self._kind = ui.toggle(kinds, value=_GUESS).props('dense no-caps unelevated aria-label="文本种类"')
                self._title = ui.input("标题（可不填）").props(f"outlined dense maxlength={LONGEST_TITLE}")
                self._title.classes("precheck-title")
            self._text = ui.textarea("要发布的文字").props(
                f"outlined autofocus debounce=1000 maxlength={LONGEST_TEXT} input-style='min-height:170px'"
            )
            self._text.classes("cd-wide precheck-text").on("keydown.ctrl.enter", self._assess_typed)
            self._text.on("keydown.meta.enter", self._assess_typed)
            with ui.element("div").classes("precheck-line"):
                button("评估", self._assess_typed, main=True, hint="Ctrl + Enter")
                self._draw_upload()
        self._answer = ui.element("div").props('aria-live="polite" id="precheck-answer"')
        with self._answer:
            html(render("precheck_empty"))

    def _draw_upload(self) -> None:
        upload = ui.upload(
            label="或选择 .txt、.md、.docx 文件",
            auto_upload=True,
            max_file_size=MOST_BYTES,
            on_upload=self._read,
            on_rejected=lambda: ui.notify("文件太大或类型不对：只收 5 MB 以内的 .txt、.md、.docx", type="negative"),
        )
        upload.props(f'accept="{",".join(TYPES)}" flat dense no-thumbnails').classes("precheck-upload")

    async def _read(self, event: events.UploadEventArguments) -> None:
        """Put the text of a file into the form, where it can still be changed."""
        try:
            self._file = await read_upload(event.file.name, await event.file.read())
        except HANDLED as error:
            self._show_fault(error)
            return
        self._text.value = self._file.text
        self._title.value = PurePath(event.file.name).stem[:LONGEST_TITLE]
        await self._assess(self._file.text)

    async def _assess_typed(self) -> None:
        """What stands in the field now: its last letters may not have been sent yet."""
        await self._assess(str(await ui.run_javascript(_TYPED, timeout=10)))

    async def _assess(self, text: str) -> None:
        kind, file = str(self._kind.value), _behind(text, self._file)
        self._answer.clear()
        with self._answer:
            html(render("precheck_waiting"))
        try:
            assessment = await self._viewer.ask(
                self._viewer.desk.precheck,
                text,
                None if kind == _GUESS else TextKind(kind),
                self._title.value or "",
                unread=file.unread,
                remarks=file.remarks,
            )
        except HANDLED as error:
            self._show_fault(error)
            return
        self._answer.clear()
        with self._answer:
            _draw(self._viewer, text, assessment)
        ui.run_javascript("document.getElementById('precheck-answer').scrollIntoView({block: 'start'})")

    def _show_fault(self, error: Exception) -> None:
        self._answer.clear()
        with self._answer:
            html(render("fault", message=str(error), kept=answer_for(error).kept))


def _behind(text: str, file: Document) -> Document:
    """The file that a text came from, as long as the text still shares a few words in a row with it."""
    return Document(text=text) if _pieces(file.text).isdisjoint(_pieces(text)) else file


def _pieces(text: str) -> set[str]:
    return {text[start : start + _SHARED] for start in range(len(text) - _SHARED + 1)} or {text}


def _draw(viewer: Viewer, text: str, assessment: Assessment) -> None:
    words = {
        "assessment": assessment,
        "verdict_titles": VERDICT_TITLES,
        "concern_titles": CONCERN_TITLES,
        "kind_titles": KIND_TITLES,
        "unverified": UNVERIFIED,
        "anchor": anchor,
        "shown": LONGEST_SHOWN,
    }
    html(render("precheck_verdict", rule=RULE, **words))
    with ui.element("div").classes("precheck-line precheck-files"):
        for form, title in _FORMATS.items():
            ui.button(title, on_click=partial(_download, assessment, form)).props("dense no-caps outline")
    with ui.element("div").classes("split"):
        with ui.element("div").classes("col"):
            html(render("precheck_findings", **words)).classes("precheck-second")
        with ui.element("div").classes("col follows"):
            html(render("precheck_text", parts=marked(text, assessment), **words)).classes("precheck-first")
            may_open = viewer.may(Permission.search)
            precedents = render("precheck_precedents", precedents=assessment.precedents, may_open=may_open)
            html(precedents).classes("precheck-third")


def _download(assessment: Assessment, form: AssessmentFormat) -> None:
    file = export(assessment, form)
    ui.download.content(file.content, file.name, file.media_type)
