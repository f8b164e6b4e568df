"""案例检索: the right precedent, or that there is none."""

from fastapi import Request

from api.web.render import render
from api.web.shell import Viewer, html
from engine.errors import NotFound

_K = 8


async def build(viewer: Viewer, request: Request) -> None:
    """A search box whose query lives in the address, and its answer."""
    query = request.query_params.get("q", "").strip()[:2000]
    category = request.query_params.get("category", "").strip()
    html("<h1 style='margin-bottom:12px'>案例检索</h1>")
    html(render("search_form", query=query, category=category))
    if not query:
        html(render("search_hint"))
        return
    answer = await viewer.ask(viewer.reads.search, query, k=_K, category=category or None)
    html(render("search_answer", hits=answer.hits, no_precedent=answer.no_precedent))


async def build_entry(viewer: Viewer, request: Request) -> None:
    """One entry of the knowledge base."""
    entry = await viewer.ask(viewer.reads.knowledge_entry, request.path_params["entry_id"])
    if entry is None:
        raise NotFound("知识库中没有这一条，可能已改名或撤下")
    kind = type(entry).__name__
    html(render("entry", entry=entry, kind=kind))
