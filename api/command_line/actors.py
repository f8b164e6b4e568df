"""Who acts on the command line: whoever has a shell on this machine, named in the audit chain as `<user>@命令行`."""

import getpass

from engine.model import Actor, Role


def local_actor(role: Role) -> Actor:
    """The local user in the role that a command needs."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "本机用户"
    return Actor(name=f"{name}@命令行", role=role)
