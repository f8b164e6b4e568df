"""Users and tokens: added, removed, given a password or a token; each change is in the audit chain."""

import getpass
from collections.abc import Iterator
from contextlib import closing, contextmanager

from api.clock import wall_clock
from api.command_line.actors import local_actor
from api.command_line.edge import DONE, say, write_out
from api.settings import Settings
from engine import audit
from engine.errors import InputError
from engine.model import ROLE_TITLES, Role, at_iso
from engine.permissions import Permission, require
from engine.store.database import Database
from engine.store.users import Users
from knowledge.schema import Department


def add_user(settings: Settings, name: str, role_name: str, department: str | None, password: str | None) -> int:
    """A new user; the password is asked for when it is not given, and never shown."""
    role = _role(role_name)
    if role is Role.department and department not in {one.value for one in Department}:
        raise InputError("业务部门用户须写明部门：" + "、".join(one.value for one in Department), field="--department")
    with _store(settings) as store:
        Users(store).add(name, role, password or _asked("密码"), department)
        _note(store, "user.add", name, ROLE_TITLES[role] + (f"（{department}）" if department else ""))
    say(f"已添加用户“{name}”（{ROLE_TITLES[role]}）")
    return DONE


def remove_user(settings: Settings, name: str) -> int:
    """The user is out at once, with sessions and token."""
    with _store(settings) as store:
        Users(store).remove(name)
        _note(store, "user.remove", name)
    say(f"已停用用户“{name}”，会话与令牌随即失效")
    return DONE


def set_password(settings: Settings, name: str, password: str | None) -> int:
    """A new password; it is asked for when it is not given, and never shown."""
    with _store(settings) as store:
        Users(store).set_password(name, password or _asked("新密码"))
        _note(store, "user.password", name)
    say(f"已更换用户“{name}”的密码")
    return DONE


def user_token(settings: Settings, name: str) -> int:
    """A new token for the programming interface, shown once."""
    with _store(settings) as store:
        token = Users(store).token_for(name)
        _note(store, "user.token", name)
    say("令牌只显示这一次，原有令牌已失效：")
    write_out(token)
    return DONE


def list_users(settings: Settings) -> int:
    """Everybody who may log in."""
    with _store(settings) as store:
        for actor in Users(store).all():
            write_out(f"{actor.name}\t{ROLE_TITLES[actor.role]}\t{actor.department or ''}")
    return DONE


@contextmanager
def _store(settings: Settings) -> Iterator[Database]:
    from api.installation import open_store  # noqa: PLC0415 - slow to import

    require(local_actor(Role.operator), Permission.manage_users)
    with closing(open_store(settings)) as store:
        yield store


def _note(store: Database, action: str, name: str, detail: str = "") -> None:
    with store.write() as connection:
        audit.record(connection, at_iso(wall_clock()), local_actor(Role.operator), action, name, detail)


def _asked(what: str) -> str:
    return getpass.getpass(f"{what}（至少10个字符）：")


def _role(name: str) -> Role:
    known = [role for role in Role if role is not Role.system]
    if name not in {role.value for role in known}:
        raise InputError(
            "没有这个角色，可选：" + "、".join(f"{one.value} {ROLE_TITLES[one]}" for one in known), field="--role"
        )
    return Role(name)
