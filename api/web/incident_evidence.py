"""Evidence: what the playbook says and which past incidents are close. Searched after the page is there."""

from typing import TYPE_CHECKING

from nicegui import ui

from api.errors import HANDLED, answer_for
from api.web.blocks import panel
from api.web.compare import link
from api.web.learning import plan_outcomes_html
from api.web.render import render
from api.web.shell import html, update

if TYPE_CHECKING:
    from api.web.incident import IncidentPage


def draw_evidence(page: "IncidentPage", order: int) -> None:
    """Two panels that fill as soon as the search answers."""
    with panel("预案", order=order):
        playbook = html(render("waiting", text="正在读取预案…"))
        past = html("")
    with panel("相似案例", '<a href="/search">案例检索</a>', order=order):
        similar = html(render("waiting", text="正在查找相似案例…"))

    async def fill() -> None:
        try:
            evidence = await page.viewer.ask(page.viewer.reads.evidence, page.id)
        except HANDLED as error:
            update(similar, render("fault", message=f"暂时无法检索：{error}", kept=answer_for(error).kept))
            update(playbook, "")
            return
        update(playbook, render("playbook", evidence=evidence, level=page.detail.row.incident.level))
        update(past, await plan_outcomes_html(page))
        update(similar, render("similar", evidence=evidence, incident=page.id, link=link))

    ui.timer(0.1, fill, once=True)
