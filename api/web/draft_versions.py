"""The versions of a draft, and what one changes of another."""

from typing import TYPE_CHECKING

from nicegui import ui

from api.errors import HANDLED, answer_for
from api.web.render import render
from api.web.shell import html
from engine.drafting.differences import differences
from engine.drafting.document import Draft

if TYPE_CHECKING:
    from api.web.draft import DraftPage


async def draw_versions(page: "DraftPage") -> None:
    """The list; below it this version against the one before, or another one."""
    rows, shown = page.detail.versions, page.detail.row
    html(render("draft_list", rows=rows, now=page.now, with_incident=False, nothing=("只有这一版", "")))
    others = {row.id: f"第{row.version}版（{row.created_by}）" for row in rows if row.id != shown.id}
    if not others:
        return
    earlier = next((row.id for row in rows if row.version < shown.version), next(iter(others)))
    with ui.element("div").classes("pad"):
        chosen = ui.select(others, label="与哪一版比较", value=earlier).props("outlined dense").classes("cd-wide")
        result = html("")

    async def show() -> None:
        result.set_content(await _told(page, str(chosen.value)))

    chosen.on_value_change(show)
    await show()


async def _told(page: "DraftPage", other: str) -> str:
    """The differences from another version to this one as HTML."""
    try:
        detail = await page.viewer.ask(page.viewer.reads.draft_detail, other)
    except HANDLED as error:
        return render("fault", message=str(error), kept=answer_for(error).kept)
    pieces = differences(detail.file.text, page.detail.file.text)
    same_facts = _facts(detail.file) == _facts(page.detail.file)
    return render("draft_diff", pieces=pieces, other=detail.row, shown=page.detail.row, same_facts=same_facts)


def _facts(draft: Draft) -> set[tuple[str, str, str]]:
    """What the register said when it was drafted, whoever confirmed it and when."""
    return {(fact.key, fact.value, fact.status) for fact in draft.register_}
