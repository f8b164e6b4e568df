"""覆盖: for each category and level which rules reach it, who answers how soon, and what there is to say and do."""

from itertools import groupby

from fastapi import Request

from api.web.render import render
from api.web.shell import Viewer, html


async def build(viewer: Viewer, _request: Request) -> None:
    """The matrix of what is in force, and every gap."""
    report = await viewer.ask(viewer.desk.rule_coverage)
    rows = [(category, list(cells)) for category, cells in groupby(report.rows, key=lambda row: row.category)]
    titles = {rule.id: rule.title for rule in await viewer.ask(viewer.desk.rules_in_force)}
    html("<h1 style='margin-bottom:12px'>覆盖</h1>")
    html(render("rule_coverage", rows=rows, gaps=report.gaps, titles=titles))
