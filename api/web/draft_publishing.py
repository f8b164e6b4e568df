"""After approval: where a draft went out and when, what corrects it, and how the talk went on."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from api.web.blocks import button, panel
from api.web.draft_progress import watch_drafting
from api.web.effect_chart import chart_of, hour_range
from api.web.render import render
from api.web.shell import act, html
from api.web.texts import CHINA
from engine.errors import InputError
from engine.permissions import Permission
from engine.publishing.publication import (
    CORRECTION_TITLES,
    PLACE_TITLES,
    PUBLIC,
    CorrectionKind,
    Publication,
    PublicationRow,
)
from knowledge.schema import Channel

if TYPE_CHECKING:
    from api.web.draft import DraftPage

_MINUTE = "%Y-%m-%dT%H:%M"


def draw_publications(page: "DraftPage") -> None:
    """Once it is approved: where it is, and the ways to correct it."""
    if page.detail.row.status != "approved" and not page.out.rows:
        return
    with panel("发布与更正", "只登记，不代为发布", anchor="published"):
        if not page.out.rows:
            advice = "在平台发出后，点上方“登记发布”记下网址和时间；首次回应时间从这里算。"
            html(render("empty", title="还没有登记发布", advice=advice))
        with ui.element("ul").classes("rows"):
            for row in page.out.rows:
                with ui.element("li"):
                    titles = {"place_titles": PLACE_TITLES, "correction_titles": CORRECTION_TITLES}
                    html(render("publication", row=row, now=page.now, **titles))
                    if page.viewer.may(Permission.publish):
                        _draw_corrections(page, row)


def _draw_corrections(page: "DraftPage", row: PublicationRow) -> None:
    with ui.element("div").classes("actions"):
        for kind, title in CORRECTION_TITLES.items():
            button(title, partial(_ask_correction, page, row, kind))


def draw_effect(page: "DraftPage") -> None:
    """Mentions by the hour around the newest publication."""
    if page.effect is None:
        return
    with panel("发布前后的声量", "以最近一次登记的发布为准"):
        drawn = {"effect": page.effect, "chart": chart_of(page.effect), "hour_range": hour_range}
        html(render("publication_effect", **drawn, now=page.now))


async def ask_publication(page: "DraftPage") -> None:
    """Where and when it went out; the form stays open until it is right."""
    made_for = Channel(page.detail.row.channel) if page.detail.row.channel else Channel.weibo
    places = {str(one): title for one, title in PLACE_TITLES.items() if made_for in PUBLIC or one not in PUBLIC}
    now = await page.viewer.realm_now()
    against = (await page.viewer.ask(page.viewer.desk.draft_standing, page.id)).objections
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label("登记发布").classes("cd-dialog-title")
        ui.label("CrisisDesk 不代为发布：请先在平台发出，再记在这里。").classes("muted small")
        channel = ui.select(places, label="发布在哪里", value=str(made_for)).props("outlined dense").classes("cd-wide")
        url = ui.input("网址（微博、公众号必填）", placeholder="https://").props("outlined dense").classes("cd-wide")
        at = ui.input("发布时间（北京时间）", value=now.astimezone(CHINA).strftime(_MINUTE))
        at.props("outlined dense type=datetime-local").classes("cd-wide")
        despite = _ask_whether_it_is_out(against)

        async def submit() -> None:
            given = str(channel.value), str(url.value or ""), str(at.value or "")
            if await act(_publish(page, *given, despite=bool(despite and despite.value)), "已登记发布"):
                dialog.close()
                await page.refresh()

        url.on("keydown.enter", submit)
        with ui.row().classes("actions"):
            button("登记", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.on("hide", dialog.delete)
    dialog.open()


def _ask_whether_it_is_out(against: tuple[str, ...]) -> ui.checkbox | None:
    """What must not go out any more is recorded only when a person says that it did."""
    if not against:
        return None
    ui.label("；".join(against)).classes("cd-wide fault")
    return ui.checkbox("确已发出，如实登记（登记后请尽快更正或撤回）")


async def _publish(page: "DraftPage", channel: str, url: str, at: str, *, despite: bool) -> Publication:
    try:
        moment = datetime.strptime(at, _MINUTE).replace(tzinfo=CHINA)
    except ValueError as error:
        raise InputError("请写明日期和时间", field="发布时间") from error
    return await page.viewer.ask(page.viewer.desk.publish, page.id, channel, url, moment, despite=despite)


async def _ask_correction(page: "DraftPage", row: PublicationRow, kind: CorrectionKind) -> None:
    """Which template, and why; the new draft is written as it is watched."""
    found = await _choices(page)
    if not found:
        return
    title = CORRECTION_TITLES[kind]
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label(f"{title}：{row.title}").classes("cd-dialog-title")
        ui.label(f"起草一份新的声明，开头写明它{title}的是哪一份；照常核验、审批，再登记发布。").classes("muted small")
        own = page.detail.row.template
        template = ui.select(found, label="用哪个模板", value=own if own in found else next(iter(found)))
        template.props("outlined dense").classes("cd-wide")
        reason = ui.input(f"为什么{title}（只在内部留存）").props("outlined dense autofocus").classes("cd-wide")

        async def submit() -> None:
            if not str(reason.value or "").strip():
                reason.props('error error-message="请填写"')
                return
            dialog.close()
            ask, correct = page.viewer.ask, page.viewer.desk.correct
            await watch_drafting(
                page.progress,
                f"{title}稿",
                lambda told: ask(
                    correct, row.publication.id, str(template.value), kind, str(reason.value), on_progress=told
                ),
            )

        reason.on("keydown.enter", submit)
        with ui.row().classes("actions"):
            button(f"起草{title}稿", submit, main=True)
            ui.button("取消", on_click=dialog.close).props("dense no-caps flat")
    dialog.open()


async def _choices(page: "DraftPage") -> dict[str, str]:
    """The templates of the draft's incident by id, fitting ones first."""
    detail = await page.viewer.ask(page.viewer.reads.incident, page.detail.row.incident)
    return {one.id: one.title for one in sorted(detail.templates, key=lambda one: not one.fits)}
