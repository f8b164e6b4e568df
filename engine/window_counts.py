"""Counters per minute of event time, and their running totals over the windows that end now.

Only what rules ask for is kept: negative mentions over every window, accounts and reposts over an hour and a day, the
rest over a day. A record costs the minutes that left a window since the last one, not the length of the window. What
is written down are the counters alone; totals are added up again when a state is read.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, Final, Self

WINDOW_MINUTES: Final = {"10m": 10, "1h": 60, "6h": 360, "24h": 1440, "7d": 10080}
TEN, HOUR, SIX, DAY, LONGEST = WINDOW_MINUTES.values()
CHINA_MINUTES: Final = 8 * 60

# Places within a minute's row; the first three have a total over the hour as well.
NEGATIVE, AUTHORS, REPOSTS, ORIGINALS, PLATFORMS, SEVERE, MEDIA, OFFICIAL, REGULATOR = range(9)
WIDTH: Final = 9
_HOURLY: Final = 3


class _Window:
    """The last `length` minutes: where they begin among the minutes that are kept."""

    __slots__ = ("length", "start")

    def __init__(self, length: int) -> None:
        self.length = length
        self.start = 0

    def leaving(self, minutes: list[int], now: int) -> list[int]:
        """The minutes that fall out when the window ends at `now`."""
        start, end, edge = self.start, len(minutes), now - self.length
        at = start
        while at < end and minutes[at] <= edge:
            at += 1
        self.start = at
        return minutes[start:at]


class MinuteCounts:
    """One category's counters. A minute within the last day has a full row, an older one its negative mentions alone.

    `ten`, `six`, `week` are the negative mentions of those windows, `hour` and `day` totals of rows, `days` the
    negative mentions of the longest window by Chinese calendar day.
    """

    __slots__ = ("_day", "_hour", "_six", "_ten", "day", "days", "hour", "minutes", "now", "rows", "six", "ten", "week")

    def __init__(self, now: int = 0) -> None:
        self.now = now
        self.minutes: list[int] = []  # those of `rows`, ascending
        self.rows: dict[int, list[int]] = {}
        self.ten = self.six = self.week = 0
        self.hour = [0] * _HOURLY
        self.day = [0] * WIDTH
        self.days: dict[int, int] = {}
        self._ten, self._hour, self._six, self._day = _Window(TEN), _Window(HOUR), _Window(SIX), _Window(DAY)

    def move_to(self, now: int) -> None:
        """Advance the windows' end; what fell out is subtracted, what left the longest window is forgotten."""
        if now <= self.now:
            return
        self.now = now
        minutes, rows = self.minutes, self.rows
        for minute in self._ten.leaving(minutes, now):
            self.ten -= rows[minute][NEGATIVE]
        for minute in self._hour.leaving(minutes, now):
            row, hour = rows[minute], self.hour
            for place in range(_HOURLY):
                hour[place] -= row[place]
        for minute in self._six.leaving(minutes, now):
            self.six -= rows[minute][NEGATIVE]
        for minute in self._day.leaving(minutes, now):
            row = rows[minute]
            self.day = [total - one for total, one in zip(self.day, row, strict=True)]
            del row[1:]
        if minutes and minutes[0] <= now - LONGEST:
            self._forget(now - LONGEST)

    def add(self, minute: int, place: int, amount: int = 1) -> None:
        """Count something in a minute at or before `now`; what no window asks for any more is ignored."""
        age = self.now - minute
        if age >= (LONGEST if place == NEGATIVE else DAY):
            return
        row = self.rows.get(minute) or self._new_row(minute, age)
        row[place] += amount
        if age < DAY:
            self.day[place] += amount
            if age < HOUR and place < _HOURLY:
                self.hour[place] += amount
        if place == NEGATIVE:
            self._add_negative(minute, age, amount)

    def plain(self) -> dict[str, Any]:
        """What is written down: a list per minute, beginning with the minute."""
        return {"now": self.now, "rows": [[minute, *self.rows[minute]] for minute in self.minutes]}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """The counters that `plain` wrote."""
        return cls.of_rows(plain["now"], ((row[0], row[1:]) for row in plain["rows"]))

    @classmethod
    def of_rows(cls, now: int, rows: Iterable[tuple[int, list[int]]]) -> Self:
        """Counters with these rows, which are in ascending order of their minutes."""
        made = cls(now)
        for minute, row in rows:
            made._new_row(minute, now - minute)
            for place, amount in enumerate(row):
                if amount:
                    made.add(minute, place, amount)
        return made

    def _add_negative(self, minute: int, age: int, amount: int) -> None:
        self.week += amount
        if age < SIX:
            self.six += amount
            if age < TEN:
                self.ten += amount
        day = (minute + CHINA_MINUTES) // DAY
        self.days[day] = self.days.get(day, 0) + amount

    def _new_row(self, minute: int, age: int) -> list[int]:
        row = self.rows[minute] = [0] * (WIDTH if age < DAY else 1)
        minutes = self.minutes
        if not minutes or minute > minutes[-1]:
            minutes.append(minute)
        else:
            minutes.insert(bisect_left(minutes, minute), minute)
        if age:
            for window in (self._ten, self._hour, self._six, self._day):
                window.start += age >= window.length
        return row

    def _forget(self, edge: int) -> None:
        """Drop the minutes up to `edge`, which left the longest window."""
        gone = 0
        while gone < len(self.minutes) and self.minutes[gone] <= edge:
            minute = self.minutes[gone]
            self._forget_negative(minute, self.rows.pop(minute)[NEGATIVE])
            gone += 1
        del self.minutes[:gone]
        for window in (self._ten, self._hour, self._six, self._day):
            window.start -= gone

    def _forget_negative(self, minute: int, amount: int) -> None:
        self.week -= amount
        day = (minute + CHINA_MINUTES) // DAY
        left = self.days.get(day, 0) - amount
        if left:
            self.days[day] = left
        else:
            self.days.pop(day, None)


