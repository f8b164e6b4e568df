"""知识库: everything in it, filtered by the address; and a new past incident."""

from collections.abc import Iterable
from math import ceil
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from api.web.blocks import button, panel
from api.web.render import render
from api.web.shell import Viewer, html
from api.web.stale import draw_stale_note
from engine.errors import InputError, NotAllowed
from engine.knowledge_base.places import KIND_TITLES, incident_place
from engine.knowledge_base.revisions import RevisionState
from engine.knowledge_base.views import EntryRow
from engine.model import CATEGORY_TITLES
from engine.permissions import Permission

SIZE: Final = 50
_FIELDS: Final = ("text", "kind", "category", "state")
_STATES: Final = {
    "in_force": "生效",
    "new": "尚未生效",
    "withdrawn": "停用",
    "draft": "有草稿",
    "proposed": "待审批",
    "refused": "未通过",
    "unverified": "法规未核对",
}


async def build(viewer: Viewer, request: Request) -> None:
    """The list; filters live in the address."""
    form = {name: request.query_params.get(name, "").strip()[:100] for name in _FIELDS}
    found = await viewer.ask(viewer.desk.knowledge_list)
    rows = [row for row in found if _fits(row, form)]
    pages = max(1, ceil(len(rows) / SIZE))
    page = min(_page(request.query_params.get("page", "")), pages)
    with ui.element("div").classes("head"):
        html("<h1>知识库</h1>")
        if viewer.may(Permission.edit_knowledge):
            html('<a class="primary" href="/knowledge/new">新写历史事件</a>').classes("side")
    await draw_stale_note(viewer)

    def link(**changed: Any) -> Markup:
        chosen = {name: value for name, value in ({**form, **changed}).items() if value}
        return Markup("/knowledge?{}").format(urlencode(chosen))

    html(
        render(
            "knowledge_list",
            rows=rows[(page - 1) * SIZE : page * SIZE],
            total=len(rows),
            page=page,
            pages=pages,
            form=form,
            filtered=any(form.values()),
            kinds=KIND_TITLES,
            states=_STATES,
            link=link,
        )
    )


def _fits(row: EntryRow, form: dict[str, str]) -> bool:
    said = f"{row.title} {row.entry} {row.owner} {row.work.author if row.work else ''}".lower()
    return (
        form["kind"] in ("", row.kind)
        and (not form["category"] or form["category"] in row.categories)
        and (not form["state"] or form["state"] in _states(row))
        and form["text"].lower() in said
    )


def _states(row: EntryRow) -> Iterable[str]:
    yield "in_force" if row.is_in_force else "withdrawn" if row.is_withdrawn else "new"
    if row.work is not None and row.work.state in (RevisionState.draft, RevisionState.proposed, RevisionState.refused):
        yield row.work.state
    if row.verified is False:
        yield "unverified"


def _page(written: str) -> int:
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


async def build_new(viewer: Viewer, _request: Request) -> None:
    """What a new past incident needs before it can be written: category, a name for its file, a title."""
    if not viewer.may(Permission.edit_knowledge):
        raise NotAllowed("只有公关、合规和分析师可以新写历史事件")
    html('<div class="line small"><a href="/knowledge">知识库</a><span class="muted">/ 新写历史事件</span></div>')
    html("<h1 style='margin:4px 0 12px'>新写历史事件</h1>")
    with panel("先定三样", "其余的在下一页填写；审核通过后检索可见"), ui.element("div").classes("form-texts"):
        categories = {str(key): title for key, title in CATEGORY_TITLES.items()}
        category = ui.select(categories, label="类别").props("outlined dense").classes("cd-wide")
        title = ui.input("标题").props('outlined dense maxlength=100 hint="一句话说清是什么事"').classes("cd-wide")
        name = ui.input("名称").props('outlined dense maxlength=80 hint="小写字母、数字、下划线，如 points_fee"')
        name.classes("cd-wide")

        async def begin() -> None:
            entry = f"inc.{category.value or ''}.{(name.value or '').strip()}"
            said = " ".join((title.value or "").split())
            try:
                incident_place(entry)
            except InputError:
                ui.notify("请选类别；名称只用小写字母、数字和下划线", type="warning")
                return
            if len(said) < 2:
                ui.notify("请填写标题", type="warning")
                return
            if any(row.entry == entry for row in await viewer.ask(viewer.desk.knowledge_list)):
                ui.notify("已有同名的条目，请换一个名称", type="warning")
                return
            ui.navigate.to(f"/knowledge/{entry}/edit?{urlencode({'title': said})}")

        with ui.element("div").classes("actions"):
            button("开始填写", begin, main=True)
