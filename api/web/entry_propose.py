"""The dialog that puts revisions up: why, and which other drafts of the same person go with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from engine.knowledge_base.views import EntryRow


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the reason, and the entries whose drafts go with it."""

    reason: str
    others: tuple[EntryRow, ...]


async def ask_proposal(title: str, lead: str, others: Sequence[EntryRow], *, required: bool) -> Answer | None:
    """Ask; None when the dialog was left."""
    with ui.dialog() as dialog, ui.card().classes("cd-dialog"):
        ui.label(title).classes("cd-dialog-title")
        ui.label(lead).classes("muted")
        boxes = []
        if others:
            ui.label("互相用到的改动要一起提交，你还有这些草稿：").classes("small")
            boxes = [(row, ui.checkbox(f"{row.title}（{row.kind_title}）").props("dense")) for row in others]
        field = ui.input("改动说明").props("outlined dense autofocus").classes("cd-wide")

        def submit() -> None:
            reason = (field.value or "").strip()
            if required and not reason:
                field.props('error error-message="请填写"')
                return
            dialog.submit(Answer(reason, tuple(row for row, box in boxes if box.value)))

        field.on("keydown.enter", submit)
        with ui.row().classes("actions"):
            ui.button("提交", on_click=submit).props("dense no-caps unelevated")
            ui.button("取消", on_click=lambda: dialog.submit(None)).props("dense no-caps flat")
    answer = await dialog
    dialog.delete()
    return answer if isinstance(answer, Answer) else None
