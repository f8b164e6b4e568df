"""Log in, log out, who am I."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import LoggedIn, PartsDep, identify
from api.errors import TooManyAttemptsError
from api.parts import Parts
from api.sessions import COOKIE
from api.web.render import render
from engine.model import Actor

router = APIRouter(tags=["登录"])


@router.get("/login", include_in_schema=False)
def login_page(request: Request, parts: PartsDep, next_: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form; whoever is logged in already goes on."""
    if identify(request, parts):
        return RedirectResponse(_local(next_), status_code=303)
    return HTMLResponse(render("login", next=_local(next_), name="", fault=""))


@router.post("/login", include_in_schema=False)
def login(
    request: Request,
    parts: PartsDep,
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next_: Annotated[str, Form(alias="next", max_length=2000)] = "/",
) -> Response:
    """Check the password, slowly for those who guess."""
    address = request.client.host if request.client else "?"
    wait_s = parts.brake.wait_s(name, address)
    if wait_s:
        return _form(str(TooManyAttemptsError(wait_s)), name, next_, 429, {"Retry-After": str(wait_s)})
    actor = parts.users.verify(name, password)
    if actor is None:
        parts.brake.failed(name, address)
        return _form("用户名或密码不对", name, next_, 401, {})
    parts.brake.succeeded(name)
    return _welcome(parts, actor, request, next_)


@router.post("/logout", include_in_schema=False)
def logout() -> Response:
    """Forget the session."""
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/api/v1/me", summary="当前登录者")
def me(actor: LoggedIn) -> Actor:
    """姓名、角色与部门。"""
    return actor


def _welcome(parts: Parts, actor: Actor, request: Request, next_: str) -> Response:
    response = RedirectResponse(_local(next_), status_code=303)
    response.set_cookie(
        COOKIE,
        parts.sessions.issue(actor.name),
        max_age=parts.sessions.max_age_s,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _form(fault: str, name: str, next_: str, status: int, headers: dict[str, str]) -> Response:
    return HTMLResponse(
        render("login", next=_local(next_), name=name, fault=fault), status_code=status, headers=headers
    )


def _local(target: str) -> str:
    """Only a path of this server: an address elsewhere would be an open redirect."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if safe and "\\" not in target else "/"
