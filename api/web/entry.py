"""One entry of the knowledge base as it is in force, its revisions, and the review of one."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import ask_text, button, confirm, panel
from api.web.compare import draw_plot
from api.web.learning import draw_outcomes
from api.web.precedent_chart import THEIRS
from api.web.precedent_lanes import Line
from api.web.render import render
from api.web.shell import Viewer, act, html
from api.web.stale import draw_stale_flags
from engine.errors import NotFound
from engine.knowledge_base.in_force import parsed
from engine.knowledge_base.places import KIND_TITLES, place_of
from engine.knowledge_base.preview import preview
from engine.knowledge_base.revisions import DECISION_TITLES, Revision, RevisionState
from engine.permissions import Permission
from engine.precedents.past import past_side
from knowledge.schema import AnyEntry, PastIncident, Playbook, Template


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one entry."""
    entry_id = request.path_params["entry_id"]
    entry = await viewer.ask(viewer.reads.knowledge_entry, entry_id)
    history = await viewer.ask(viewer.desk.entry_history, entry_id) if entry is not None else ()
    if entry is None:
        await _draw_absent(viewer, entry_id)
        return
    place = place_of(entry.id)
    with ui.element("div").classes("head"):
        own = isinstance(entry, PastIncident) and entry.source == "own"
        kind = KIND_TITLES[place.kind]
        html(render("entry_head", entry=entry, title=entry.title, kind_title=kind, withdrawn=False, own=own))
        with ui.element("div").classes("actions side"):
            if not place.by_release and viewer.may(Permission.review_knowledge):
                button("停用", lambda: _withdraw(viewer, entry.id))
            if viewer.may(Permission.edit_knowledge):
                html(f'<a class="primary" href="/knowledge/{entry.id}/edit">编辑</a>')
    await draw_stale_flags(viewer, entry.id)
    with ui.element("div").classes("split"):
        with ui.element("div").classes("col"):
            html(_body(entry))
        with ui.element("div").classes("col"):
            _draw_beside(entry)
            if isinstance(entry, Playbook):
                await draw_outcomes(viewer, entry.category, frozenset(plan.strategy for plan in entry.plans.values()))
            with panel("修订记录", order=9, anchor="history"):
                may_edit = viewer.may(Permission.edit_knowledge)
                html(
                    render(
                        "entry_history",
                        decisions=DECISION_TITLES,
                        rows=history,
                        now=viewer.now,
                        entry_id=entry.id,
                        may_edit=may_edit,
                    )
                )


def _body(entry: AnyEntry) -> str:
    side = past_side(entry) if isinstance(entry, PastIncident) else None
    return render("entry", entry=entry, kind=type(entry).__name__, side=side)


def _draw_beside(entry: AnyEntry) -> None:
    if isinstance(entry, PastIncident):
        with panel("步骤与声量", f'<a href="/compare?incident={entry.id}">与相近案例对照</a>', order=5):
            draw_plot([Line("本案例", THEIRS, past_side(entry))], anchor="course")
    if isinstance(entry, Template):
        with panel("预览", "按典型事实填写，不用模型", order=5):
            html(render("entry_preview", preview=preview(entry)))


async def _draw_absent(viewer: Viewer, entry_id: str) -> None:
    """An entry that is not in force: only drafts of it, or it was withdrawn."""
    rows = await viewer.ask(viewer.desk.knowledge_list)
    row = next((one for one in rows if one.entry == entry_id), None)
    if row is None:
        raise NotFound("知识库中没有这一条，可能已改名或停用")
    history = await viewer.ask(viewer.desk.entry_history, entry_id)
    with ui.element("div").classes("head"):
        html(render("entry_absent", row=row))
        with ui.element("div").classes("actions side"):
            html(f'<a class="primary" href="/knowledge/{row.entry}/edit">编辑</a>')
    with panel("修订记录"):
        html(
            render(
                "entry_history",
                decisions=DECISION_TITLES,
                rows=history,
                now=viewer.now,
                entry_id=row.entry,
                may_edit=True,
            )
        )


