"""`crisisdesk knowledge learn|outcomes|stale`: imported before a command runs, so nothing slow here."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_line.help_text import COMMAND
from api.knowledge_cli import As, Json, Password, Token, knowledge_app

__all__ = ["knowledge_app"]

if TYPE_CHECKING:
    from api.settings import Settings


@knowledge_app.command(help="把已关闭的事件整理成历史事件草稿，由人补充后复核。", **COMMAND)
def learn(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="事件编号。")],
    as_: As = None,
    password: Password = None,
    token: Token = None,
    as_json: Json = False,
) -> int:
    """Make the draft of a past incident."""
    from api.command_line import learning  # noqa: PLC0415
    from api.command_line.actors import Credentials  # noqa: PLC0415

    return learning.learn(_settings(), incident, Credentials(as_, password, token), as_json=as_json)


@knowledge_app.command(help="各类别中各策略以往的结果：件数、好转或平息的比例与区间、首次回应。", **COMMAND)
def outcomes(
    category: Annotated[str | None, typer.Option("--category", help="只看某一类别，如 fee_dispute。")] = None,
    as_json: Json = False,
) -> int:
    """What strategies came to."""
    from api.command_line import learning  # noqa: PLC0415

    return learning.outcomes(_settings(), category, as_json=as_json)


@knowledge_app.command(help="需要再看的条目：复核到期、新规生效、结果与策略不符等；有到期的返回 1。", **COMMAND)
def stale(
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="按哪一天算，缺省为今天。")] = None,
    as_json: Json = False,
) -> int:
    """What should be looked at again."""
    from api.command_line import learning  # noqa: PLC0415

    return learning.stale(_settings(), on.date() if on else None, as_json=as_json)


def _settings() -> "Settings":
    from api.settings import read_settings  # noqa: PLC0415 - pydantic is slow to import

    return read_settings()
