"""Drafts of an incident: one button a template; the words appear while they are written."""

from typing import TYPE_CHECKING

from nicegui import ui

from api.installation import model_is_ready
from api.web.blocks import button
from api.web.draft_progress import watch_drafting
from api.web.render import render
from api.web.shell import html
from engine.drafting.strategy import SILENT, StrategyChoice
from engine.permissions import Permission
from engine.views import TemplateChoice
from knowledge.schema import STRATEGY_TITLES, Strategy, Template

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_NOTHING = ("还没有草稿", "由公关选模板起草；事实未确认时可先用“首次回应”类模板。")


def draw_drafting(page: "IncidentPage") -> None:
    """Templates that fit first, then the drafts that exist."""
    html(render("strategy_advice", advice=page.advice))
    page.progress = html("").classes("cd-progress")
    if page.viewer.may(Permission.draft):
        choices = sorted(page.detail.templates, key=lambda choice: (not choice.fits, choice.kind, choice.id))
        fitting = [choice for choice in choices if choice.fits]
        with ui.element("ul").classes("rows tight"):
            for choice in fitting:
                _draw_choice(page, choice)
        if others := choices[len(fitting) :]:
            with (
                ui.expansion(f"其他等级或策略的模板（{len(others)}）").classes("cd-more"),
                ui.element("ul").classes("rows tight"),
            ):
                for choice in others:
                    _draw_choice(page, choice)
    settings = page.viewer.parts.settings
    if not model_is_ready(settings):
        state = "已按设置关闭" if settings.llm == "off" else "准备中"
        html(render("note", text=f"语言模型{state}：草稿用固定措辞，内容同样可以核验和发布。"))
    side_by_side = f'<a class="end small" href="/incidents/{page.id}/statements">各渠道并排，一次起草全部</a>'
    html(f'<div class="pad line"><h3>已有草稿</h3>{side_by_side}</div>')
    html(render("draft_list", rows=page.detail.drafts, now=page.viewer.now, with_incident=False, nothing=_NOTHING))


def _draw_choice(page: "IncidentPage", choice: TemplateChoice) -> None:
    with ui.element("li"), ui.element("div").classes("withbutton"):
        html(render("template_choice", choice=choice))
        button("起草", lambda: _draft(page, choice)).props(f'data-template="{choice.id}"')


async def _draft(page: "IncidentPage", choice: TemplateChoice) -> None:
    if choice.conflict:
        await _ask_strategy(page, choice)
    else:
        await _write(page, choice, None)


async def _write(page: "IncidentPage", choice: TemplateChoice, strategy: StrategyChoice | None) -> None:
    ask, draft = page.viewer.ask, page.viewer.desk.draft
    await watch_drafting(
        page.progress,
        choice.title,
        lambda told: ask(draft, page.id, choice.id, on_progress=told, strategy=strategy),
    )


async def _ask_strategy(page: "IncidentPage", choice: TemplateChoice) -> None:
    """A template that does not go with the advised strategy needs another one, and a reason that stays with it."""
    advice, template = page.advice, await page.viewer.ask(page.viewer.reads.knowledge_entry, choice.id)
    made_for = template.strategies if isinstance(template, Template) else ()
    others = {one.value: STRATEGY_TITLES[one] for one in made_for if one not in (*SILENT, *advice.refused)}
    if not others:
        ui.notify(f"{choice.conflict}；这个模板没有可以改用的策略", type="warning")
        return
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label(f"另选策略：{choice.title}").classes("cd-dialog-title")
        ui.label(f"{choice.conflict}。建议的是“{advice.title}”：{advice.reason}").classes("muted small")
        strategy = ui.select(others, label="用哪种策略", value=next(iter(others))).props("outlined dense")
        strategy.classes("cd-wide")
        reason = ui.input("为什么另选（写进草稿文件）").props("outlined dense autofocus").classes("cd-wide")

        async def submit() -> None:
            words = str(reason.value or "").strip()
            if not words:
                reason.props('error error-message="请填写"')
                return
            dialog.close()
            await _write(page, choice, StrategyChoice(Strategy(str(strategy.value)), words))

        reason.on("keydown.enter", submit)
        with ui.row().classes("actions"):
            button("起草", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.open()
