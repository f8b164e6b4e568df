"""发布: what decides in this realm, what waits for approval, and everything proposed before."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import ask_text, button, panel
from api.web.render import render
from api.web.shell import REALM_TITLES, Viewer, act, html
from engine.permissions import Permission
from engine.releases.record import ReleaseStatus
from engine.releases.views import InForce, ReleaseList

_NOTHING_WAITS = ("没有等待批准的申请", "在规则页点“修改”，比较之后提交发布申请，会列在这里。")
_NOTHING_BEFORE = ("还没有人提交过发布", "程序自带的内容正在使用；第一次改动提交后，这里会留下每一次的记录。")


async def build(viewer: Viewer, _request: Request) -> None:
    """The list of releases of this installation."""
    found = await viewer.ask(viewer.desk.releases)
    now = viewer.now
    html("<h1 style='margin-bottom:12px'>发布</h1>")
    here = next((one for one in found.in_force if one.realm is viewer.realm), None)
    with panel("现行发布", REALM_TITLES[viewer.realm] or "正式"):
        row = next((one for one in found.rows if here and one.release == here.release), None)
        html(render("release_in_force", here=here, row=row, notice=found.notice, bundled=found.bundled, now=now))
        if here and here.back_to and viewer.may(Permission.activate_release):
            with ui.element("div").classes("actions pad"):
                button("退回到上一个发布", lambda: roll_back(viewer, here))
    _draw_lists(found, viewer)


def _draw_lists(found: ReleaseList, viewer: Viewer) -> None:
    waiting = [row for row in found.rows if row.status is ReleaseStatus.proposed]
    ready = [row for row in found.rows if row.status is ReleaseStatus.approved and not row.realms]
    others = [row for row in found.rows if row not in waiting]
    ready = [row for row in ready if not row.head.by_factory]
    with panel("等待批准", f"{len(waiting)} 份"):
        html(render("release_table", rows=waiting, now=viewer.now, nothing=_NOTHING_WAITS))
    if ready:
        with panel("已批准，还没有启用", "点开后启用"):
            html(render("release_table", rows=ready, now=viewer.now, nothing=("", "")))
    with panel("全部记录", "最新的在前"):
        html(render("release_table", rows=others, now=viewer.now, nothing=_NOTHING_BEFORE))


async def roll_back(viewer: Viewer, here: InForce) -> None:
    """Go back to the release before, after asking why."""
    lead = f"现行发布 {here.release[:12]} 会停用，{(here.back_to or '')[:12]} 立即重新生效，从下一条提及起按它判断。"
    reason = await ask_text("退回到上一个发布", "退回理由（写入审计）", yes="退回", lead=lead)
    if reason and await act(viewer.ask(viewer.desk.rollback_release, reason, viewer.realm), "已退回") is not None:
        ui.navigate.to("/releases")
