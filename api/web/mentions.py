"""提及: browse and filter everything stored. The address carries the filters, so that a view can be sent to others."""

import math
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup
from pydantic import ValidationError

from api.web.render import render
from api.web.shell import Viewer, html
from engine.errors import InputError
from engine.permissions import Permission
from engine.views import MentionFilters

PAGE_SIZE: Final = 50
_FIELDS: Final = ("text", "brand", "platform", "category", "negative", "severity", "author_kind", "hours", "incident")


async def build(viewer: Viewer, request: Request) -> None:
    """One page of mentions, filtered by the address."""
    form = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    number = request.query_params.get("page", "1")
    now = await viewer.realm_now(viewer.realm)
    filters = filters_of(form, now)
    page = await viewer.ask(
        viewer.reads.mentions, viewer.realm, filters, page=int(number) if number.isdigit() else 1, size=PAGE_SIZE
    )
    brands = await viewer.ask(viewer.reads.brands, viewer.realm)
    html("<h1 style='margin-bottom:12px'>提及</h1>")

    def link(target: int) -> Markup:
        return Markup("/mentions?{}").format(urlencode({k: v for k, v in form.items() if v} | {"page": str(target)}))

    html(
        render(
            "mentions",
            page=page,
            form=form,
            brands=brands,
            now=now,
            link=link,
            pages=max(1, math.ceil(page.total / PAGE_SIZE)),
            filtered=any(form.values()),
            may_pick=viewer.may(Permission.draft_case),
        )
    )


async def build_one(viewer: Viewer, request: Request) -> None:
    """One mention with everything known of it; its text is plain text, its address is not a link."""
    row = await viewer.ask(viewer.reads.mention, viewer.realm, request.path_params["mention_id"])
    html(render("mention", row=row, now=await viewer.realm_now()))


def filters_of(form: dict[str, str], now: datetime) -> MentionFilters:
    """The filters that an address names; a wrong one is an error that says which."""
    chosen: dict[str, object] = {
        name: form[name] or None
        for name in ("text", "brand", "platform", "category", "severity", "author_kind", "incident")
    }
    chosen["negative"] = {"yes": True, "no": False}.get(form["negative"])
    if form["hours"].isdigit() and form["hours"]:
        chosen["since"] = now - timedelta(hours=min(int(form["hours"]), 24 * 366))
    try:
        return MentionFilters.model_validate(chosen)
    except ValidationError as error:
        names = "、".join(str(fault["loc"][0]) for fault in error.errors())
        raise InputError(f"筛选条件的取值不对：{names}", place="地址栏") from error