class DayCount:
    """How often something happened within the last day, by minute."""

    __slots__ = ("counts", "minutes", "total")

    def __init__(self) -> None:
        self.minutes: list[int] = []  # ascending
        self.counts: list[int] = []
        self.total = 0

    def move_to(self, now: int) -> None:
        """Forget what left the day that ends at `now`."""
        minutes, edge, gone = self.minutes, now - DAY, 0
        while gone < len(minutes) and minutes[gone] <= edge:
            self.total -= self.counts[gone]
            gone += 1
        if gone:
            del minutes[:gone], self.counts[:gone]

    def add(self, minute: int, now: int, amount: int = 1) -> None:
        """Count something in a minute at or before `now`; of another day it is ignored."""
        if minute <= now - DAY:
            return
        minutes = self.minutes
        if minutes and minutes[-1] == minute:
            self.counts[-1] += amount
        elif not minutes or minutes[-1] < minute:
            minutes.append(minute)
            self.counts.append(amount)
        else:
            self._add_late(minute, amount)
        self.total += amount

    def plain(self) -> list[list[int]]:
        """What is written down: minute and count."""
        return [[minute, count] for minute, count in zip(self.minutes, self.counts, strict=True)]

    @classmethod
    def from_plain(cls, plain: list[list[int]]) -> Self:
        """The count that `plain` wrote."""
        made = cls()
        made.minutes = [minute for minute, _ in plain]
        made.counts = [count for _, count in plain]
        made.total = sum(made.counts)
        return made

    def _add_late(self, minute: int, amount: int) -> None:
        place = bisect_left(self.minutes, minute)
        if self.minutes[place] == minute:
            self.counts[place] += amount
        else:
            self.minutes.insert(place, minute)
            self.counts.insert(place, amount)
