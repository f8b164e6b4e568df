"""The wall clock, for the edges of the process; everything below receives it."""

from datetime import UTC, datetime


def wall_clock() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)
