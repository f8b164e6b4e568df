"""One table from errors to HTTP, and the handlers that use it.

CrisisDeskError
└── WebError              what only exists between a browser and the desk
    ├── NotLoggedInError       no session, or no valid token
    ├── TooManyAttemptsError   wrong passwords in a row
    ├── TooLargeError          a body above the limit
    └── CrossSiteError         a request that another web site caused

Every answer to a failed request has the same shape: what happened, where, and what was kept.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.settings import SettingsError
from api.validation_text import describe
from api.web.render import render
from engine import errors as engine_errors
from engine.errors import CrisisDeskError
from knowledge import errors as knowledge_errors
from retrieval import errors as retrieval_errors
from rules import errors as rule_errors


class WebError(CrisisDeskError):
    """Something between the browser and the desk."""


class NotLoggedInError(WebError):
    """Nobody is logged in."""


class TooManyAttemptsError(WebError):
    """Wrong passwords in a row; `retry_after_s` says when the next try is heard."""

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"登录尝试次数过多，请在{max(1, round(retry_after_s / 60))}分钟后再试")


class TooLargeError(WebError):
    """A body above the limit."""


class CrossSiteError(WebError):
    """A request that another web site caused."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, and one sentence about what was kept."""

    status: HTTPStatus
    kept: str


_UNCHANGED: Final = "没有任何改动。"
_COMMITTED: Final = "此前已确认收到的数据都已保存。"

ERROR_TABLE: Final[dict[type[Exception], HttpAnswer]] = {
    engine_errors.InputError: HttpAnswer(HTTPStatus.UNPROCESSABLE_ENTITY, _UNCHANGED),
    engine_errors.ProposalRefused: HttpAnswer(HTTPStatus.UNPROCESSABLE_ENTITY, _UNCHANGED),
    engine_errors.NotFound: HttpAnswer(HTTPStatus.NOT_FOUND, _UNCHANGED),
    engine_errors.NotAllowed: HttpAnswer(HTTPStatus.FORBIDDEN, _UNCHANGED),
    engine_errors.Conflict: HttpAnswer(HTTPStatus.CONFLICT, _UNCHANGED),
    engine_errors.ReleaseError: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    engine_errors.ScoringUnavailable: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    engine_errors.ModelUnavailable: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    engine_errors.VerificationFailed: HttpAnswer(HTTPStatus.UNPROCESSABLE_ENTITY, _UNCHANGED),
    engine_errors.StoreError: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    SettingsError: HttpAnswer(HTTPStatus.INTERNAL_SERVER_ERROR, _UNCHANGED),
    NotLoggedInError: HttpAnswer(HTTPStatus.UNAUTHORIZED, _UNCHANGED),
    TooManyAttemptsError: HttpAnswer(HTTPStatus.TOO_MANY_REQUESTS, _UNCHANGED),
    TooLargeError: HttpAnswer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "这次提交的内容没有保存；" + _COMMITTED),
    CrossSiteError: HttpAnswer(HTTPStatus.FORBIDDEN, _UNCHANGED),
    CrisisDeskError: HttpAnswer(HTTPStatus.INTERNAL_SERVER_ERROR, _COMMITTED),
    rule_errors.RuleError: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    knowledge_errors.KnowledgeError: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    knowledge_errors.UnknownEntryError: HttpAnswer(HTTPStatus.NOT_FOUND, _UNCHANGED),
    retrieval_errors.RetrievalError: HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, _COMMITTED),
    retrieval_errors.QueryError: HttpAnswer(HTTPStatus.UNPROCESSABLE_ENTITY, _UNCHANGED),
}

HANDLED: Final = (
    CrisisDeskError,
    rule_errors.RuleError,
    knowledge_errors.KnowledgeError,
    retrieval_errors.RetrievalError,
)
"""The roots of everything that is told to people as it is."""

_PLAIN_STATUS: Final = {
    404: "没有这个地址",
    405: "这个地址不支持该请求方式",
    413: "提交的内容过大",
}


def answer_for(error: Exception) -> HttpAnswer:
    """The table's entry of the nearest ancestor."""
    for ancestor in type(error).__mro__:
        if ancestor in ERROR_TABLE:
            return ERROR_TABLE[ancestor]
    return HttpAnswer(HTTPStatus.INTERNAL_SERVER_ERROR, _COMMITTED)


def error_body(error: Exception) -> dict[str, object]:
    """The JSON body of a failed request."""
    body: dict[str, object] = {"kind": type(error).__name__, "message": str(error), "kept": answer_for(error).kept}
    if isinstance(error, engine_errors.InputError):
        body |= {"place": error.place, "field": error.field, "reason": error.reason}
    if isinstance(error, engine_errors.ProposalRefused):
        body["faults"] = list(error.faults)
    return {"error": body}


def error_response(error: Exception) -> JSONResponse:
    """A domain error as an HTTP answer."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotLoggedInError) else {}
    if isinstance(error, TooManyAttemptsError):
        headers["Retry-After"] = str(error.retry_after_s)
    return JSONResponse(error_body(error), status_code=answer_for(error).status, headers=headers)


def install(app: FastAPI) -> None:
    """Make every error of the desk, of validation and of routing answer in the same shape."""
    for root in HANDLED:
        app.add_exception_handler(root, _on_desk_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, _on_unexpected)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _on_desk_error(request: Request, error: Exception) -> Response:
    if isinstance(error, NotLoggedInError) and _wants_page(request):
        return RedirectResponse("/login", status_code=303)
    return error_response(error)


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [describe(dict(fault)) for fault in error.errors()]
    text = "；".join(f"{place} {reason}".strip() for place, reason in faults)
    return error_response(engine_errors.InputError(text))


async def on_http_error(request: Request, error: Exception) -> Response:
    """What routing refuses: JSON for the interface, a page with a way home for everybody else."""
    if not isinstance(error, HTTPException):
        raise error
    message = _PLAIN_STATUS.get(error.status_code, str(error.detail))
    if not request.url.path.startswith("/api/"):
        return HTMLResponse(render("missing", message=message), status_code=error.status_code, headers=error.headers)
    body = {"error": {"kind": "HTTP", "message": message, "kept": _UNCHANGED}}
    return JSONResponse(body, status_code=error.status_code, headers=error.headers)


async def _on_unexpected(request: Request, error: Exception) -> Response:
    log = structlog.get_logger("crisisdesk.http")
    log.error("unexpected_error", path=request.url.path, kind=type(error).__name__, exc_info=error)
    body = {"error": {"kind": "Unexpected", "message": "服务内部出错，已记录，请联系运维", "kept": _COMMITTED}}
    return JSONResponse(body, status_code=500)
