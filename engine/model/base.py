"""What every domain type rests on: frozen models, bounded numbers, realms, roles and actors."""

from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

_CHINA: Final = timezone(timedelta(hours=8))


class Frozen(BaseModel):
    """Base of every domain type: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Score = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]


class Realm(StrEnum):
    """Worlds that never mix; part of every key."""

    live = "live"
    demo = "demo"
    drill = "drill"
    replay = "replay"


REALM_TITLES = {Realm.live: "正式", Realm.demo: "演示", Realm.drill: "演练", Realm.replay: "回放"}


class Role(StrEnum):
    """What an actor may do is decided by role, in `engine.commands` alone."""

    pr = "pr"
    compliance = "compliance"
    analyst = "analyst"
    department = "department"
    operator = "operator"
    system = "system"


ROLE_TITLES = {
    Role.pr: "公关",
    Role.compliance: "合规",
    Role.analyst: "分析师",
    Role.department: "业务部门",
    Role.operator: "运维",
    Role.system: "系统",
}


class Actor(Frozen):
    """Who does something: a person with a role (and a department), or the system."""

    name: str
    role: Role
    department: str | None = None


SYSTEM = Actor(name="系统", role=Role.system)


def at_iso(moment: datetime) -> str:
    """ISO 8601 with offset, seconds resolution: the one way times are written out."""
    return moment.isoformat(timespec="seconds")


def at_local(moment: datetime) -> str:
    """Chinese local time, `2026-11-22 09:31`: the way people read it."""
    return f"{moment.astimezone(_CHINA):%Y-%m-%d %H:%M}"
