"""需要再看的条目: what of the knowledge base is late or should be looked at again."""

from collections import Counter
from typing import Final

from fastapi import Request
from nicegui import ui

from api.web.render import render
from api.web.shell import Viewer, html
from engine.learning.stale import KIND_TITLES, StaleFlag

_FIELDS: Final = ("kind", "owner", "text")
_SHOWN: Final = 200


async def build(viewer: Viewer, request: Request) -> None:
    """The list; filters live in the address."""
    flags = await viewer.ask(viewer.desk.stale_entries)
    form = {name: request.query_params.get(name, "").strip()[:100] for name in _FIELDS}
    shown = [one for one in flags if _fits(one, form)]
    with ui.element("div").classes("head"):
        html('<div class="line small"><a href="/knowledge">知识库</a></div><h1>需要再看的条目</h1>')
    owners = sorted({one.owner for one in flags})
    kinds = {kind: title for kind, title in KIND_TITLES.items() if any(one.kind is kind for one in flags)}
    html(
        render(
            "stale",
            flags=shown[:_SHOWN],
            total=len(shown),
            form=form,
            kinds=kinds,
            owners=owners,
            filtered=any(form.values()),
        )
    )


def _fits(flag: StaleFlag, form: dict[str, str]) -> bool:
    said = f"{flag.title} {flag.entry} {flag.reason}".lower()
    return form["kind"] in ("", flag.kind) and form["owner"] in ("", flag.owner) and form["text"].lower() in said


async def draw_stale_note(viewer: Viewer) -> None:
    """One line that says how many entries are late or should be looked at; nothing when there are none."""
    flags = await viewer.ask(viewer.desk.stale_entries)
    if flags:
        kinds = Counter(one.kind for one in flags)
        html(render("stale_note", late=sum(one.is_overdue for one in flags), kinds=kinds, titles=KIND_TITLES))


async def draw_stale_flags(viewer: Viewer, entry: str) -> None:
    """What should be looked at in one entry; nothing when all is well."""
    flags = [one for one in await viewer.ask(viewer.desk.stale_entries) if one.entry == entry]
    if flags:
        html(render("stale_flags", flags=flags))
