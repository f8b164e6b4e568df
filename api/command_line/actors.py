"""Who acts on the command line: whoever has a shell on this machine, or a user of the installation who proves it."""

import getpass
from dataclasses import dataclass

from engine.errors import InputError
from engine.model import Actor, Role
from engine.store.users import Users


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name with a password or a token; a missing password is asked for."""

    name: str | None
    password: str | None = None
    token: str | None = None


def local_actor(role: Role) -> Actor:
    """The local user in the role that a command needs, named in the audit chain as `<user>@命令行`."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "本机用户"
    return Actor(name=f"{name}@命令行", role=role)


def named_actor(users: Users, who: Credentials) -> Actor:
    """A user of the installation, proven: two people cannot be one shell that types two names. Raises InputError."""
    if not who.name:
        raise InputError("请写明用户：--as 用户名（并输入密码，或用 --token）", field="--as")
    if who.token is not None:
        found = users.by_token(who.token)
        found = found if found and found.name == who.name else None
    else:
        password = who.password if who.password is not None else getpass.getpass(f"{who.name} 的密码：")
        found = users.verify(who.name, password)
    if found is None:
        raise InputError("用户名、密码或令牌不对", field="--as")
    return found
