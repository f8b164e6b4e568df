"""When something was published and when it reached us, as aware datetimes in Chinese time."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from engine.errors import InputError
from engine.intake.outcomes import QuarantinedError

Clock = Callable[[], datetime]

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai as a fixed offset: the tools' records start in 2000, daylight saving ended in 1991."""

FUTURE_TOLERANCE = timedelta(minutes=10)
FIRST_YEAR = 2000

_MILLISECONDS_FROM = 10**11
_CHINESE = re.compile(
    r"(?P<y>\d{4})\s*[年/.\-]\s*(?P<m>\d{1,2})\s*[月/.\-]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:\s*T?\s*(?P<H>\d{1,2})\s*[:：时]\s*(?P<M>\d{1,2})\s*(?:[:：分]\s*(?P<S>\d{1,2})?\s*秒?)?)?"
)
_DATE_TIME = "“2024-01-15T09:30:00+08:00”“2024-01-15 09:30”“2024-01-15”或10位、13位时间戳"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How records get their time of arrival when they carry none.

    Live: the injected clock. Replay: the time of publication, so that a file gives the same result on any day.
    """

    clock: Clock
    replay: bool = False


def parse_time(value: object, field: str, form: str | None = None) -> datetime | date:
    """A moment in Chinese time, or a plain date where no time of day was given.

    Takes ISO 8601, common Chinese notations and unix seconds or milliseconds; `form` is a strptime format.

    Raises:
        InputError: not a time, impossible, or before the year 2000.

    """
    moment = _as_moment(value, field, form)
    if moment.year < FIRST_YEAR:
        raise InputError(f"时间早于{FIRST_YEAR}年：{moment.isoformat()}", field=field)
    return moment


def settle(published: datetime | date | None, received: datetime | None, arrival: Arrival) -> tuple[datetime, datetime]:
    """(published, received), both known now. A plain date takes its arrival's moment, clamped into that day.

    Raises:
        QuarantinedError: published more than 10 minutes after it arrived.

    """
    if received is None:
        received = _replayed_arrival(published) if arrival.replay else None
    received = received or arrival.clock().astimezone(CHINA)
    if published is None:
        return received, received
    moment = published if isinstance(published, datetime) else _within_day(received, published)
    if moment - received > FUTURE_TOLERANCE:
        raise QuarantinedError(
            f"发布时间 {moment.isoformat(timespec='seconds')} 比到达时间 "
            f"{received.isoformat(timespec='seconds')} 晚10分钟以上，已隔离待核对",
            field="published_at",
        )
    return moment, received


def _replayed_arrival(published: datetime | date | None) -> datetime | None:
    """A dated record without a time arrives at the end of its day: a replay must not know it earlier."""
    if published is None or isinstance(published, datetime):
        return published
    return datetime.combine(published, time(23, 59, 59), CHINA)


def _within_day(moment: datetime, day: date) -> datetime:
    first = datetime.combine(day, time(0, 0), CHINA)
    last = datetime.combine(day, time(23, 59, 59), CHINA)
    return min(max(moment, first), last)


def _as_moment(value: object, field: str, form: str | None) -> datetime | date:
    if isinstance(value, datetime):
        return _in_china(value, field)
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_timestamp(value, field)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"不是时间，应为{_DATE_TIME}", field=field)
    return _from_text(value.strip(), field, form)


def _from_text(text: str, field: str, form: str | None) -> datetime | date:
    try:
        if form is not None:
            return _by_format(text, form, field)
        if re.fullmatch(r"\d{10}|\d{13}", text):
            return _from_timestamp(int(text), field)
        if match := _CHINESE.fullmatch(text):
            return _from_parts(match.groupdict())
        return _in_china(datetime.fromisoformat(text), field)
    except ValueError:
        raise InputError(f"无法识别或不存在的时间“{text[:40]}”，应为{form or _DATE_TIME}", field=field) from None


def _by_format(text: str, form: str, field: str) -> datetime | date:
    moment = datetime.strptime(text, form)  # noqa: DTZ007 - a missing zone means Chinese time
    has_time = any(f"%{part}" in form for part in "HIMcXTs")
    return _in_china(moment, field) if has_time else moment.date()


def _from_parts(parts: dict[str, str | None]) -> datetime | date:
    day = date(int(parts["y"] or 0), int(parts["m"] or 0), int(parts["d"] or 0))
    if parts["H"] is None:
        return day
    clock = time(int(parts["H"]), int(parts["M"] or 0), int(parts["S"] or 0))
    return datetime.combine(day, clock, CHINA)


def _from_timestamp(value: float, field: str) -> datetime:
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
    if not math.isfinite(seconds) or not 0 < seconds < _MILLISECONDS_FROM:
        raise InputError("时间戳超出范围，应为10位（秒）或13位（毫秒）", field=field)
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA)


def _in_china(moment: datetime, field: str) -> datetime:
    try:
        return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)
    except OverflowError:
        raise InputError("时间超出范围", field=field) from None
