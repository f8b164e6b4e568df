"""Rewording one stretch of a draft by hand; the result is a new version that is proven again."""

from nicegui import ui

from api.web.blocks import button
from api.web.shell import Viewer, act
from engine.drafting.composing import MAX_EDIT_CHARS
from engine.drafting.document import Draft
from engine.model import SpanOrigin


def draw_edit(viewer: Viewer, draft_id: str, draft: Draft) -> None:
    """Choose a stretch that is no template text, word it anew, keep it as a new version."""
    choices = {
        index: f"第{index + 1}段：{span.text[:24]}"
        for index, span in enumerate(draft.spans)
        if span.origin is not SpanOrigin.literal
    }
    if not choices:
        return
    with ui.expansion("人工改写一段").classes("cd-more"), ui.element("div").classes("pad"):
        ui.label("改写中的数字、日期、承诺和名称须有已确认的事实，否则核验不会通过。").classes("muted small")
        first = next(iter(choices))
        index = ui.select(choices, label="改哪一段", value=first).props("outlined dense").classes("cd-wide")
        text = (
            ui.textarea("改成", value=draft.spans[first].text)
            .props(f"outlined dense rows=2 maxlength={MAX_EDIT_CHARS}")
            .classes("cd-wide")
        )
        index.on_value_change(lambda event: text.set_value(draft.spans[int(event.value)].text))

        async def keep() -> None:
            command = viewer.ask(viewer.desk.edit_draft, draft_id, int(str(index.value)), str(text.value or "").strip())
            kept = await act(command, "已存为新版本")
            if kept is not None:
                ui.navigate.to(f"/drafts/{kept.id}")

        button("存为新版本", keep)
