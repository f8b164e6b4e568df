"""Drafting as it is watched: the words appear where they stand, span by span, while they are chosen."""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui

from api.errors import HANDLED, answer_for
from api.web.render import render
from api.web.shell import update
from engine.drafting.composing import OnProgress, Progress
from engine.store.casework import StoredDraft

Write = Callable[[OnProgress], Awaitable[StoredDraft]]


async def watch_drafting(box: ui.html, title: str, write: Write) -> None:
    """Show the words in `box` while `write` drafts, then open the draft; a fault is told in place of the words."""
    loop = asyncio.get_running_loop()

    def show(progress: Progress | None = None) -> None:
        update(box, render("drafting", title=title, progress=progress))

    def on_progress(progress: Progress) -> None:
        loop.call_soon_threadsafe(show, progress)

    show()
    with box:
        ui.run_javascript(f"getHtmlElement({box.id}).scrollIntoView({{block: 'nearest'}})")
    try:
        stored = await write(on_progress)
    except HANDLED as error:
        update(box, render("fault", message=f"起草没有完成：{error}", kept=answer_for(error).kept))
        return
    with box:
        ui.navigate.to(f"/drafts/{stored.id}")
