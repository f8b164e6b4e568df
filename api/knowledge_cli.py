"""`crisisdesk knowledge`: imported before a command runs, so nothing slow here.

Further commands of the group go into modules of their own, which import `knowledge_app` and are imported by `api.cli`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.command_line.help_text import COMMAND, PLAIN

if TYPE_CHECKING:
    from api.settings import Settings

knowledge_app = typer.Typer(help="知识库：检查、查看、导出、导入。", **PLAIN)

Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用。")]
Entry = Annotated[str, typer.Argument(metavar="编号", help="条目编号，如 inc.fee_dispute.double_debit。")]
As = Annotated[str | None, typer.Option("--as", help="以哪个用户的身份（须输入其密码或令牌）。")]
Password = Annotated[str | None, typer.Option("--password", help="该用户的密码；不填则询问。", envvar=None)]
Token = Annotated[str | None, typer.Option("--token", help="该用户的接口令牌，代替密码。", envvar=None)]


@knowledge_app.command(help="检查知识库文件：格式、字段、条目之间的关系；有问题返回 1。", **COMMAND)
def lint(
    folder: Annotated[Path | None, typer.Argument(metavar="文件夹", help="知识库文件夹；缺省为随程序提供的。")] = None,
    as_json: Json = False,
) -> int:
    """Check knowledge files."""
    from api.command_line import knowledge  # noqa: PLC0415

    return knowledge.lint(folder, as_json=as_json)


@knowledge_app.command("list", help="列出现行的历史事件、预案、声明模板与法规。", **COMMAND)
def list_(
    kind: Annotated[
        str | None, typer.Option("--kind", help="只看一种：incident、playbook、template、regulation。")
    ] = None,
    category: Annotated[str | None, typer.Option("--category", help="只看某一类别，如 fee_dispute。")] = None,
    as_json: Json = False,
) -> int:
    """List entries."""
    from api.command_line import knowledge  # noqa: PLC0415

    return knowledge.list_(_settings(), kind, category, as_json=as_json)


@knowledge_app.command(help="一条的现行原文。", **COMMAND)
def show(entry: Entry, as_json: Json = False) -> int:
    """Show an entry."""
    from api.command_line import knowledge  # noqa: PLC0415

    return knowledge.show(_settings(), entry, as_json=as_json)


@knowledge_app.command(help="一条的修订记录：谁改的、改了什么、谁审的。", **COMMAND)
def history(entry: Entry, as_json: Json = False) -> int:
    """The revisions of an entry."""
    from api.command_line import knowledge  # noqa: PLC0415

    return knowledge.history(_settings(), entry, as_json=as_json)


@knowledge_app.command(help="把现行条目写成 YAML 文件，位置同随程序提供的知识库；全部写成或一个也不写。", **COMMAND)
def export(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="写到哪里。")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有而内容不同的文件。")] = False,
    as_json: Json = False,
) -> int:
    """Write the entries in force."""
    from api.command_line import knowledge  # noqa: PLC0415

    return knowledge.export(_settings(), folder, force=force, as_json=as_json)


@knowledge_app.command("import", help="把历史事件文件收为草稿，审核后生效；有一处问题就一份也不收。", **COMMAND)
def import_(
    source: Annotated[Path, typer.Argument(metavar="文件或文件夹", help="历史事件的 YAML 文件，或放着它们的文件夹。")],
    reason: Annotated[str, typer.Option("--reason", help="说明，写入审计记录。")] = "导入历史事件",
    as_: As = None,
    password: Password = None,
    token: Token = None,
    as_json: Json = False,
) -> int:
    """Take in past incidents as drafts."""
    from api.command_line import knowledge  # noqa: PLC0415
    from api.command_line.actors import Credentials  # noqa: PLC0415

    return knowledge.import_(_settings(), source, reason, Credentials(as_, password, token), as_json=as_json)


def _settings(**chosen: Any) -> "Settings":
    from api.settings import read_settings  # noqa: PLC0415 - pydantic is slow to import

    return read_settings(**chosen)
