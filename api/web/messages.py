"""The newest messages to departments, one line for what was sent to several at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.model import Notification

NEWEST: Final = 6


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, and which departments were told."""

    incident: str
    at: datetime
    title: str
    reason: str
    told: tuple[str, ...]


def messages(notifications: Iterable[Notification]) -> tuple[Message, ...]:
    """The newest few, in the order given; `reason` is a body's first line, the tasks below it are listed elsewhere."""
    told: dict[tuple[str, datetime, str, str], list[str]] = {}
    for one in notifications:
        told.setdefault((one.incident, one.at, one.title, one.body.partition("\n")[0]), []).append(one.to)
    return tuple(Message(*key, told=tuple(departments)) for key, departments in list(told.items())[:NEWEST])
