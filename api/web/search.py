"""案例检索: the right precedent while one types, or that there is none."""

from typing import Final

from fastapi import Request
from nicegui import ui
from nicegui.events import GenericEventArguments

from api.errors import HANDLED, answer_for
from api.web.compare import link
from api.web.render import render
from api.web.search_state import SearchState, state_of
from api.web.shell import Viewer, html, update
from engine.errors import InputError, NotFound
from engine.permissions import Permission
from engine.precedents.desk import EXPORTED, SHOWN
from engine.precedents.finding import Found
from engine.precedents.query import KIND_TITLES, OUTCOMES, PrecedentQuery
from knowledge.schema import PastIncident
from retrieval.errors import QueryError

_SCRIPT: Final = '<script src="/static/search.js" defer></script>'


async def build(viewer: Viewer, request: Request) -> None:
    """The page in the state of its address; from then on its script sends every change."""
    ui.add_head_html(_SCRIPT)
    await _SearchPage(viewer).draw(request.url.query)


class _SearchPage:
    """One open search page. One search runs at a time: what is typed meanwhile is asked next, all between is dropped,
    so an older answer never comes after a newer one.
    """

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._wanted: tuple[int, str] = (0, "")
        self._is_running = False

    async def draw(self, address: str) -> None:
        """Everything, and the first answer."""
        self._overview = await self.viewer.ask(self.viewer.desk.knowledge_overview)
        state, fault = _read(address)
        html("<h1 style='margin-bottom:12px'>案例检索</h1>")
        self._for = html(await self._for_incident(state))
        html(
            render(
                "search_form",
                query=state.query,
                incident=state.incident,
                overview=self._overview,
                kinds=KIND_TITLES,
                outcomes=OUTCOMES,
            )
        )
        self._marks = html(await self._marked(state))
        self._found = html("").props("id=found")
        self._serial = html("")
        update(self._found, fault or await self._answer(state))
        ui.on("search_asked", self._asked)
        ui.on("search_marked", self._remark)

    async def _asked(self, event: GenericEventArguments) -> None:
        """The script sends its serial number and the address."""
        asked = _serial_and_address(event.args)
        if asked is None or asked[0] <= self._wanted[0]:
            return
        self._wanted = asked
        if self._is_running:
            return
        self._is_running = True
        try:
            await self._catch_up()
        finally:
            self._is_running = False

    async def _catch_up(self) -> None:
        answered = -1
        while answered != self._wanted[0]:
            answered, address = self._wanted
            state, fault = _read(address)
            content = fault or await self._answer(state)
            if answered == self._wanted[0]:
                update(self._found, content)
                update(self._serial, render("search_serial", serial=answered))

    async def _answer(self, state: SearchState) -> str:
        query = state.query
        if not query.q and not query.filter_count and not state.incident:
            return render("search_start", overview=self._overview, may_write=self.viewer.may(Permission.edit_knowledge))
        try:
            found = await self._find(state)
        except QueryError as error:
            return render("search_unclear", message=str(error))
        except HANDLED as error:
            return render("fault", message=str(error), kept=answer_for(error).kept)
        return render(
            "search_found",
            found=found,
            incident=state.incident,
            nearest=not query.q and not query.filter_count,
            address=query.address(),
            without=_without_filters(query),
            playbook=_playbook(query),
            link=link,
            may_export=self.viewer.may(Permission.export),
            may_write=self.viewer.may(Permission.edit_knowledge),
            kinds=KIND_TITLES,
        )

    async def _find(self, state: SearchState) -> Found:
        """What was asked for; for an incident, without words or filters, what is nearest to it."""
        viewer, query = self.viewer, state.query
        if state.incident and not query.q and not query.filter_count:
            return await viewer.ask(viewer.desk.precedents_for, state.incident)
        return await viewer.ask(viewer.desk.find_precedents, query, SHOWN if query.q else EXPORTED)

    async def _remark(self, event: GenericEventArguments) -> None:
        """What is marked changed."""
        address = event.args if isinstance(event.args, str) else ""
        state, _ = _read(address)
        update(self._marks, await self._marked(state))

    async def _marked(self, state: SearchState) -> str:
        chosen = [
            entry
            for one in state.marks
            if isinstance(entry := await self.viewer.ask(self.viewer.reads.knowledge_entry, one), PastIncident)
        ]
        return render("search_marks", chosen=chosen, link=link)

    async def _for_incident(self, state: SearchState) -> str:
        if not state.incident:
            return ""
        try:
            detail = await self.viewer.ask(self.viewer.reads.incident, state.incident)
        except NotFound:
            return ""
        return render("search_for", incident=detail.row.incident)


def _read(address: str) -> tuple[SearchState, str]:
    """The state of an address, or an empty one and the words for what is wrong with it."""
    try:
        return state_of(address), ""
    except InputError as error:
        return SearchState(query=PrecedentQuery()), render("fault", message=str(error), kept="其余内容没有改动。")


def _serial_and_address(sent: object) -> tuple[int, str] | None:
    """What the page's script sent; None for anything else."""
    if not isinstance(sent, list) or len(sent) != 2:
        return None
    serial, address = sent
    return (serial, address) if isinstance(serial, int) and isinstance(address, str) else None


def _without_filters(query: PrecedentQuery) -> str:
    """The address of the same words without any filter; empty when there is none to drop."""
    return PrecedentQuery(q=query.q).address() if query.filter_count and query.q else ""


def _playbook(query: PrecedentQuery) -> str:
    """The playbook of the one category that was asked for."""
    return f"pb.{query.categories[0]}" if len(query.categories) == 1 else ""
