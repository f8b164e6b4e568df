"""规则: each rule in words beside its file, and whether its tests pass. Read-only."""

from fastapi import Request

from api.web.render import render
from api.web.shell import Viewer, html


async def build(viewer: Viewer, _request: Request) -> None:
    """All rules, by category."""
    rules = await viewer.ask(viewer.reads.rules)
    html("<h1 style='margin-bottom:4px'>规则</h1>")
    html(render("rules", rules=rules))
