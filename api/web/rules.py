"""规则: each rule in words beside its file, and whether its tests pass. Read-only."""

from fastapi import Request

from api.web.render import render
from api.web.shell import Viewer, html
from engine.model import LEVEL_TITLES


async def build(viewer: Viewer, request: Request) -> None:
    """All rules, or those of one category."""
    rules = await viewer.ask(viewer.reads.rules)
    category = request.query_params.get("category", "")
    chosen = [rule for rule in rules if category in {"", rule.category}]
    level_of = {title: level for level, title in LEVEL_TITLES.items()}
    html("<h1 style='margin-bottom:4px'>规则</h1>")
    html(render("rules", all_rules=rules, rules=chosen, category=category, level_of=level_of))
