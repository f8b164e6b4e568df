"""漏报: mentions that somebody picked become a draft test case that a rule must reach."""

from typing import Any, Final

from fastapi import Request
from nicegui import ui

from api.web.blocks import button, panel
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.errors import InputError
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Category, Level
from engine.permissions import Permission
from engine.views import MentionRow

_MOST: Final = 300
_NEAREST: Final = ""


async def build(viewer: Viewer, request: Request) -> None:
    """The picked mentions, and what should have been said of them."""
    ids = list(dict.fromkeys(request.query_params.getlist("pick")))[:_MOST]
    html("<h1 style='margin-bottom:12px'>作为漏报生成用例</h1>")
    rows = await viewer.ask(viewer.desk.mentions_behind, viewer.realm, ids) if ids else ()
    if not rows:
        raise InputError("没有选中提及；请在“提及”页勾选应该一起触发告警的几条，再点“作为漏报生成用例”")
    now = await viewer.realm_now()
    with ui.element("div").classes("split"):
        with ui.element("div").classes("col"), panel("选中的提及", f"{len(rows)} 条", order=2):
            html(render("latest", rows=rows, now=now))
        with (
            ui.element("div").classes("col"),
            panel("应该怎样判断", order=1),
            ui.element("div").classes("pad form-texts"),
        ):
            await _draw_form(viewer, ids, rows)


async def _draw_form(viewer: Viewer, ids: list[str], rows: tuple[MentionRow, ...]) -> None:
    rules = await viewer.ask(viewer.desk.rules_in_force)
    found = next((row.scores.category for row in rows if row.scores and row.scores.category), Category.fee_dispute)

    def choices(category: str) -> dict[str, str]:
        return {_NEAREST: "最接近的规则（自动选）"} | {one.id: one.title for one in rules if one.category == category}

    category = _select({c.value: CATEGORY_TITLES[c] for c in Category}, "类别", found.value)
    level = _select({x.value: LEVEL_TITLES[x] for x in Level}, "应达到的等级", Level.medium.value)
    rule = _select(choices(found.value), "由哪条规则", _NEAREST)
    category.on_value_change(lambda event: rule.set_options(choices(str(event.value)), value=_NEAREST))
    reason = ui.input("理由：当时为什么应该告警").props("outlined dense").classes("cd-wide")
    ui.label("用例只记时间、账号数、平台和传播量，不含原文和账号名。").classes("muted small")

    async def make() -> None:
        command = viewer.ask(
            viewer.desk.draft_case_from_mentions,
            ids,
            Category(str(category.value)),
            Level(str(level.value)),
            str(reason.value or ""),
            realm=viewer.realm,
            rule=str(rule.value) or None,
        )
        made = await act(command, "已生成待定用例")
        if made is not None:
            ui.navigate.to(f"/rules/{made.rule}#drafts")

    if viewer.may(Permission.draft_case):
        with ui.element("div").classes("actions"):
            button("生成待定用例", make, main=True)


def _select(options: dict[str, str], label: str, value: str) -> Any:
    return ui.select(options, label=label, value=value).props("outlined dense").classes("cd-wide")
