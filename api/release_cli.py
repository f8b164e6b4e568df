"""`crisisdesk release`: imported before a command runs, so nothing slow here."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.command_line.help_text import COMMAND, PLAIN

if TYPE_CHECKING:
    from api.command_line.actors import Credentials
    from api.settings import Settings
    from engine.model import Realm

release_app = typer.Typer(help="发布：提交、比较、批准、启用、退回、导出、核验。", **PLAIN)

Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用。")]
Hash = Annotated[str, typer.Argument(metavar="指纹", help="发布的指纹；查看时可只写前几位（至少六位），批准等须写全。")]
As = Annotated[str | None, typer.Option("--as", help="以哪个用户的身份（须输入其密码或令牌）。")]
Password = Annotated[str | None, typer.Option("--password", help="该用户的密码；不填则询问。", envvar=None)]
Token = Annotated[str | None, typer.Option("--token", help="该用户的接口令牌，代替密码。", envvar=None)]
Reason = Annotated[str, typer.Option("--reason", help="理由，写入审计记录。")]
InRealm = Annotated[str | None, typer.Option("--realm", help="数据域：live、demo、drill、replay；缺省为服务的默认域。")]


@release_app.command("list", help="列出现行发布与全部提交。", **COMMAND)
def list_(as_json: Json = False) -> int:
    """List releases."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.list_(_settings(), as_json=as_json)


@release_app.command(help="一份提交的改动、理由、批准与历史对比。", **COMMAND)
def show(release: Hash, as_json: Json = False) -> int:
    """Show a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.show(_settings(), release, as_json=as_json)


@release_app.command(help="比较两份发布：含义上改了什么。", **COMMAND)
def diff(
    old: Annotated[str, typer.Argument(metavar="旧指纹")],
    new: Annotated[str, typer.Argument(metavar="新指纹")],
    as_json: Json = False,
) -> int:
    """Compare releases."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.diff(_settings(), old, new, as_json=as_json)


@release_app.command(help="提交改动；检查不通过返回 1 并列出全部问题。", **COMMAND)
def propose(
    reason: Reason,
    folder: Annotated[
        Path | None, typer.Argument(metavar="文件夹", help="改过的文件，位置同发布，如 rules/packs/类别/规则.yaml。")
    ] = None,
    as_: As = None,
    password: Password = None,
    token: Token = None,
    base: Annotated[str | None, typer.Option("--base", help="以哪份发布为基础；缺省为现行发布。")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="要删去的文件，可重复。")] = None,
    bundled: Annotated[bool, typer.Option("--bundled", help="提交随当前程序提供的内容。")] = False,
    refit: Annotated[bool, typer.Option("--refit", help="同样的文件，按当前程序的评分参数与词表重新提交。")] = False,
    days: Annotated[int | None, typer.Option("--days", min=1, help="附上最近几天的新旧判定对比。")] = None,
    as_json: Json = False,
) -> int:
    """Propose a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.propose(
        _settings(),
        folder,
        reason,
        _who(as_, password, token),
        base=base,
        removed=tuple(remove or ()),
        bundled=bundled,
        refit=refit,
        days=days,
        as_json=as_json,
    )


@release_app.command(help="批准一份提交；不能批准自己的。", **COMMAND)
def approve(
    release: Hash,
    as_: As = None,
    password: Password = None,
    token: Token = None,
    note: Annotated[str, typer.Option("--note", help="说明。")] = "",
    as_json: Json = False,
) -> int:
    """Approve a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.approve(_settings(), release, note, _who(as_, password, token), as_json=as_json)


@release_app.command(help="驳回一份提交。", **COMMAND)
def reject(
    release: Hash,
    reason: Reason,
    as_: As = None,
    password: Password = None,
    token: Token = None,
    as_json: Json = False,
) -> int:
    """Reject a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.reject(_settings(), release, reason, _who(as_, password, token), as_json=as_json)


@release_app.command(help="撤回自己的提交。", **COMMAND)
def withdraw(
    release: Hash,
    reason: Reason,
    as_: As = None,
    password: Password = None,
    token: Token = None,
    as_json: Json = False,
) -> int:
    """Withdraw a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.withdraw(_settings(), release, reason, _who(as_, password, token), as_json=as_json)


@release_app.command(help="启用一份已批准的发布，运行中的服务随即换用。", **COMMAND)
def activate(release: Hash, realm: InRealm = None, as_json: Json = False) -> int:
    """Activate a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.activate(_settings(), release, _realm(realm), as_json=as_json)


@release_app.command(help="退回上一份生效的发布。", **COMMAND)
def rollback(reason: Reason, realm: InRealm = None, as_json: Json = False) -> int:
    """Roll back."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.rollback(_settings(), reason, _realm(realm), as_json=as_json)


@release_app.command(help="导出一份发布：签名文件，或供修改的文件夹。", **COMMAND)
def export(
    release: Annotated[str | None, typer.Argument(metavar="指纹", help="缺省为现行发布。")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="签名的发布文件。")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="把其中的文件写到这个文件夹。")] = None,
    as_json: Json = False,
) -> int:
    """Export a release."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.export(_settings(), release, out, folder, as_json=as_json)


@release_app.command(help="核验导出的发布文件：完整、可信且已批准返回 0，否则 1。", **COMMAND)
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="发布文件。")],
    keys: Annotated[Path | None, typer.Option("--keys", help="可信公钥文件；缺省为本机公钥。")] = None,
    as_json: Json = False,
) -> int:
    """Verify a release file."""
    from api.command_line import releases  # noqa: PLC0415

    return releases.verify(_settings(), file, keys, as_json=as_json)


def _who(name: str | None, password: str | None, token: str | None) -> "Credentials":
    from api.command_line.actors import Credentials  # noqa: PLC0415

    return Credentials(name, password, token)


def _realm(name: str | None) -> "Realm | None":
    from engine.errors import InputError  # noqa: PLC0415
    from engine.model import Realm  # noqa: PLC0415

    if name is not None and name not in set(Realm):
        raise InputError("没有这个数据域，可选：" + "、".join(Realm), field="--realm")
    return Realm(name) if name else None


def _settings(**chosen: Any) -> "Settings":
    from api.settings import read_settings  # noqa: PLC0415 - pydantic is slow to import

    return read_settings(**chosen)
