"""Drafts of an incident: one button a template; the words appear while they are written."""

from typing import TYPE_CHECKING

from nicegui import ui

from api.installation import model_is_ready
from api.web.blocks import button
from api.web.draft_progress import watch_drafting
from api.web.render import render
from api.web.shell import html
from engine.permissions import Permission
from engine.views import TemplateChoice

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_NOTHING = ("还没有草稿", "由公关选模板起草；事实未确认时可先用“首次回应”类模板。")


def draw_drafting(page: "IncidentPage") -> None:
    """Templates that fit first, then the drafts that exist."""
    if page.viewer.may(Permission.draft):
        choices = sorted(page.detail.templates, key=lambda choice: (not choice.fits, choice.kind, choice.id))
        fitting = [choice for choice in choices if choice.fits]
        with ui.element("ul").classes("rows tight"):
            for choice in fitting:
                _draw_choice(page, choice)
        if others := choices[len(fitting) :]:
            with (
                ui.expansion(f"其他等级的模板（{len(others)}）").classes("cd-more"),
                ui.element("ul").classes("rows tight"),
            ):
                for choice in others:
                    _draw_choice(page, choice)
    settings = page.viewer.parts.settings
    if not model_is_ready(settings):
        state = "已按设置关闭" if settings.llm == "off" else "准备中"
        html(render("note", text=f"语言模型{state}：草稿用固定措辞，内容同样可以核验和发布。"))
    page.progress = html("")
    side_by_side = f'<a class="end small" href="/incidents/{page.id}/statements">各渠道并排，一次起草全部</a>'
    html(f'<div class="pad line"><h3>已有草稿</h3>{side_by_side}</div>')
    html(render("draft_list", rows=page.detail.drafts, now=page.viewer.now, with_incident=False, nothing=_NOTHING))


def _draw_choice(page: "IncidentPage", choice: TemplateChoice) -> None:
    with ui.element("li"), ui.element("div").classes("withbutton"):
        html(render("template_choice", choice=choice))
        button("起草", lambda: _draft(page, choice)).props(f'data-template="{choice.id}"')


async def _draft(page: "IncidentPage", choice: TemplateChoice) -> None:
    ask, draft = page.viewer.ask, page.viewer.desk.draft
    await watch_drafting(page.progress, choice.title, lambda told: ask(draft, page.id, choice.id, on_progress=told))
