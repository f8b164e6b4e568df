"""Playing a stream: history at once, the rest at a multiple of its own speed."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any


def paced(
    stream: Iterable[dict[str, Any]], speed: float, *, live_from: datetime
) -> Iterator[tuple[float, dict[str, Any]]]:
    """(seconds to wait before it, record) for each record; history, received before `live_from`, waits for nothing.

    `speed` 120 plays two hours a minute. The caller waits, by sleeping or on an event loop.
    """
    clock = live_from
    for record in stream:
        received = datetime.fromisoformat(record["received_at"])
        wait = max(0.0, (received - clock).total_seconds() / speed)
        clock = max(clock, received)
        yield wait, record


def is_history(record: dict[str, Any], live_from: datetime) -> bool:
    """Whether a record arrived before the demonstration begins, so that it gives a baseline and no alarm."""
    return datetime.fromisoformat(record["received_at"]) < live_from
