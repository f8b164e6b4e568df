"""Building blocks of pages."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from markupsafe import Markup, escape
from nicegui import ui

from api.web.shell import html


@contextmanager
def panel(title: str, side: str = "", *, order: int = 0, anchor: str = "") -> Iterator[ui.element]:
    """A titled box. `side` is our own HTML at the right end; `order` is its place on a phone."""
    box = ui.element("section").classes("panel").style(f"order:{order}")
    if anchor:
        box.props(f"id={anchor}")
    with box:
        right = Markup('<span class="side">{}</span>').format(Markup(side)) if side else ""  # noqa: S704 - own HTML
        html(f"<h2>{escape(title)}</h2>{right}").classes("panel-head")
        yield box


def button(text: str, action: Callable[[], Awaitable[object]], *, main: bool = False, hint: str = "") -> ui.button:
    """A button that cannot be pressed twice while its action runs."""

    async def run() -> None:
        element.disable()
        try:
            await action()
        finally:
            if not element.is_deleted:
                element.enable()

    element = ui.button(text, on_click=run).props("dense no-caps unelevated" if main else "dense no-caps outline")
    element.classes("cd-button")
    if hint:
        element.tooltip(hint)
    return element


async def ask_text(title: str, label: str, *, required: bool = True, yes: str = "确定", lead: str = "") -> str | None:
    """A dialog that asks for one text; None when it was left. Enter submits a single line."""
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label(title).classes("cd-dialog-title")
        if lead:
            ui.label(lead).classes("muted")
        field = ui.input(label).props("outlined dense autofocus").classes("cd-wide")

        def submit() -> None:
            value = (field.value or "").strip()
            if required and not value:
                field.props('error error-message="请填写"')
                return
            dialog.submit(value)

        field.on("keydown.enter", submit)
        with ui.row().classes("actions"):
            ui.button(yes, on_click=submit).props("dense no-caps unelevated")
            ui.button("取消", on_click=lambda: dialog.submit(None)).props("dense no-caps flat")
    answer = await dialog
    dialog.delete()
    return answer if isinstance(answer, str) else None


async def confirm(title: str, lead: str, *, yes: str = "确定") -> bool:
    """A dialog that asks before something that matters; what it does is in `lead`."""
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label(title).classes("cd-dialog-title")
        ui.label(lead)
        with ui.row().classes("actions"):
            ui.button(yes, on_click=lambda: dialog.submit(True)).props("dense no-caps unelevated autofocus")
            ui.button("取消", on_click=lambda: dialog.submit(False)).props("dense no-caps flat")
    answer = await dialog
    dialog.delete()
    return answer is True
