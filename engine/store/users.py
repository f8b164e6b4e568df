"""People and their credentials: argon2 password hashes, hashed tokens."""

import secrets
from functools import cache
from hashlib import sha256
from typing import Final

from pwdlib import PasswordHash
from sqlalchemy import Row, delete, insert, select, update

from engine.errors import Conflict, InputError, NotFound
from engine.model import Actor, Role
from engine.store.database import Database
from engine.store.tables import users

SHORTEST_PASSWORD: Final = 10
_HASHER: Final = PasswordHash.recommended()


class Users:
    """The user table. Who may change it is decided by the caller's permissions, not here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, password: str, department: str | None = None) -> Actor:
        """A new user. Raises Conflict when the name is taken, InputError when the password is too short."""
        if len(password) < SHORTEST_PASSWORD:
            raise InputError(f"密码至少 {SHORTEST_PASSWORD} 个字符", field="password")
        if not name.strip() or role is Role.system:
            raise InputError("用户名不能为空，也不能使用系统身份", field="name")
        with self._database.write() as connection:
            if connection.execute(select(users.c.name).where(users.c.name == name)).first():
                raise Conflict(f"用户“{name}”已存在")
            connection.execute(
                insert(users).values(name=name, role=role, department=department, password_hash=_HASHER.hash(password))
            )
        return Actor(name=name, role=role, department=department)

    def verify(self, name: str, password: str) -> Actor | None:
        """The user of this name and password; takes as long when there is none."""
        row, nobody = self._row(users.c.name == name), _nobody()
        if not _HASHER.verify(password, row.password_hash if row else nobody) or row is None:
            return None
        return _actor(row)

    def get(self, name: str) -> Actor | None:
        """The user of this name."""
        row = self._row(users.c.name == name)
        return _actor(row) if row else None

    def all(self) -> tuple[Actor, ...]:
        """Everybody, by name."""
        with self._database.read() as connection:
            return tuple(_actor(row) for row in connection.execute(select(users).order_by(users.c.name)))

    def remove(self, name: str) -> None:
        """Take a user out. Raises NotFound."""
        with self._database.write() as connection:
            if not connection.execute(delete(users).where(users.c.name == name)).rowcount:
                raise NotFound(f"没有名为“{name}”的用户")

    def set_password(self, name: str, password: str) -> None:
        """A new password. Raises NotFound, or InputError when it is too short."""
        if len(password) < SHORTEST_PASSWORD:
            raise InputError(f"密码至少 {SHORTEST_PASSWORD} 个字符", field="password")
        with self._database.write() as connection:
            hashed = {"password_hash": _HASHER.hash(password)}
            if not connection.execute(update(users).where(users.c.name == name).values(hashed)).rowcount:
                raise NotFound(f"没有名为“{name}”的用户")

    def token_for(self, name: str) -> str:
        """A new token for the programming interface; the one before stops working. Raises NotFound."""
        token = secrets.token_urlsafe(32)
        with self._database.write() as connection:
            changed = connection.execute(update(users).where(users.c.name == name).values(token_hash=_digest(token)))
            if not changed.rowcount:
                raise NotFound(f"没有名为“{name}”的用户")
        return token

    def by_token(self, token: str) -> Actor | None:
        """The user of a token."""
        row = self._row(users.c.token_hash == _digest(token))
        return _actor(row) if row else None

    def _row(self, condition: object) -> Row[tuple[str, ...]] | None:
        with self._database.read() as connection:
            return connection.execute(select(users).where(condition)).one_or_none()  # type: ignore[arg-type]


@cache
def _nobody() -> str:
    """The hash of a password that nobody has; made at the first login, as most processes see none."""
    return _HASHER.hash(secrets.token_urlsafe())


def _actor(row: Row[tuple[str, ...]]) -> Actor:
    return Actor(name=row.name, role=Role(row.role), department=row.department)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
