"""草稿: what waits for approval first."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import panel
from api.web.render import render
from api.web.shell import Viewer, html

_GROUPS = (
    ("submitted", "待审批", ("没有待审批的草稿", "公关提交后会出现在这里。")),
    ("draft", "未提交", ("没有未提交的草稿", "在事件页选一个模板起草。")),
    ("returned", "已退回", ("没有被退回的草稿", "退回的草稿会带着理由出现在这里。")),
    ("approved", "已批准", ("还没有批准的草稿", "合规批准后可以发布。")),
)


async def build(viewer: Viewer, _request: Request) -> None:
    """All drafts, grouped by where they stand."""
    rows = await viewer.ask(viewer.reads.drafts, viewer.realm)
    now = viewer.now
    html("<h1 style='margin-bottom:12px'>草稿</h1>")
    with ui.element("div").classes("halves"):
        for status, title, nothing in _GROUPS:
            chosen = [row for row in rows if row.status == status]
            with panel(title, f"{len(chosen)} 份"):
                html(render("draft_list", rows=chosen, now=now, with_incident=True, nothing=nothing))
