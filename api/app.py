"""`create_app(settings, ...)`: the one place where things are wired. Every part can be passed in."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api import errors
from api.background import Background, Job
from api.clock import wall_clock
from api.guards import AccessLog, BodyLimit, SameSite, SecurityHeaders
from api.installation import Installation, open_installation
from api.parts import Parts
from api.routes import ROUTERS
from api.sessions import LoginBrake, Sessions
from api.settings import Settings

STATIC = Path(__file__).parent / "web" / "static"
_ABOUT = (
    "CrisisDesk 舆情应对台的接口。以登录会话或 `Authorization: Bearer <令牌>` 访问；"
    "令牌由 `crisisdesk user token` 生成。"
)


def create_app(
    settings: Settings,
    *,
    installation: Installation | None = None,
    jobs: Sequence[tuple[str, Job]] = (),
    is_failing: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = wall_clock,
    pages: bool = True,
) -> FastAPI:
    """The web application. `jobs` run while it runs, and `is_failing` tells when they get nowhere.

    Without `pages` only the interface is served. Pages can be mounted once in a process, because NiceGUI has one
    application of its own. Raises SettingsError for settings that must not be used like this.
    """
    opened = installation or open_installation(settings, clock=clock)
    parts = Parts(
        settings=settings,
        desk=opened.desk,
        users=opened.users,
        sessions=Sessions(settings.session_key(), clock, settings.session_hours),
        brake=LoginBrake(clock),
        clock=clock,
        background=Background(jobs, is_failing),
    )
    app = FastAPI(
        title="CrisisDesk 舆情应对台",
        description=_ABOUT,
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.parts = parts
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _add_guards(app, settings)
    if pages:
        from api.web.site import mount_pages  # noqa: PLC0415 - NiceGUI is slow to import and one per process

        mount_pages(app, parts)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    parts.background.start()
    try:
        yield
    finally:
        parts.background.stop()
        parts.comparisons.close()


def _add_guards(app: FastAPI, settings: Settings) -> None:
    """Outermost last: the log sees every answer, the headers go on every answer."""
    app.add_middleware(BodyLimit)
    app.add_middleware(SameSite, trusted_origin=settings.trusted_origin)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)
