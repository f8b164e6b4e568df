"""The frame around every page: who looks, navigation, faults, and how a page asks the desk."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

import structlog
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from api.deps import identify
from api.errors import HANDLED, NotLoggedInError, answer_for
from api.parts import Parts
from api.web.render import render
from engine.commands import Desk
from engine.model import ROLE_TITLES, Actor, Realm
from engine.permissions import Permission, allowed
from engine.reads import Reads

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

TITLE = "CrisisDesk 舆情应对台"
REALM_TITLES = {Realm.live: "", Realm.demo: "演示数据", Realm.drill: "演练", Realm.replay: "回放"}
NAVIGATION = (
    ("/", "总览", Permission.read),
    ("/incidents", "事件", Permission.read),
    ("/mentions", "提及", Permission.read),
    ("/drafts", "草稿", Permission.read),
    ("/search", "案例检索", Permission.search),
    ("/precheck", "事前评估", Permission.precheck),
    ("/knowledge", "知识库", Permission.read),
    ("/rules", "规则", Permission.read),
    ("/releases", "发布", Permission.read),
    ("/audit", "审计", Permission.read_audit),
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, and the way to ask the desk in that person's name."""

    actor: Actor
    parts: Parts

    @property
    def realm(self) -> Realm:
        """The realm that the page shows."""
        return self.parts.realm

    @property
    def now(self) -> datetime:
        """The wall clock."""
        return self.parts.clock()

    @property
    def desk(self) -> Desk:
        """What can be done."""
        return self.parts.desk

    @property
    def reads(self) -> Reads:
        """What can be looked at."""
        return self.parts.reads

    async def realm_now(self, realm: Realm | None = None) -> datetime:
        """The realm's now, which runs ahead in a demonstration."""
        return await asyncio.to_thread(self.reads.now, realm or self.realm)

    def may(self, permission: Permission) -> bool:
        """Whether to show what needs this permission; the desk refuses it anyway."""
        return allowed(self.actor.role, permission)

    async def ask(
        self,
        command: Callable[Concatenate[Actor, Arguments], Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        """Call a command of the desk in a worker thread, after checking that the account still exists."""
        actor = await asyncio.to_thread(self.parts.users.get, self.actor.name)
        if actor is None:
            raise NotLoggedInError("登录已失效，请重新登录")
        return await asyncio.to_thread(command, actor, *args, **kwargs)


_ICON = (Path(__file__).parent / "static" / "favicon.svg").read_text(encoding="utf-8")
PageBuilder = Callable[[Viewer, Request], Awaitable[None]]


def add_page(parts: Parts, path: str, title: str, permission: Permission, build: PageBuilder) -> None:
    """Register a page: login, permission, frame, and faults shown in place."""

    async def show(request: Request) -> Response | None:
        actor = await asyncio.to_thread(identify, request, parts)
        if actor is None:
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/login?next={quote(wanted, safe='')}", status_code=303)
        viewer = Viewer(actor, parts)
        with frame(viewer, path):
            if not viewer.may(permission):
                html(render("fault", message=f"{ROLE_TITLES[actor.role]}没有查看此页的权限", kept=""))
                return None
            try:
                await build(viewer, request)
            except HANDLED as error:
                html(render("fault", message=str(error), kept=answer_for(error).kept))
            except Exception as error:  # noqa: BLE001 - the edge of a page: whatever fails is logged and told
                structlog.get_logger("crisisdesk.page").error("page_failed", page=path, exc_info=error)
                html(render("fault", message="页面出错，已记录，请刷新重试或联系运维", kept=answer_for(error).kept))
        return None

    heading = f"{title} · {TITLE}"
    ui.page(path, title=heading, favicon=_ICON, language="zh-CN", response_timeout=30)(show)


def html(content: str) -> ui.html:
    """HTML from our own escaping templates."""
    return ui.html(content, sanitize=False)


def update(element: ui.html, content: str) -> None:
    """Change HTML only when it differs, so that a live page does not flicker or lose focus."""
    if element.content != content:
        element.set_content(content)


@contextmanager
def frame(viewer: Viewer, path: str) -> Iterator[None]:
    """Header, drawer for narrow screens, skip link, and the main area."""
    ui.add_head_html('<link rel="stylesheet" href="/static/theme.css">')
    ui.colors(primary="#17567e", positive="#1f6b45", negative="#a11d17", warning="#a04a06")
    links = [(href, title, _is_current(href, path)) for href, title, need in NAVIGATION if viewer.may(need)]
    with ui.left_drawer(value=False, bordered=True).props("overlay width=230").classes("cd-drawer") as drawer:
        html(render("nav", links=links))
    with ui.header().classes("cd-header"):
        ui.button(icon="menu", on_click=drawer.toggle).props('flat dense color=primary aria-label="打开菜单"').classes(
            "cd-menu"
        )
        html('<a class="cd-brand" href="/">CrisisDesk <small>舆情应对台</small></a>')
        if REALM_TITLES[viewer.realm]:
            html(f'<span class="cd-realm">{REALM_TITLES[viewer.realm]}</span>')
        html(render("nav", links=links)).classes("cd-nav-box")
        html(render("user", actor=viewer.actor))
    main = ui.element("main").classes("cd-main")
    ui.skip_link("跳到正文", target=main)
    with main:
        yield


def _is_current(href: str, path: str) -> bool:
    return path == href if href == "/" else path.startswith(href)


async def act(command: Awaitable[Answer], done: str) -> Answer | None:
    """Run what a button started; say what happened, and on a fault what was kept."""
    try:
        answer = await command
    except HANDLED as error:
        ui.notify(
            f"{error} {answer_for(error).kept}", type="negative", multi_line=True, timeout=8000, close_button="知道了"
        )
        return None
    ui.notify(done, type="positive")
    return answer
