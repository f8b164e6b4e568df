"""ASGI guards in front of everything: body size, cross-site requests, security headers, access log."""

import time
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CrossSiteError, TooLargeError, error_response

MAX_BODY_BYTES: Final = 10 * 1024 * 1024
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    # Vue compiles templates in the page and NiceGUI starts from an inline module; nothing may come from elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
        "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
    ),
}


class BodyLimit:
    """Refuses bodies above the limit, announced or streamed, with 413."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what arrives."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > self.limit:
            await self._refuse(scope, receive, send)
            return
        await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise self._error()
            return message

        await self.app(scope, counted, send)

    def _error(self) -> TooLargeError:
        return TooLargeError(f"提交的内容超过上限 {self.limit // (1024 * 1024)} MB，请分批提交（每批不超过1000条）")

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await error_response(self._error())(scope, receive, send)


class SameSite:
    """Refuses what another web site caused: unsafe requests with a session, and page sockets.

    Browsers say where a request comes from (Sec-Fetch-Site, Origin). A bearer token is never sent by a browser
    on its own, so such requests pass.
    """

    def __init__(self, app: ASGIApp, trusted_origin: str | None = None) -> None:
        self.app = app
        self.trusted_origin = trusted_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check origin before anything else runs."""
        if scope["type"] in {"http", "websocket"} and self._is_foreign(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await error_response(CrossSiteError("请求来自其他网站，已拒绝"))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return False
        if headers.get("authorization", "").lower().startswith("bearer "):
            return False
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return True
        origin = headers.get("origin")
        if origin is None or origin == self.trusted_origin:
            return False
        return urlsplit(origin).netloc != headers.get("host", "")


class SecurityHeaders:
    """Adds the headers that keep pages to themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add headers at the start of each answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class AccessLog:
    """One line a request: method, path without its query, status, milliseconds. No names, no text."""

    _QUIET: Final = ("/_nicegui", "/healthz", "/static")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log = structlog.get_logger("crisisdesk.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure and log."""
        if scope["type"] != "http" or scope["path"].startswith(self._QUIET):
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            elapsed_ms = round((time.perf_counter() - started) * 1000)
            self.log.info("request", method=scope["method"], path=scope["path"], status=status, ms=elapsed_ms)
