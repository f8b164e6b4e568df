"""Times and counts of a comparison in words."""

from knowledge.schema import Duration, elapsed


def minutes_of(duration: Duration) -> float:
    """How many minutes a duration of the knowledge base is."""
    return elapsed(duration).total_seconds() / 60


def after(minutes: float) -> str:
    """A time after the start: `40分钟`, `3小时20分`, `2天4小时`."""
    whole = max(0, int(minutes))
    if whole < 60:
        return f"{whole}分钟"
    hours, rest = divmod(whole, 60)
    if hours < 24:
        return f"{hours}小时{rest}分" if rest else f"{hours}小时"
    days, hours = divmod(hours, 24)
    return f"{days}天{hours}小时" if hours else f"{days}天"


def share(value: float | None) -> str:
    """A share of 0-1 as a percentage; a dash when it is not known."""
    return "—" if value is None else f"{value * 100:.0f}%"