async def _withdraw(viewer: Viewer, entry: str) -> None:
    lead = "停用后，检索、依据和对照不再出现这一条；修订记录保留，改好后经审核可以恢复。"
    reason = await ask_text("停用历史事件", "停用理由（写入审计）", yes="停用", lead=lead)
    if reason and await act(viewer.ask(viewer.desk.withdraw_entry, entry, reason), "已停用") is not None:
        ui.navigate.to(f"/knowledge/{entry}")


async def build_revision(viewer: Viewer, request: Request) -> None:
    """One revision: what it changes, its text, and for a past incident that waits, the review."""
    entry, written = request.path_params["entry_id"], request.path_params["revision"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise NotFound("没有这份修订")
    revision = await viewer.ask(viewer.desk.entry_revision, entry, int(written))
    change = await viewer.ask(viewer.desk.entry_text_changes, entry, revision.text)
    reading = await viewer.ask(viewer.desk.check_entry, entry, revision.text)
    read = parsed(entry, revision.text)
    now = await viewer.ask(viewer.reads.knowledge_entry, entry)
    with ui.element("div").classes("head"):
        html(
            render(
                "entry_revision_head",
                decisions=DECISION_TITLES,
                revision=revision,
                title=read.title if read else entry,
                now=viewer.now,
            )
        )
        with ui.element("div").classes("actions side"):
            _draw_decisions(viewer, revision)
    with ui.element("div").classes("split"):
        with ui.element("div").classes("col"):
            if read is not None:
                html(_body(read))
            with panel("原文"):
                html(render("entry_revision_text", text=revision.text))
        with ui.element("div").classes("col"):
            with panel("检查", order=1):
                html(render("entry_faults", faults=reading.faults, file=place_of(entry).file))
            with panel("与现行内容比较", order=2):
                html(render("entry_differences", change=change, is_new=now is None))


def _draw_decisions(viewer: Viewer, revision: Revision) -> None:
    """The buttons for whom they are for."""
    waits = revision.state is RevisionState.proposed and not place_of(revision.entry).by_release
    me = viewer.actor.name
    if waits and viewer.may(Permission.review_knowledge) and me != revision.author:
        button("通过", lambda: _review(viewer, revision, accept=True), main=True)
        button("不通过", lambda: _review(viewer, revision, accept=False))
    if waits and me in (revision.author, revision.decided_by):
        button("撤回", lambda: _recall(viewer, revision))
    if revision.state is not RevisionState.withdrawn:
        html(f'<a class="plain" href="/knowledge/{revision.entry}/edit">去编辑</a>')


async def _review(viewer: Viewer, revision: Revision, *, accept: bool) -> None:
    if accept:
        lead = "通过的就是本页列出的内容，一个字不差；随即可以检索到。"
        note = await ask_text("审核通过", "审核意见（可不填）", required=False, yes="通过", lead=lead)
    else:
        note = await ask_text("审核不通过", "审核意见（作者会看到）", yes="不通过")
    if note is None or (not accept and not note):
        return
    command = viewer.ask(viewer.desk.review_entry, revision.entry, revision.number, accept, note)
    if await act(command, "已通过" if accept else "已退回作者") is not None:
        ui.navigate.to(
            f"/knowledge/{revision.entry}" if accept else f"/knowledge/{revision.entry}/revisions/{revision.number}"
        )


async def _recall(viewer: Viewer, revision: Revision) -> None:
    if await confirm("撤回", "这份修订回到草稿，可以继续修改。", yes="撤回"):
        command = viewer.ask(viewer.desk.recall_entry, revision.entry, revision.number)
        if await act(command, "已撤回") is not None:
            ui.navigate.to(f"/knowledge/{revision.entry}/edit")
