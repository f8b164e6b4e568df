"""Drafts of an incident: one button a template; the words appear while they are written."""

import asyncio
from typing import TYPE_CHECKING

from nicegui import ui

from api.errors import HANDLED, answer_for
from api.web.blocks import button
from api.web.render import render
from api.web.shell import html, update
from engine.drafting import Progress
from engine.permissions import Permission
from engine.views import TemplateChoice
from knowledge.schema import CHANNEL_TITLES, Channel

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_NOTHING = ("还没有草稿", "选一个模板起草；事实未确认时可先用“首次回应”类模板。")


def draw_drafting(page: "IncidentPage") -> None:
    """Templates that fit first, then the drafts that exist."""
    if page.viewer.may(Permission.draft):
        choices = sorted(page.detail.templates, key=lambda choice: (not choice.fits, choice.kind, choice.id))
        with ui.element("div").classes("actions pad"):
            for choice in choices:
                _draw_choice(page, choice)
        page.progress = html("")
    html(render("draft_list", rows=page.detail.drafts, now=page.viewer.now, with_incident=False, nothing=_NOTHING))


def _draw_choice(page: "IncidentPage", choice: TemplateChoice) -> None:
    hint = choice.title + ("" if choice.fits else "（与当前等级或策略不完全相符）")
    label = CHANNEL_TITLES[Channel(choice.channel)] + ("·首次回应" if choice.kind == "holding" else "")
    button(label, lambda: _draft(page, choice), main=choice.fits, hint=hint).props(f'data-template="{choice.id}"')


async def _draft(page: "IncidentPage", choice: TemplateChoice) -> None:
    loop = asyncio.get_running_loop()
    spans: list[Progress] = []

    def show() -> None:
        update(page.progress, render("drafting", title=choice.title, steps=spans))

    def on_progress(progress: Progress) -> None:
        spans.append(progress)
        loop.call_soon_threadsafe(show)

    show()
    try:
        stored = await page.viewer.ask(page.viewer.desk.draft, page.id, choice.id, on_progress=on_progress)
    except HANDLED as error:
        update(page.progress, render("fault", message=f"起草没有完成：{error}", kept=answer_for(error).kept))
        return
    ui.navigate.to(f"/drafts/{stored.id}")
